import Diagnostics
import Reproducibility

extension StudyPass {
  mutating func readClaims(
    _ table: ArmTable, baseline: Int?, measures: [MeasureCall]
  ) -> [Study.Claim] {
    (root["claims"]?.elements ?? []).compactMap { entry in
      guard let expect = entry["expect"], let text = expect.string, let span = expect.span,
        let expression = try? Expression(text)
      else { return nil }
      let faults = expression.faults(expecting: .boolean, names: [], allowsMeasures: true)
      for fault in faults { report(fault, in: span) }
      let axis = claimAxis(entry["axis"], table)
      guard faults.isEmpty, let says = entry["says"]?.string,
        let arms = arms(of: expression, in: span, table, baseline: baseline)
      else { return nil }
      let used = expression.measures
      if used.isEmpty {
        report(
          "the claim reads no measure", at: span, why: "a claim is about what was measured",
          help: "write for example final(reward | level 1) - final(reward | level 3) > 0")
        return nil
      }
      warnOfConfounded(axis, used.compactMap { arms[$0.name] }, span, table)
      return Study.Claim(
        says: says, expect: expression, arms: arms, axis: axis,
        confidence: entry["confidence"]?.double ?? 0.95, margin: entry["margin"]?.double ?? 0,
        paper: (entry["paper"]?["value"]?.double).map {
          .init(
            value: $0, error: entry["paper"]?["error"]?.double,
            source: entry["paper"]?["source"]?.string)
        }, span: span)
    }
  }

  private mutating func claimAxis(_ value: SourcedJSON?, _ table: ArmTable) -> String? {
    guard let value, let name = value.string else { return nil }
    let known = table.axes.map(\.axis.name)
    if known.contains(name) { return name }
    reportUnknown(
      "axis", name, among: known, at: value.span, why: "a claim is about an axis of the study")
    return nil
  }

  /// The arms of a claim's measures; nil when one of them is unknown, which is reported.
  private mutating func arms(
    of expression: Expression, in span: SourceSpan, _ table: ArmTable, baseline: Int?
  ) -> [String: Int]? {
    var arms: [String: Int] = [:]
    var isWhole = true
    for measure in expression.measures {
      switch arm(called: measure.arm, table, baseline: baseline) {
      case .one(let place): arms[measure.name] = place
      // The recipes have faults, so there are no arms yet.
      case .unmade: isWhole = false
      case .none(let why):
        isWhole = false
        let known = table.drafts.map(\.label) + variantNames(table)
        report(
          "unknown arm '\(measure.arm)'", at: span.inString(measure.armRange), why: why,
          help: choices(known.uniqued, for: measure.arm))
      }
    }
    return isWhole ? arms : nil
  }

  private enum Named {
    case one(Int)
    case unmade
    case none(why: String)
  }

  /// An arm by its label, or by a variant that one axis alone has: then the baseline with that variant.
  private func arm(called name: String, _ table: ArmTable, baseline: Int?) -> Named {
    if let draft = table.drafts.firstIndex(where: { $0.label == name }) {
      return table.place(of: draft).map { .one($0) } ?? .unmade
    }
    let axes = table.axes.indices.filter { table.axes[$0].axis.variants.contains(name) }
    guard axes.count == 1, let variant = table.axes[axes[0]].axis.variants.firstIndex(of: name)
    else {
      return .none(
        why: axes.isEmpty
          ? "an arm is called by its label, or by a variant that one axis alone has"
          : "several axes have a variant of that name, so it names no arm")
    }
    guard table.places != nil else { return .unmade }
    guard let baseline, var variants = table.draft(at: baseline)?.variants else { return .unmade }
    variants[axes[0]] = variant
    let found = table.drafts.indices.filter { table.drafts[$0].variants == variants }
    guard let draft = found.first, let place = table.place(of: draft) else {
      return .none(why: "no arm is the baseline with this variant")
    }
    return .one(place)
  }

  private func variantNames(_ table: ArmTable) -> [String] {
    table.axes.flatMap(\.axis.variants)
  }

  /// Arms that are compared and differ in more than what the claim is about leave open which of it was the cause.
  private mutating func warnOfConfounded(
    _ axis: String?, _ arms: [Int], _ span: SourceSpan, _ table: ArmTable
  ) {
    let drafts = arms.compactMap { table.draft(at: $0) }
    let differing = table.axes.indices.filter { axis in
      Set(drafts.map { $0.variants[axis] }).count > 1
    }.map { table.axes[$0].axis.name }
    let others =
      axis.map { name in differing.filter { $0 != name } } ?? differing.dropFirst().map { $0 }
    if others.isEmpty || acknowledges(.confounding) { return }
    let names = drafts.map { "'\($0.label)'" }.uniqued.joined(separator: ", ")
    report(
      axis.map { "the arms of a claim about '\($0)' differ in \(quoted(others)) too" }
        ?? "the arms of the claim differ in \(quoted(differing))",
      at: span, why: "which of it made the difference cannot be told: \(names)",
      help: "compare arms that differ in one axis alone", severity: .warning)
  }
}
