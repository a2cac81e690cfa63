package import Reproducibility

/// A JSON Schema of the files that a record describes, made from the same table as their reader: for
/// editors, and for programs that write such files.
///
/// It says what the table says: names, forms, ranges, choices, defaults. A file that it accepts may
/// still be wrong: paths, expressions and what settings must have in common are the reader's alone. A
/// recipe that lacks a key, or holds a wrong value, is refused even where every arm of a study would
/// mend that.
///
/// - Source: https://json-schema.org/draft/2020-12, core and validation.
package struct JSONSchema: Sendable {
  package static let dialect = "https://json-schema.org/draft/2020-12/schema"

  package let value: JSONValue

  /// - Parameters:
  ///   - others: what the file may be as well.
  ///   - title: of the schema, as editors show it.
  ///   - objects: by key of the record, what an object may be there that the table itself leaves open.
  package init(
    of record: RecordSchema, or others: [RecordSchema] = [], title: String, description: String,
    objects: [String: [RecordSchema]] = [:]
  ) {
    var definitions = JSONDefinitions()
    let root = definitions.reference(
      toAny: [record.describing(objects)] + others, owner: title)
    value = .object(
      JSONObject(
        [
          ("$schema", .string(Self.dialect)), ("title", .string(title)),
          ("description", .string(description)),
        ] + root.pairs + [("$defs", definitions.value)]))
  }

  /// What a file of it holds.
  package var text: String { value.pretty + "\n" }
}

/// The named parts of a schema, each said once. They refer to one another by name.
private struct JSONDefinitions {
  private var entries: [(wanted: String, name: String, content: JSONObject)] = []
  /// Whether the part being made belongs to a recipe, whose settings may be computed.
  private var computes = false
  private static let extends = "extends"

  /// By name, whatever order they came in: a new key moves no other part.
  var value: JSONValue {
    .object(
      JSONObject(entries.sorted { $0.name < $1.name }.map { ($0.name, .object($0.content)) }))
  }

  mutating func reference(toAny records: [RecordSchema], owner: String) -> JSONObject {
    let references = records.map { reference(to: $0, owner: owner) }
    return references.count == 1 ? references[0] : any(references)
  }

  mutating func reference(to record: RecordSchema, owner: String) -> JSONObject {
    let outer = computes
    computes = computes || record.isBase
    defer { computes = outer }
    let members = members(of: record)
    let whole = reference(to: object(members), named: record.name, owner: owner)
    guard record.isBase else { return whole }
    // What extends another says only what is different, under names that may be paths.
    let variation: JSONObject = [
      "type": "object", "properties": [Self.extends: ["type": "string"]],
      "required": [.string(Self.extends)],
    ]
    return reference(to: any([whole, variation]), named: "\(record.name) file", owner: owner)
  }

  /// The name of a part is that of its record, key or range. Of two parts that want one name but are
  /// not the same, the second is called after its owner too, as on the reference page.
  private mutating func reference(
    to content: JSONObject, named words: String, owner: String
  ) -> JSONObject {
    let wanted = slug(words)
    if let known = entries.first(where: { $0.wanted == wanted && $0.content == content }) {
      return ["$ref": .string("#/$defs/\(known.name)")]
    }
    var name = wanted
    var others = 1
    while entries.contains(where: { $0.name == name }) {
      name = "\(wanted)-of-\(slug(owner))" + (others > 1 ? "-\(others)" : "")
      others += 1
    }
    entries.append((wanted, name, content))
    return ["$ref": .string("#/$defs/\(name)")]
  }

  // MARK: Objects

  /// What an object may hold, and what it must.
  private struct Members: Equatable {
    var properties: [JSONObject.Member]
    var required: [String]

    static func == (a: Self, b: Self) -> Bool {
      a.required == b.required && JSONObject(a.properties) == JSONObject(b.properties)
    }
  }

  private mutating func members(of record: RecordSchema) -> Members {
    Members(
      properties: record.keys.map { ($0.name, property($0, owner: record.name)) },
      required: record.keys.filter { $0.defaultValue == nil }.map(\.name))
  }

  private func object(_ members: Members) -> JSONObject {
    var schema: JSONObject = [
      "type": "object", "properties": .object(JSONObject(members.properties)),
    ]
    if !members.required.isEmpty {
      let required = JSONValue.array(members.required.map { .string($0) })
      if members.properties.contains(where: { $0.key == Self.extends }) {
        // What is missing here is in the file that it extends.
        schema["anyOf"] = [["required": [.string(Self.extends)]], ["required": required]]
      } else {
        schema["required"] = required
      }
    }
    schema["additionalProperties"] = false
    return schema
  }

  private mutating func property(_ key: Key, owner: String) -> JSONValue {
    let kind: String? =
      if case .union(let tag, _) = key.type.opened(for: .object) {
        key.defaultValue?[tag]?.string ?? key.defaultValue?.string
      } else { nil }
    let type = schema(of: key.type, key: key.name, kind: kind, owner: owner)
    var property = JSONObject([("description", .string(key.description))] + type.pairs)
    property["default"] = key.defaultValue
    if let example = key.example { property["examples"] = [example] }
    return .object(property)
  }

  // MARK: Types

  /// - Parameters:
  ///   - key: the setting whose value it is, or whose value it is part of.
  ///   - kind: that of the setting's default, which an object of a union may leave out.
  private mutating func schema(
    of type: ValueType, key: String, kind: String?, owner: String
  ) -> JSONObject {
    switch type {
    case .integer(let range):
      return orFormula([
        "type": "integer", "minimum": JSONValue(range.lowerBound),
        "maximum": JSONValue(range.upperBound),
      ])
    case .number(let range):
      return orFormula(number(range))
    case .boolean:
      return orFormula(["type": "boolean"])
    case .text, .expression:
      return ["type": "string"]
    case .choice(let words):
      return orFormula(["enum": .array(words.map { .string($0) })])
    case .record(let record):
      return reference(to: record, owner: owner)
    case .list(let element, let nonEmpty, _):
      var list: JSONObject = ["type": "array"]
      let items = schema(of: element, key: key, kind: nil, owner: owner)
      if !items.isEmpty { list["items"] = .object(items) }
      if nonEmpty { list["minItems"] = 1 }
      return list
    case .map(let element):
      var map: JSONObject = ["type": "object"]
      let values = schema(of: element, key: key, kind: nil, owner: owner)
      if !values.isEmpty { map["additionalProperties"] = .object(values) }
      return map
    case .byName(let record):
      return any([
        reference(to: record, owner: owner),
        [
          "type": "object",
          "additionalProperties": .object(reference(to: record, owner: owner)),
        ],
      ])
    case .union(let tag, let cases):
      return union(tag: tag, cases, kind: kind, short: words(of: cases), named: key, owner: owner)
    case .schedule(let range):
      return union(
        tag: Schedule.tag, Schedule.cases(range), kind: kind, short: orFormula(number(range)),
        named: "schedule\(range.wording)", owner: owner)
    case .nullable(let inner):
      return any([schema(of: inner, key: key, kind: kind, owner: owner), ["type": "null"]])
    case .either(let types):
      return any(types.map { schema(of: $0, key: key, kind: kind, owner: owner) })
    case .anything, .open:
      return [:]
    }
  }

  private func orFormula(_ schema: JSONObject) -> JSONObject {
    computes ? any([schema, ["type": "string", "pattern": "^="]]) : schema
  }

  private func number(_ range: NumberRange) -> JSONObject {
    var schema: JSONObject = ["type": "number"]
    let end = Double.greatestFiniteMagnitude
    if range.lower > -end || !range.includesLower {
      schema[range.includesLower ? "minimum" : "exclusiveMinimum"] = .number(range.lower)
    }
    if range.upper < end { schema["maximum"] = .number(range.upper) }
    return schema
  }

  /// One alternative inside another is an alternative like the others.
  private func any(_ alternatives: [JSONObject]) -> JSONObject {
    let flat = alternatives.flatMap { schema -> [JSONValue] in
      if schema.count == 1, let inner = schema["anyOf"]?.array { return inner }
      return [.object(schema)]
    }
    return ["anyOf": .array(flat)]
  }

  // MARK: Unions

  /// The kinds that a bare word may name: those with nothing that must be said. nil for none.
  private func words(of cases: [RecordSchema]) -> JSONObject? {
    let whole = cases.filter { $0.keys.allSatisfy { $0.defaultValue != nil } }
    return whole.isEmpty ? nil : ["enum": .array(whole.map { .string($0.name) })]
  }

  /// - Parameters:
  ///   - kind: the one that may be left out.
  ///   - short: what may stand for an object.
  private mutating func union(
    tag: String, _ cases: [RecordSchema], kind: String?, short: JSONObject?, named name: String,
    owner: String
  ) -> JSONObject {
    var alternatives: [(kinds: [String], members: Members)] = []
    for record in cases {
      var members = members(of: record)
      if record.name != kind { members.required.insert(tag, at: 0) }
      // Kinds with the very same settings are one alternative.
      if let place = alternatives.firstIndex(where: { $0.members == members }) {
        alternatives[place].kinds.append(record.name)
      } else {
        alternatives.append(([record.name], members))
      }
    }
    let objects = alternatives.map { kinds, members in
      var members = members
      let words: JSONValue =
        kinds.count == 1
        ? ["const": .string(kinds[0])] : ["enum": .array(kinds.map { .string($0) })]
      members.properties.insert((tag, words), at: 0)
      return object(members)
    }
    return reference(
      to: any((short.map { [$0] } ?? []) + objects), named: name, owner: owner)
  }
}

// MARK: Parts of the table

extension RecordSchema {
  /// With records in the place of objects of which the table says nothing.
  ///
  /// - Parameter objects: by key; a key that leaves no object open is a mistake in the program.
  fileprivate func describing(_ objects: [String: [RecordSchema]]) -> RecordSchema {
    for (name, _) in objects {
      precondition(key(name)?.type.hasOpenObject == true, "'\(name)' leaves no object open")
    }
    return RecordSchema(
      name,
      keys: keys.map { key in
        guard let records = objects[key.name] else { return key }
        return Key(
          key.name, key.type.describing(records), default: key.defaultValue, unit: key.unit,
          source: key.source, example: key.example, doc: key.doc)
      }, isBase: isBase)
  }
}

extension ValueType {
  fileprivate var hasOpenObject: Bool {
    switch self {
    case .map(of: .anything): true
    case .nullable(let inner): inner.hasOpenObject
    case .either(let types): types.contains(where: \.hasOpenObject)
    default: false
    }
  }

  fileprivate func describing(_ records: [RecordSchema]) -> ValueType {
    switch self {
    case .map(of: .anything):
      records.count == 1 ? .record(records[0]) : .either(records.map { .record($0) })
    case .nullable(let inner): .nullable(inner.describing(records))
    case .either(let types): .either(types.map { $0.describing(records) })
    default: self
    }
  }
}

extension Key {
  /// Meaning, unit and source in one text.
  fileprivate var description: String {
    ([doc] + [unit.map { "Unit: \($0)." }, source.map { "Source: \($0)." }].compactMap(\.self))
      .joined(separator: " ")
  }
}

extension JSONObject {
  fileprivate var pairs: [(String, JSONValue)] { members.map { ($0.key, $0.value) } }
}

/// Words as a name that a reference can hold as it is: `paper value` is `paper-value`.
private func slug(_ words: String) -> String {
  String(
    words.map { $0 == " " ? "-" : $0 }
      .filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
}
