package import Reproducibility

extension Key {
  /// A value to show: the example, the default, or the simplest of its type.
  var sample: JSONValue { example ?? defaultValue ?? type.sample }
}

extension ValueType {
  /// The simplest value of the type.
  var sample: JSONValue {
    switch self {
    case .integer(let range): .number(Double(range.lowerBound))
    case .number(let range), .schedule(let range):
      range.contains(1) ? 1 : .number(range.upper)
    case .boolean: true
    case .text: "…"
    case .choice(let words): .string(words[0])
    case .record(let schema), .byName(let schema): schema.sample
    case .list(let element, let nonEmpty, _): nonEmpty ? [element.sample] : []
    case .map: [:]
    case .union(let tag, let cases):
      .object(
        JSONObject([(tag, .string(cases[0].name))] + cases[0].requiredSamples))
    case .expression: "true"
    case .nullable(let inner): inner.sample
    case .either(let types): types[0].sample
    case .anything, .open: .null
    }
  }
}

extension RecordSchema {
  /// The simplest object of this schema: its required keys.
  package var sample: JSONValue { .object(JSONObject(requiredSamples)) }

  fileprivate var requiredSamples: [(String, JSONValue)] {
    keys.filter { $0.defaultValue == nil }.map { ($0.name, $0.sample) }
  }
}

extension JSONValue {
  /// On one line with spaces, as somebody would type it.
  var shown: String {
    switch self {
    case .array(let elements): "[\(elements.map(\.shown).joined(separator: ", "))]"
    case .object(let object):
      "{\(object.members.map { "\(JSONValue.string($0.key).line): \($0.value.shown)" }.joined(separator: ", "))}"
    default: line
    }
  }
}
