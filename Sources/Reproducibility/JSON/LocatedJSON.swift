/// A JSON value that remembers which bytes of the text it came from.
package struct LocatedJSON: Sendable {
  package indirect enum Node: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([LocatedJSON])
    case object([Member])
  }

  package struct Member: Sendable {
    package var key: String
    /// Bytes of the key, quotes included.
    package var keyRange: Range<Int>
    package var value: LocatedJSON
  }

  package var node: Node
  /// Bytes of the value; of a string, quotes included.
  package var range: Range<Int>

  package init(node: Node, range: Range<Int>) {
    self.node = node
    self.range = range
  }

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
  package subscript(_ name: String) -> LocatedJSON? {
    guard case .object(let members) = node else { return nil }
    return members.first { $0.key == name }?.value
  }

  /// Reads one value that fills the text, strictly after RFC 8259 and its dialect: UTF-8 without byte
  /// order mark, no duplicate keys, no number beyond a double, no lone surrogate, no NUL. Keys that
  /// Unicode holds equal ("é" as one scalar or as two) are duplicates, however they are written.
  ///
  /// - Parameters:
  ///   - dialect: whether comments and trailing commas are read.
  ///   - depthLimit: how many objects and lists may stand in one another.
  package static func parse(
    _ text: [UInt8], as dialect: JSONDialect = .json, depthLimit: Int = 512
  ) throws(JSONFault) -> LocatedJSON {
    var parser = JSONParser(text, dialect: dialect, depthLimit: depthLimit)
    return try parser.document()
  }
}

extension JSONValue {
  /// Reads strict JSON (see ``LocatedJSON/parse(_:as:depthLimit:)``).
  package init(parsing text: String) throws(JSONFault) {
    self = try LocatedJSON.parse(Array(text.utf8)).value
  }

  /// Reads strict JSON from UTF-8 bytes.
  package init(parsing bytes: [UInt8]) throws(JSONFault) {
    self = try LocatedJSON.parse(bytes).value
  }
}
