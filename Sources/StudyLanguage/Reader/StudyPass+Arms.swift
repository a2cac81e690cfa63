import Diagnostics
import Reproducibility

/// An arm before its recipe is made.
struct ArmDraft {
  var label: String
  /// Place of its variant on each axis.
  var variants: [Int]
  /// Changes beyond those of the variants.
  var changes: [Change] = []
  var span: SourceSpan?
}

/// The arms by their variants and labels, for everything that names one.
struct ArmTable {
  var axes: [AxisDraft]
  var drafts: [ArmDraft]
}

extension StudyPass {
  /// A study is read into memory arm by arm; what is larger than this is a slip of the pen.
  static var armLimit: Int { 100_000 }

  mutating func armDrafts(_ axes: [AxisDraft]) -> [ArmDraft] {
    let list = root["arms"]
    let hasArms = list?.elements != nil
    let design = root["design"]?.string
    if hasArms && design == Design.product.rawValue {
      report(
        "'arms' beside \"design\": \"product\"", at: root.member("arms")?.keySpan,
        why: "either every combination is an arm, or the listed ones are",
        help: "remove 'arms', or write \"design\": \"arms\"")
    }
    if !hasArms && design == Design.arms.rawValue {
      report(
        "the design 'arms' without a list of arms", at: root["design"]?.span,
        why: "the arms of this design are those that the file lists",
        help: "add \"arms\": [{\"variants\": {…}}], or write \"design\": \"product\"")
      return []
    }
    return hasArms ? listed(list?.elements ?? [], axes) : product(axes)
  }

  private mutating func product(_ axes: [AxisDraft]) -> [ArmDraft] {
    var count = 1
    for axis in axes {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis.variants.count)
      count = product
      if overflow || count > Self.armLimit {
        report(
          "the axes make more than \(Self.armLimit) arms", at: root.member("axes")?.keySpan,
          why: "every arm is trained with every seed",
          help: "list the arms that matter with \"design\": \"arms\"")
        return []
      }
    }
    var combinations: [[Int]] = [[]]
    for axis in axes {
      combinations = combinations.flatMap { start in axis.variants.indices.map { start + [$0] } }
    }
    return combinations.map { variants in
      // An arm is made where its last variant is.
      let span = axes.indices.last.flatMap { axes[$0].variants[variants[$0]].span }
      return ArmDraft(label: label(of: variants, axes), variants: variants, span: span)
    }
  }

  private mutating func listed(_ entries: [SourcedJSON], _ axes: [AxisDraft]) -> [ArmDraft] {
    var drafts: [ArmDraft] = []
    for entry in entries where entry.members != nil {
      let variants =
        entry["variants"].flatMap { readVariants($0, axes, default: nil) }
        ?? [Int](repeating: 0, count: axes.count)
      let label = entry["label"]?.string ?? label(of: variants, axes)
      let span = entry["label"]?.span ?? entry.span?.beginning
      if drafts.contains(where: { $0.label == label }) {
        report(
          "a second arm is called '\(label)'", at: span,
          why: "rows of a table are told apart by their labels",
          help: "give each a \"label\" of its own")
      }
      let changes = entry["changes"].map { readChanges($0) } ?? []
      drafts.append(ArmDraft(label: label, variants: variants, changes: changes, span: span))
    }
    return drafts
  }

  /// Named variants speak for themselves; a number needs its setting: `level 3, steps=200`.
  private func label(of variants: [Int], _ axes: [AxisDraft]) -> String {
    if axes.isEmpty { return "recipe" }
    let names = axes.flatMap(\.axis.variants)
    let parts = zip(axes, variants).map { axis, place in
      let name = axis.variants[place].name
      let isShared = names.count { $0 == name } > 1
      if axis.axis.key == nil && !isShared { return name }
      let setting = axis.axis.name.split(separator: ".").last.map(String.init) ?? axis.axis.name
      return "\(setting)=\(name)"
    }
    return parts.joined(separator: ", ")
  }

  // MARK: Naming an arm

  /// - Parameter standard: the variants of axes that are not named; nil means the first of each.
  private mutating func readVariants(
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

  private mutating func reportUnknown(
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
      if let place = table.drafts.firstIndex(where: { $0.label == label }) { return place }
      reportUnknown(
        "arm", label, among: table.drafts.map(\.label), at: value.span,
        why: "an arm is named by its label or by its variants")
      return nil
    }
    guard value.members != nil else { return nil }
    let faultsBefore = diagnostics.count
    let variants = readVariants(
      value, table.axes, default: standard.map { table.drafts[$0].variants })
    if diagnostics.count > faultsBefore { return nil }
    let places = table.drafts.indices.filter { table.drafts[$0].variants == variants }
    if places.count == 1 { return places[0] }
    report(
      places.isEmpty ? "no arm has these variants" : "\(places.count) arms have these variants",
      at: value.span?.beginning,
      why: "one arm must be meant",
      help: "name it by its label, one of \(quoted(table.drafts.map(\.label)))")
    return nil
  }
}
