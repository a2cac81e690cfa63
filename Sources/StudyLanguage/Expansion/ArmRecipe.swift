import Diagnostics
import Reproducibility

/// The recipe of one arm while it is made.
struct ArmRecipe {
  var recipe: SourcedJSON
  /// What was wrong with it so far.
  var diagnostics: [Diagnostic] = []
  /// Formulas without a value.
  private var failed: Set<SourceSpan> = []
  /// The recipe written out in full, where that is known already; it has no fault then.
  var known: Normalised?

  init(recipe: SourcedJSON, known: Normalised? = nil) {
    self.recipe = recipe
    self.known = known
  }

  /// Makes changes one after another.
  ///
  /// - Parameter span: for faults of what stands in no file.
  mutating func apply(_ changes: [Change], schema: RecordSchema, at span: SourceSpan) {
    for change in changes {
      do {
        recipe = try change.applied(to: recipe, schema: schema)
      } catch {
        diagnostics.append(change.diagnostic(of: error, at: span))
      }
    }
  }

  /// Puts their values in the place of formulas; does nothing where a change could not be made.
  mutating func compute(_ schema: RecordSchema) {
    guard diagnostics.isEmpty else { return }
    let derived = DerivedValues.resolved(recipe, schema: schema)
    (recipe, diagnostics, failed) = (derived.recipe, derived.diagnostics, derived.failed)
  }

  /// Holds the recipe against its schema.
  ///
  /// - Parameter span: for faults of what stands in no file.
  mutating func normalised(
    as schema: RecordSchema, knowing parts: KnownParts, at span: SourceSpan
  ) -> Normalised? {
    if let known { return known }
    var normaliser = Normaliser(knowing: parts)
    let result = normaliser.normalise(recipe, as: .record(schema), at: SettingPlace())
    // A formula without a value was reported; that it is no number is the same fault.
    diagnostics += normaliser.faults.filter { fault in
      fault.span.map { !failed.contains($0) } ?? true
    }.map { $0.diagnostic(at: span) }
    return result
  }
}

/// How a study makes the recipe of an arm from its own: by the changes of the arm's variants, in the order of
/// the axes, and by what the arm changes beyond them.
final class ArmChanges: Sendable {
  let recipe: RecipeDraft
  private let axes: [AxisDraft]
  let schema: RecordSchema
  /// The schema as a type.
  let type: ValueType
  /// Whether any recipe computes settings from others.
  let hasFormulas: Bool

  /// - Parameter drafts: the arms.
  init(
    of axes: [AxisDraft], _ drafts: [ArmDraft], to recipe: RecipeDraft, schema: RecordSchema
  ) {
    let changes = axes.flatMap(\.variants).flatMap(\.changes) + drafts.flatMap(\.changes)
    hasFormulas =
      DerivedValues.containsFormula(recipe.root) || changes.contains(where: \.isDerived)
    self.recipe = recipe
    self.axes = axes
    self.schema = schema
    type = .record(schema)
  }

  func changes(ofVariant variant: Int, onAxis axis: Int) -> [Change] {
    axes[axis].variants[variant].changes
  }

  /// The recipe with the changes of an arm, and with the values of its formulas.
  func made(_ variants: [Int], _ more: [Change]) -> ArmRecipe {
    var whole = ArmRecipe(recipe: recipe.root)
    for (axis, variant) in variants.enumerated() {
      whole.apply(
        changes(ofVariant: variant, onAxis: axis), schema: schema, at: recipe.span)
    }
    whole.apply(more, schema: schema, at: recipe.span)
    if hasFormulas { whole.compute(schema) }
    return whole
  }
}

/// Makes the recipes of one arm after another. An arm goes back to the axis on which it differs from the arm
/// before it and makes the changes from there on; in a grid that is most often the last axis. With each change
/// the recipe is normalised anew as far as it changed.
struct ArmSequence {
  private struct Step {
    /// Of the axis that the step is about.
    var variant: Int
    var recipe: ArmRecipe
  }

  private let changes: ArmChanges
  let parts: KnownParts
  private let start: ArmRecipe
  /// What the axes made of the recipe, one after another, for the arm before.
  private var steps: [Step] = []

  init(_ changes: ArmChanges) {
    self.changes = changes
    let root = changes.recipe.root
    var learner = Normaliser(learning: root)
    let plain = learner.normalise(root, as: changes.type, at: SettingPlace())
    parts = learner.known ?? KnownParts(of: root)
    // What a formula computes is known only when all changes are made.
    start = ArmRecipe(recipe: root, known: changes.hasFormulas ? nil : plain)
  }

  /// The same as ``ArmChanges/made(_:_:)``, normalised where no fault came up.
  mutating func next(_ variants: [Int], _ more: [Change]) -> ArmRecipe {
    let common = zip(steps, variants).prefix { $0.variant == $1 }.count
    steps.removeLast(steps.count - common)
    for axis in common..<variants.count {
      let own = changes.changes(ofVariant: variants[axis], onAxis: axis)
      steps.append(Step(variant: variants[axis], recipe: changed(last, by: own)))
    }
    var whole = changed(last, by: more)
    if changes.hasFormulas { whole.compute(changes.schema) }
    return whole
  }

  private var last: ArmRecipe { steps.last?.recipe ?? start }

  private func changed(_ before: ArmRecipe, by own: [Change]) -> ArmRecipe {
    if own.isEmpty { return before }
    var next = before
    next.apply(own, schema: changes.schema, at: changes.recipe.span)
    if changes.hasFormulas { return next }
    var normaliser = Normaliser(knowing: parts)
    next.known =
      if let known = before.known {
        normaliser.renewed(next.recipe, from: before.recipe, known, as: changes.type)
      } else {
        normaliser.normalise(next.recipe, as: changes.type, at: SettingPlace())
      }
    return next
  }
}
