import Diagnostics
import Reproducibility

/// The recipe as it was written, and where the study names it.
struct RecipeDraft {
  var root: SourcedJSON
  var origin: RecipeOrigin
}

extension StudyPass {
  mutating func readRecipe() -> RecipeDraft? {
    guard let value = root["recipe"], let span = value.span else { return nil }
    if value.members != nil {
      return RecipeDraft(root: value, origin: RecipeOrigin(span: span.beginning, file: nil))
    }
    guard let name = value.string else { return nil }
    let place = path(name, besideFile: file.source.name)
    let origin = RecipeOrigin(span: span, file: place)
    do {
      let recipe = try JSONFile(
        place, from: files,
        origin: Diagnostic.Origin(span: span, what: "the recipe of this study"))
      return RecipeDraft(root: recipe.root, origin: origin)
    } catch {
      diagnostics.append(error)
      return nil
    }
  }

  /// Makes every arm's recipe and holds it against the schema. Arms with faults are left out.
  mutating func unfold(
    _ drafts: [ArmDraft], _ axes: [AxisDraft], recipe: RecipeDraft
  ) -> [Arm] {
    var arms: [Arm] = []
    var found: [FoundInArm] = []
    for (index, draft) in drafts.enumerated() {
      var located = recipe.root
      var diagnostics: [Diagnostic] = []
      let changes =
        zip(axes, draft.variants).flatMap { $0.variants[$1].changes } + draft.changes
      for change in changes {
        do {
          located = try change.applied(to: located, schema: schema)
        } catch {
          diagnostics.append(change.diagnostic(of: error, at: recipe.origin.span))
        }
      }
      var normaliser = Normaliser()
      let result = normaliser.normalise(located, as: .record(schema), at: "")
      diagnostics += normaliser.faults.map { $0.diagnostic(at: recipe.origin.span) }
      found += diagnostics.map { FoundInArm(arm: index, diagnostic: $0) }
      guard let result, diagnostics.isEmpty else { continue }
      arms.append(
        Arm(
          label: draft.label,
          variants: zip(axes, draft.variants).map { ($0.axis.name, $0.variants[$1].name) },
          canonicalRecipe: result.canonical,
          settings: Settings(normalised: result.value, as: .record(schema)), located: located,
          type: .record(schema), origin: draft.span))
    }
    diagnostics += gathered(
      found, arms: drafts.map { ($0.label, $0.span) }, recipe: recipe.origin)
    if arms.count == drafts.count { reportEqual(arms, drafts, axes) }
    return arms
  }

  /// Two arms with one recipe are one experiment: an axis is dead, or a value is written twice.
  private mutating func reportEqual(_ arms: [Arm], _ drafts: [ArmDraft], _ axes: [AxisDraft]) {
    var first: [String: Int] = [:]
    var said: Set<SourceSpan?> = []
    for (index, arm) in arms.enumerated() {
      let text = arm.canonicalRecipe.canonical
      guard let earlier = first[text] else {
        first[text] = index
        continue
      }
      // Of a product, the variant that makes no difference; said once, not for each combination.
      let axis = zip(drafts[earlier].variants, drafts[index].variants).enumerated()
        .first { $0.element.0 != $0.element.1 }?.offset
      let variant = axis.map { axes[$0].variants[drafts[index].variants[$0]].span }
      let span = root["arms"]?.elements == nil ? variant ?? arm.origin : arm.origin
      if !said.insert(span).inserted { continue }
      report(
        "arms '\(arms[earlier].label)' and '\(arm.label)' are the same experiment", at: span,
        why: "they differ in no setting that is read, so the second row would repeat the first",
        help: "remove one of the two, or look for the setting that was meant to differ")
    }
  }
}

extension Change {
  fileprivate func diagnostic(of fault: SettingFault, at fallback: SourceSpan) -> Diagnostic {
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
