import Reproducibility
import Testing

@testable import StudyLanguage

/// As much of JSON Schema as ours uses, read plainly from its specification: it has never heard of the
/// table from which our schemas are made.
struct SchemaJudge {
  private let root: JSONValue

  init(_ schema: JSONSchema) { root = schema.value }

  func accepts(_ value: JSONValue) -> Bool { accepts(value, root) }

  private func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    (schema.object?.members ?? []).allSatisfy { keyword, rule in
      switch keyword {
      case "$schema", "$defs", "title", "description", "default", "examples": true
      case "$ref": definition(rule.string ?? "").map { accepts(value, $0) } ?? false
      case "anyOf": rule.array?.contains { accepts(value, $0) } ?? false
      case "enum": rule.array?.contains(value) ?? false
      case "const": value == rule
      case "type": hasType(value, rule.string ?? "")
      case "pattern":
        // The only one that we use.
        rule == "^=" && (value.string.map { $0.hasPrefix("=") } ?? true)
      case "minimum": number(value) { $0 >= rule.double ?? .nan }
      case "exclusiveMinimum": number(value) { $0 > rule.double ?? .nan }
      case "maximum": number(value) { $0 <= rule.double ?? .nan }
      case "items": (value.array ?? []).allSatisfy { accepts($0, rule) }
      case "minItems": value.array.map { $0.count >= rule.int ?? .max } ?? true
      case "required":
        value.object.map { object in
          (rule.array ?? []).allSatisfy { object[$0.string ?? ""] != nil }
        } ?? true
      case "properties":
        (rule.object?.members ?? []).allSatisfy { name, part in
          value[name].map { accepts($0, part) } ?? true
        }
      case "additionalProperties":
        (value.object?.members ?? []).allSatisfy { name, part in
          schema["properties"]?[name] != nil || (rule.bool ?? accepts(part, rule))
        }
      default: unknown(keyword)
      }
    }
  }

  private func definition(_ reference: String) -> JSONValue? {
    let prefix = "#/$defs/"
    guard reference.hasPrefix(prefix) else { return nil }
    return root["$defs"]?[String(reference.dropFirst(prefix.count))]
  }

  /// Rules for numbers say nothing about other values.
  private func number(_ value: JSONValue, _ fits: (Double) -> Bool) -> Bool {
    value.double.map(fits) ?? true
  }

  private func hasType(_ value: JSONValue, _ type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string),
      ("array", .array), ("object", .object):
      true
    case ("integer", .number): value.int != nil
    default: false
    }
  }

  private func unknown(_ keyword: String) -> Bool {
    Issue.record("the judge does not know '\(keyword)'")
    return false
  }
}
