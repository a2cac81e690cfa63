import Diagnostics
import Reproducibility

/// A condition of the file that decides about combinations.
struct Condition {
  var expression: Expression
  var span: SourceSpan
  /// Whether it reads settings of the recipe, and so needs one.
  var readsSettings: Bool
}

/// What cuts combinations.
struct Cuts {
  /// Any of these leaves the combination out.
  var exclude: [Condition] = []
  /// All of these must hold.
  var require: [Condition] = []
  /// Where the condition fails, only the first variant of the axis is kept.
  var axes: [(axis: Int, condition: Condition)] = []

  var isEmpty: Bool { exclude.isEmpty && require.isEmpty && axes.isEmpty }

  var readsSettings: Bool {
    (exclude + require + axes.map(\.condition)).contains(where: \.readsSettings)
  }

  static func + (a: Cuts, b: Cuts) -> Cuts {
    Cuts(exclude: a.exclude + b.exclude, require: a.require + b.require, axes: a.axes + b.axes)
  }
}

extension StudyPass {
  mutating func readCuts(_ entry: SourcedJSON, _ axes: [AxisDraft]) -> Cuts {
    var cuts = Cuts()
    if let exclude = entry["exclude"] {
      cuts.exclude = (exclude.elements ?? [exclude]).compactMap { condition($0, axes) }
    }
    guard let only = entry["only_if"] else { return cuts }
    guard let members = only.members else {
      cuts.require = condition(only, axes).map { [$0] } ?? []
      return cuts
    }
    for member in members {
      guard let axis = axes.firstIndex(where: { $0.axis.name == member.key }) else {
        reportUnknown(
          "axis", member.key, among: axes.map(\.axis.name), at: member.keySpan,
          why: "the condition says where an axis of the study is varied")
        continue
      }
      if let condition = condition(member.value, axes) { cuts.axes.append((axis, condition)) }
    }
    return cuts
  }

  private mutating func condition(_ value: SourcedJSON, _ axes: [AxisDraft]) -> Condition? {
    // What is no expression was reported by the schema.
    guard let text = value.string, let span = value.span, let expression = try? Expression(text)
    else { return nil }
    let ofAxes = axisNames(axes)
    let settings = expression.names.filter { name in !ofAxes.contains { $0.name == name } }
    let known = settings.compactMap { name in
      recipe.flatMap { settingType(of: name, in: $0.root) }.map { (name: name, type: $0) }
    }
    // Where the recipe itself could not be read, nothing can be said of its settings.
    if recipe == nil && !settings.isEmpty { return nil }
    let faults = expression.faults(expecting: .boolean, names: ofAxes + known)
    for fault in faults { report(fault, in: span) }
    if !faults.isEmpty { return nil }
    return Condition(expression: expression, span: span, readsSettings: !settings.isEmpty)
  }

  mutating func report(_ fault: ExpressionFault, in span: SourceSpan) {
    report(fault.what, at: span.inString(fault.range), why: fault.why, help: fault.help)
  }

  /// Under which names an expression reads the variant of an axis: its own, where that can be written, and `arm.'…'`.
  func axisNames(_ axes: [AxisDraft]) -> [(name: String, type: ExpressionType)] {
    axes.map { ($0.axis.name, $0.type) } + axes.map { ("arm.\($0.axis.name)", $0.type) }
  }

  func axisValue(
    _ name: String, _ variants: [Int], _ axes: [AxisDraft]
  ) -> ExpressionValue? {
    let axis =
      axes.firstIndex { $0.axis.name == name } ?? axes.firstIndex { "arm.\($0.axis.name)" == name }
    return axis.map { axes[$0].variants[variants[$0]].value }
  }

  // MARK: Deciding

  /// Whether a combination is kept, as far as conditions on axes alone say.
  mutating func holds(_ cuts: Cuts, _ variants: [Int], _ axes: [AxisDraft]) -> Bool {
    let verdict = verdict(of: cuts, variants, readingSettings: false) { name in
      axisValue(name, variants, axes)
    }
    return settled(verdict)
  }

  /// Whether an arm is kept, as far as conditions on its settings say.
  mutating func holds(
    _ cuts: Cuts, _ variants: [Int], _ axes: [AxisDraft], recipe: SourcedJSON
  ) -> Bool {
    let verdict = verdict(of: cuts, variants, readingSettings: true) { name in
      axisValue(name, variants, axes) ?? settingValue(of: name, in: recipe)
    }
    return settled(verdict)
  }

  private struct Verdict {
    var holds = true
    /// Conditions without a value.
    var faults: [(fault: ExpressionFault, span: SourceSpan)] = []
  }

  private mutating func settled(_ verdict: Verdict) -> Bool {
    for (fault, span) in verdict.faults { report(fault, in: span) }
    return verdict.holds
  }

  private func verdict(
    of cuts: Cuts, _ variants: [Int], readingSettings: Bool,
    _ value: (String) -> ExpressionValue?
  ) -> Verdict {
    var verdict = Verdict()
    /// - Parameter wanted: what keeps the combination.
    func ask(_ condition: Condition, wanted: Bool) {
      guard verdict.holds, condition.readsSettings == readingSettings else { return }
      do {
        verdict.holds = try condition.expression.value(value) == .boolean(wanted)
      } catch {
        verdict.faults.append((error, condition.span))
      }
    }
    for condition in cuts.exclude { ask(condition, wanted: false) }
    for condition in cuts.require { ask(condition, wanted: true) }
    for (axis, condition) in cuts.axes where variants[axis] != 0 { ask(condition, wanted: true) }
    return verdict
  }

  // MARK: Settings

  /// The value of a setting of a recipe, its default included; nil when there is no such setting, or it is no number, truth value or text.
  func settingValue(of name: String, in recipe: SourcedJSON) -> ExpressionValue? {
    (try? RecipePath(parsing: name)).flatMap {
      recipe.setting(at: $0, type: .record(schema))?.expressionValue
    }
  }

  func settingType(of name: String, in recipe: SourcedJSON) -> ExpressionType? {
    settingValue(of: name, in: recipe)?.type
  }
}
