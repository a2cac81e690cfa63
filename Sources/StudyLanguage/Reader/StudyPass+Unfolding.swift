import Diagnostics
import ParallelWork
import Reproducibility

/// The recipe as it was written, and where the study names it.
struct RecipeDraft {
  var root: SourcedJSON
  /// The value of 'recipe'.
  var span: SourceSpan
}

/// What the drafts of a study became.
struct Unfolded {
  var arms: [Arm] = []
  /// Place of each draft's arm; nil while some recipe has a fault.
  var places: [Int]?
  /// Drafts that conditions on settings did not cut.
  var drafts: [ArmDraft] = []
  var merged: [Study.Merged] = []
  /// Axes that make no difference anywhere.
  var dead: [Int] = []
}

extension StudyPass {
  mutating func readRecipe() -> RecipeDraft? {
    guard let value = root["recipe"], let span = value.span else { return nil }
    if value.members != nil {
      guard chooseSchema(of: value) else { return nil }
      return extendedRecipe(value, files: [span.source.name]).map {
        RecipeDraft(root: $0, span: span.beginning)
      }
    }
    guard let name = value.string,
      let recipe = read(name, at: span, as: "the recipe of this study", files: []),
      chooseSchema(of: recipe.root)
    else { return nil }
    return extendedRecipe(recipe.root, files: [recipe.source.name]).map {
      RecipeDraft(root: $0, span: span)
    }
  }

  /// Makes every arm's recipe, holds it against the schema, and makes one arm of drafts that are the same
  /// experiment.
  mutating func unfold(
    _ drafts: [ArmDraft], _ blocks: [BlockDraft], _ axes: [AxisDraft], recipe: RecipeDraft
  ) -> Unfolded {
    var made: [(draft: ArmDraft, arm: Arm)] = []
    var kept: [ArmDraft] = []
    var found: [FoundInArm] = []
    let hasLateCuts = blocks.contains { $0.cuts.readsSettings }
    let changes = ArmChanges(of: axes, drafts, to: recipe, schema: schema)
    let names = axes.map(\.axis)
    let candidates = chunked(drafts.count, size: Self.chunkSize) { chunk in
      var sequence = ArmSequence(changes)
      return drafts[chunk].map {
        Candidate($0, names, &sequence, changes, keepingRecipe: hasLateCuts)
      }
    }.joined()
    for (draft, candidate) in zip(drafts, candidates) {
      if let whole = candidate.recipe,
        !holds(blocks[draft.block].cuts, draft.variants, axes, recipe: whole)
      {
        continue
      }
      found += candidate.diagnostics.map { FoundInArm(arm: kept.count, diagnostic: $0) }
      kept.append(draft)
      if let arm = candidate.arm { made.append((draft, arm)) }
    }
    diagnostics += gathered(found, arms: kept.map { ($0.label, $0.span) }, origins: origins)
    if kept.isEmpty && !drafts.isEmpty { reportNothingLeft(of: drafts.count) }
    guard made.count == kept.count else { return Unfolded(drafts: kept) }
    return merged(made, axes, recipe)
  }

  /// Conditions cut every combination.
  mutating func reportNothingLeft(of count: Int) {
    report(
      "the conditions leave no arm",
      at: (root.member("exclude") ?? root.member("only_if"))?.keySpan,
      why: "each of the \(count) combinations is cut", help: "loosen 'exclude' or 'only_if'")
  }

  /// Arms that one thread makes after another.
  private static var chunkSize: Int { 2048 }

  // MARK: Equal arms

  /// Drafts with one recipe are one experiment, which is run once under the first one's name.
  private mutating func merged(
    _ made: [(draft: ArmDraft, arm: Arm)], _ axes: [AxisDraft], _ recipe: RecipeDraft
  ) -> Unfolded {
    var unfolded = Unfolded(places: [], drafts: made.map(\.draft))
    var byHash: [Int: [Int]] = [:]
    for (draft, arm) in made {
      let alike = byHash[arm.hash, default: []]
      if let place = alike.first(where: {
        unfolded.arms[$0].canonicalRecipe == arm.canonicalRecipe
      }) {
        unfolded.places?.append(place)
        unfolded.merged.append(
          Study.Merged(label: draft.label, into: unfolded.arms[place].label, origin: draft.span))
        continue
      }
      byHash[arm.hash, default: []].append(unfolded.arms.count)
      unfolded.places?.append(unfolded.arms.count)
      unfolded.arms.append(arm)
    }
    unfolded.dead = deadAxes(unfolded, axes, recipe)
    for axis in unfolded.dead {
      report(
        "axis '\(axes[axis].axis.name)' changes nothing in any arm", at: axes[axis].span,
        why: "its variants differ in no setting that is read, so its rows would repeat each other",
        help: "look for the setting that was meant to differ, or remove the axis")
    }
    if unfolded.dead.isEmpty { warnOfMerged(unfolded, axes) }
    return unfolded
  }

  /// Said once for each variant that makes no difference, not for each combination.
  private mutating func warnOfMerged(_ unfolded: Unfolded, _ axes: [AxisDraft]) {
    guard let places = unfolded.places else { return }
    var firstDraft: [Int: Int] = [:]
    var said: Set<SourceSpan?> = []
    for (index, draft) in unfolded.drafts.enumerated() {
      guard let earlier = firstDraft[places[index]] else {
        firstDraft[places[index]] = index
        continue
      }
      let other = unfolded.drafts[earlier]
      if draft.changes.isEmpty && other.changes.isEmpty && draft.variants == other.variants {
        continue
      }
      let axis = zip(other.variants, draft.variants).enumerated()
        .first { $0.element.0 != $0.element.1 }?.offset
      let variant = axis.map { axes[$0].variants[draft.variants[$0]].span }
      let span = draft.changes.isEmpty ? variant ?? draft.span : draft.span
      if !said.insert(span).inserted { continue }
      report(
        "arms '\(other.label)' and '\(draft.label)' are the same experiment", at: span,
        why: "they differ in no setting that is read; it is run once, as '\(other.label)'",
        help: "remove one of the two, or look for the setting that was meant to differ",
        severity: .warning)
    }
  }

  /// Axes that are varied somewhere and make no difference anywhere.
  private func deadAxes(
    _ unfolded: Unfolded, _ axes: [AxisDraft], _ recipe: RecipeDraft
  ) -> [Int] {
    guard let places = unfolded.places else { return [] }
    return axes.indices.filter { axis in
      var arms: [[Int]: Set<Int>] = [:]
      var isCompared = false
      for (draft, place) in zip(unfolded.drafts, places) where draft.changes.isEmpty {
        var others = draft.variants
        others[axis] = -1
        if arms[others] != nil { isCompared = true }
        arms[others, default: []].insert(place)
        if arms[others, default: []].count > 1 { return false }
      }
      return isCompared || changesNothing(axis, unfolded, axes, recipe)
    }
  }

  /// Whether an axis of which no two arms differ in it alone is without effect: every arm is what it would be
  /// without the axis.
  private func changesNothing(
    _ axis: Int, _ unfolded: Unfolded, _ axes: [AxisDraft], _ recipe: RecipeDraft
  ) -> Bool {
    let drafts = unfolded.drafts.filter(\.changes.isEmpty)
    guard Set(drafts.map { $0.variants[axis] }).count > 1, let places = unfolded.places,
      drafts.count == unfolded.drafts.count
    else { return false }
    var without = axes
    for variant in without[axis].variants.indices { without[axis].variants[variant].changes = [] }
    var sequence = ArmSequence(ArmChanges(of: without, drafts, to: recipe, schema: schema))
    for (draft, place) in zip(drafts, places) {
      var alone = sequence.next(draft.variants, draft.changes)
      let normalised = alone.normalised(as: schema, knowing: sequence.parts, at: recipe.span)
      guard normalised?.canonical == unfolded.arms[place].canonicalRecipe else { return false }
    }
    return true
  }
}

/// What may become an arm, when no condition on its settings cuts it.
private struct Candidate: Sendable {
  /// nil when there is a fault.
  var arm: Arm?
  var diagnostics: [Diagnostic]
  /// What conditions on settings read; nil where there are none, or the changes cannot be made.
  var recipe: SourcedJSON?

  init(
    _ draft: ArmDraft, _ axes: [Study.Axis], _ sequence: inout ArmSequence, _ changes: ArmChanges,
    keepingRecipe: Bool
  ) {
    var whole = sequence.next(draft.variants, draft.changes)
    recipe = keepingRecipe && whole.diagnostics.isEmpty ? whole.recipe : nil
    let normalised = whole.normalised(
      as: changes.schema, knowing: sequence.parts, at: changes.recipe.span)
    diagnostics = whole.diagnostics
    guard let normalised, diagnostics.isEmpty else { return }
    arm = Arm(
      label: draft.label,
      variants: zip(axes, draft.variants).map { ($0.name, $0.variants[$1]) },
      canonicalRecipe: normalised.canonical, hash: normalised.hash,
      settings: Settings(normalised: normalised.value, as: changes.type),
      source: Arm.Source(changes: changes, variants: draft.variants, more: draft.changes),
      origin: draft.span)
  }
}

extension Change {
  var isDerived: Bool { DerivedValues.containsFormula(value) }

  func diagnostic(of fault: SettingFault, at fallback: SourceSpan) -> Diagnostic {
    var diagnostic = fault.diagnostic(at: fallback)
    if isAxisName, case .unknownKey(let key, let schema, _) = fault.reason,
      Suggestion.closest(to: key, among: schema.keys.map(\.name)) == nil
    {
      diagnostic.help =
        "an axis with a name of its own is {\"key\": \"stages.first.steps\", \"values\": […]}"
    }
    return diagnostic
  }
}
