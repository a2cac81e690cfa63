import Diagnostics
import Reproducibility

/// An axis with the changes of each variant.
struct AxisDraft {
  var axis: Study.Axis
  var variants: [VariantDraft]
  var span: SourceSpan?
  /// What an expression reads: the type of all its variants' values.
  var type: ExpressionType

  /// - Parameter variants: those whose values differ in type are read by their names.
  init(axis: Study.Axis, variants: [VariantDraft], span: SourceSpan?) {
    let types = Set(variants.map(\.value.type))
    self.axis = axis
    self.variants = variants
    self.span = span
    type = types.count == 1 ? types.first ?? .text : .text
    if types.count > 1 {
      for place in variants.indices { self.variants[place].value = .text(variants[place].name) }
    }
  }
}

struct VariantDraft {
  var name: String
  /// What an expression reads.
  var value: ExpressionValue
  /// What labels of arms call it.
  var label = ""
  var changes: [Change]
  /// Where the variant is written.
  var span: SourceSpan?
}

extension StudyPass {
  mutating func readAxes() -> [AxisDraft] {
    var axes = readEachAxis()
    var counts: [String: Int] = [:]
    for name in axes.flatMap(\.axis.variants) { counts[name, default: 0] += 1 }
    for axis in axes.indices {
      for place in axes[axis].variants.indices {
        let isShared = counts[axes[axis].variants[place].name, default: 0] > 1
        axes[axis].variants[place].label = label(of: place, on: axes[axis], isShared: isShared)
      }
    }
    return axes
  }

  /// Named variants speak for themselves; a number needs its setting: `level 3`, `steps=200`.
  ///
  /// - Parameter isShared: whether another axis has a variant of this name too.
  private func label(of place: Int, on axis: AxisDraft, isShared: Bool) -> String {
    let variant = axis.variants[place]
    if axis.axis.key == nil && !isShared { return variant.name }
    let setting = axis.axis.name.split(separator: ".").last.map(String.init) ?? axis.axis.name
    return "\(setting)=\(variant.name)"
  }

  private mutating func readEachAxis() -> [AxisDraft] {
    (root["axes"]?.members ?? []).compactMap { member in
      if let values = member.value.elements {
        return sweep(member, of: member.key, writtenAt: member.keySpan, values, isAxisName: true)
      }
      guard let parts = member.value.members else { return nil }
      if let key = member.value["key"]?.string, let values = member.value["values"]?.elements {
        for part in parts where part.key != "key" && part.key != "values" {
          report(
            "unknown key '\(part.key)' in a sweep", at: part.keySpan,
            why: "a sweep is a setting and its values", help: "remove it")
        }
        return sweep(
          member, of: key, writtenAt: member.value["key"]?.span, values, isAxisName: false)
      }
      return variants(member, parts)
    }
  }

  /// One setting, value by value.
  private mutating func sweep(
    _ member: SourcedJSON.Member, of key: String, writtenAt span: SourceSpan?,
    _ values: [SourcedJSON], isAxisName: Bool
  ) -> AxisDraft? {
    guard let path = readPath(key, at: span) else { return nil }
    if values.isEmpty {
      reportEmpty(member)
      return nil
    }
    var drafts: [VariantDraft] = []
    var names: Set<String> = []
    for value in values {
      let name = value.variantName
      if !names.insert(name).inserted {
        report(
          "axis '\(member.key)' has the value \(name) twice", at: value.span,
          why: "each value is an arm of its own", help: "remove one of them")
        continue
      }
      let change = Change(path: path, pathSpan: span, value: value, isAxisName: isAxisName)
      drafts.append(
        VariantDraft(
          name: name, value: value.expressionValue ?? .text(name), changes: [change],
          span: value.span))
    }
    return AxisDraft(
      axis: Study.Axis(name: member.key, key: key, variants: drafts.map(\.name)), variants: drafts,
      span: member.keySpan)
  }

  /// Named sets of changes.
  private mutating func variants(
    _ member: SourcedJSON.Member, _ parts: [SourcedJSON.Member]
  ) -> AxisDraft? {
    if parts.isEmpty {
      reportEmpty(member)
      return nil
    }
    let drafts = parts.map { part in
      if part.value.members == nil {
        report(
          "expected an object of changes for variant '\(part.key)', found \(part.value.form.rawValue)",
          at: part.value.span, why: "a named variant changes settings by their paths",
          help: "write {\"stages.first.steps\": 100}, or {} for no change")
      }
      return VariantDraft(
        name: part.key, value: .text(part.key), changes: readChanges(part.value), span: part.keySpan
      )
    }
    return AxisDraft(
      axis: Study.Axis(name: member.key, key: nil, variants: drafts.map(\.name)), variants: drafts,
      span: member.keySpan)
  }

  private mutating func reportEmpty(_ member: SourcedJSON.Member) {
    report(
      "axis '\(member.key)' has no variants", at: member.keySpan,
      why: "an axis without variants leaves no arm to run",
      help: "write at least one variant, or remove the axis")
  }

  /// An object of values by path.
  mutating func readChanges(_ value: SourcedJSON) -> [Change] {
    (value.members ?? []).compactMap { member in
      readPath(member.key, at: member.keySpan).map {
        Change(path: $0, pathSpan: member.keySpan, value: member.value)
      }
    }
  }

  private mutating func readPath(_ text: String, at span: SourceSpan?) -> RecipePath? {
    do {
      return try RecipePath(parsing: text)
    } catch {
      report(
        "'\(text)' is no path: \(error.wording)", at: span,
        why: "a path is names with dots between them",
        help: "write for example stages.second.steps or stages[1].steps")
      return nil
    }
  }
}

extension RecipePath.Fault {
  var wording: String {
    switch self {
    case .empty: "it is empty"
    case .emptyName: "a name is missing beside a dot"
    case .badIndex(let text): "'\(text)' is no index"
    }
  }
}

extension SourcedJSON {
  /// What a value of a sweep is called: a text is itself, anything else as JSON writes it.
  var variantName: String { string ?? value.line }

  /// As an expression reads it; nil of lists, objects and null.
  var expressionValue: ExpressionValue? {
    switch node {
    case .number(let value): .number(value)
    case .bool(let value): .boolean(value)
    case .string(let value): .text(value)
    case .null, .array, .object: nil
    }
  }
}
