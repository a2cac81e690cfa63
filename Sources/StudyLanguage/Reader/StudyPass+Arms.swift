import Diagnostics
import Reproducibility

/// The arms by their variants and labels, for everything that names one.
struct ArmTable {
  var axes: [AxisDraft]
  var drafts: [ArmDraft]
  /// Of each draft its place among the arms, where drafts that are the same experiment have one place; nil
  /// while recipes have faults.
  var places: [Int]?
}

extension ArmTable {
  /// Place among the arms of what a draft became.
  func place(of draft: Int) -> Int? { places.map { $0[draft] } }

  /// The first draft of an arm.
  func draft(at place: Int) -> ArmDraft? {
    places?.firstIndex(of: place).map { drafts[$0] }
  }
}

extension StudyPass {

  /// - Parameter standard: the variants of axes that are not named; nil means the first of each.
  mutating func readVariants(
    _ value: SourcedJSON, _ axes: [AxisDraft], default standard: [Int]?
  ) -> [Int] {
    var variants = standard ?? [Int](repeating: 0, count: axes.count)
    for member in value.members ?? [] {
      guard let axis = axes.firstIndex(where: { $0.axis.name == member.key }) else {
        reportUnknown(
          "axis", member.key, among: axes.map(\.axis.name), at: member.keySpan,
          why: "an arm is named by its variants on the study's axes")
        continue
      }
      let name = member.value.variantName
      guard let place = axes[axis].axis.variants.firstIndex(of: name) else {
        reportUnknown(
          "variant", name, among: axes[axis].axis.variants, at: member.value.span,
          why: "axis '\(member.key)' does not have it")
        continue
      }
      variants[axis] = place
    }
    return variants
  }

  mutating func reportUnknown(
    _ kind: String, _ name: String, among known: [String], at span: SourceSpan?, why: String
  ) {
    report("unknown \(kind) '\(name)'", at: span, why: why, help: choices(known, for: name))
  }

  mutating func readBaseline(_ table: ArmTable) -> Int? {
    guard let value = root["baseline"], !value.isNull else { return table.drafts.isEmpty ? nil : 0 }
    return resolve(value, in: table, default: nil)
  }

  /// The arm that a label or an object of variants names.
  ///
  /// - Parameter standard: the arm whose variants hold for axes that are not named; nil means the
  ///   first variant of each axis.
  mutating func resolve(
    _ value: SourcedJSON, in table: ArmTable, default standard: Int?
  ) -> Int? {
    if table.drafts.isEmpty { return nil }
    if let label = value.string {
      if let draft = table.drafts.firstIndex(where: { $0.label == label }) {
        return table.place(of: draft)
      }
      reportUnknown(
        "arm", label, among: table.drafts.map(\.label), at: value.span,
        why: "an arm is named by its label or by its variants")
      return nil
    }
    guard value.members != nil else { return nil }
    let faultsBefore = diagnostics.count
    let variants = readVariants(
      value, table.axes, default: standard.flatMap { table.draft(at: $0)?.variants })
    if diagnostics.count > faultsBefore { return nil }
    let found = table.drafts.indices.filter { table.drafts[$0].variants == variants }
    let places = Set(found.map { table.place(of: $0) ?? $0 }).sorted()
    if places.count == 1 { return table.place(of: found[0]) }
    report(
      places.isEmpty ? "no arm has these variants" : "\(places.count) arms have these variants",
      at: value.span?.beginning,
      why: "one arm must be meant",
      help: "name it by its label, one of \(quoted(table.drafts.map(\.label)))")
    return nil
  }
}
