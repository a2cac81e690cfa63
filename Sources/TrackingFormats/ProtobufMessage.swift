/// A message in protobuf's wire format, field after field; protobuf.dev/programming-guides/encoding.
package struct ProtobufMessage: Sendable, Hashable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// How a field's value is laid out: the lower three bits of its tag.
  private enum Wire: UInt64 {
    case variableLength = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  private mutating func tag(_ field: Int, _ wire: Wire) {
    bytes.appendVariableLength(UInt64(field) << 3 | wire.rawValue)
  }

  /// `int32`, `int64`, `bool` or an enumeration; a negative number takes ten bytes.
  package mutating func add(_ field: Int, integer: Int) {
    tag(field, .variableLength)
    bytes.appendVariableLength(UInt64(bitPattern: Int64(integer)))
  }

  package mutating func add(_ field: Int, double: Double) {
    tag(field, .eightBytes)
    bytes.appendLittleEndian(double.bitPattern)
  }

  package mutating func add(_ field: Int, float: Float) {
    tag(field, .fourBytes)
    bytes.appendLittleEndian(float.bitPattern)
  }

  package mutating func add(_ field: Int, text: String) {
    tag(field, .counted)
    bytes.appendVariableLength(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  package mutating func add(_ field: Int, _ message: ProtobufMessage) {
    tag(field, .counted)
    bytes.appendVariableLength(UInt64(message.bytes.count))
    bytes.append(contentsOf: message.bytes)
  }

  /// A message with the fields that the body adds.
  static func made(_ body: (inout ProtobufMessage) -> Void) -> ProtobufMessage {
    var message = ProtobufMessage()
    body(&message)
    return message
  }
}
