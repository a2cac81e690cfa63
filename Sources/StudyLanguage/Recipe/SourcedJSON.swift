package import Diagnostics
package import Reproducibility

/// A JSON value of which every part remembers the file and bytes it was written at; parts that were
/// written nowhere, such as defaults, remember nothing. Values of several files mix freely.
package struct SourcedJSON: Sendable {
  package indirect enum Node: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([SourcedJSON])
    case object([Member])
  }

  package struct Member: Sendable {
    package var key: String
    package var keySpan: SourceSpan?
    package var value: SourcedJSON
  }

  package var node: Node
  package var span: SourceSpan?

  package init(_ node: Node, span: SourceSpan?) {
    self.node = node
    self.span = span
  }

  /// A value of a file.
  package init(_ json: LocatedJSON, in source: SourceText) {
    span = SourceSpan(source, json.range)
    switch json.node {
    case .null: node = .null
    case .bool(let value): node = .bool(value)
    case .number(let value): node = .number(value)
    case .string(let value): node = .string(value)
    case .array(let elements): node = .array(elements.map { SourcedJSON($0, in: source) })
    case .object(let members):
      node = .object(
        members.map {
          Member(
            key: $0.key, keySpan: SourceSpan(source, $0.keyRange),
            value: SourcedJSON($0.value, in: source))
        })
    }
  }

  /// A value that stands in no file.
  package init(_ value: JSONValue) {
    span = nil
    switch value {
    case .null: node = .null
    case .bool(let value): node = .bool(value)
    case .number(let value): node = .number(value)
    case .string(let value): node = .string(value)
    case .array(let elements): node = .array(elements.map { SourcedJSON($0) })
    case .object(let object):
      node = .object(
        object.members.map { Member(key: $0.key, keySpan: nil, value: SourcedJSON($0.value)) })
    }
  }
}

extension SourcedJSON {
  /// The value without its places.
  package var value: JSONValue {
    switch node {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let value): .number(value)
    case .string(let value): .string(value)
    case .array(let elements): .array(elements.map(\.value))
    case .object(let members): .object(JSONObject(members.map { ($0.key, $0.value.value) }))
    }
  }

  /// The member of that name; nil when this is no object or has no such member.
  package subscript(_ key: String) -> SourcedJSON? { member(key)?.value }

  package func member(_ key: String) -> Member? { members?.first { $0.key == key } }

  package var members: [Member]? {
    if case .object(let members) = node { members } else { nil }
  }

  package var elements: [SourcedJSON]? {
    if case .array(let elements) = node { elements } else { nil }
  }

  package var string: String? {
    if case .string(let value) = node { value } else { nil }
  }

  package var double: Double? {
    if case .number(let value) = node { value } else { nil }
  }

  package var int: Int? { double.flatMap(wholeNumber) }

  package var isNull: Bool {
    if case .null = node { true } else { false }
  }

  /// Whether both are equal in all but their places, as far as that can be told without a look into lists and
  /// objects. False says nothing.
  func isSame(as other: SourcedJSON) -> Bool {
    switch (node, other.node) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)):
      a.span.isIdentical(to: b.span) && a.count == b.count
    case (.object(let a), .object(let b)):
      a.span.isIdentical(to: b.span) && a.count == b.count
    default: false
    }
  }

  /// What a caret shows: of a value of many lines its beginning.
  var mark: SourceSpan? {
    switch node {
    case .array, .object: span?.beginning
    default: span
    }
  }

  var form: JSONForm {
    switch node {
    case .null: .null
    case .bool: .boolean
    case .number: .number
    case .string: .string
    case .array: .list
    case .object: .object
    }
  }

  /// This object with one member set or, with nil, removed. A new member goes to the end.
  func setting(_ key: String, keySpan: SourceSpan?, to value: SourcedJSON?) -> SourcedJSON {
    guard case .object(var members) = node else { return self }
    switch (members.firstIndex { $0.key == key }, value) {
    case (let place?, let value?): members[place].value = value
    case (let place?, nil): members.remove(at: place)
    case (nil, let value?):
      members.append(Member(key: key, keySpan: keySpan, value: value))
    case (nil, nil): break
    }
    return SourcedJSON(.object(members), span: span)
  }
}
