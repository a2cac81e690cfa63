/// A structure in Thrift's compact protocol, field after field by rising number;
/// github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
package struct ThriftStructure: Sendable, Hashable {
  private var fields: [UInt8] = []
  private var last = 0

  package init() {}

  /// With the zero byte that ends a structure.
  package var bytes: [UInt8] { fields + [0] }

  /// What a field or an element holds.
  enum Kind: UInt8 {
    case int32 = 5
    case int64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  /// The header of a field: how far its number is from the last one's, and its kind.
  private mutating func head(_ field: Int, _ kind: Kind) {
    precondition(field > last && field - last < 16, "fields rise, by fifteen at most")
    fields.append(UInt8(field - last) << 4 | kind.rawValue)
    last = field
  }

  package mutating func add(_ field: Int, int32: Int) {
    head(field, .int32)
    fields.appendVariableLength(Self.zigzag(int32))
  }

  package mutating func add(_ field: Int, int64: Int) {
    head(field, .int64)
    fields.appendVariableLength(Self.zigzag(int64))
  }

  package mutating func add(_ field: Int, text: String) {
    head(field, .binary)
    Self.append(text, to: &fields)
  }

  package mutating func add(_ field: Int, _ structure: ThriftStructure) {
    head(field, .structure)
    fields += structure.bytes
  }

  package mutating func add(_ field: Int, int32s: [Int]) {
    list(field, int32s, of: .int32) { $1.appendVariableLength(Self.zigzag($0)) }
  }

  package mutating func add(_ field: Int, texts: [String]) {
    list(field, texts, of: .binary) { Self.append($0, to: &$1) }
  }

  package mutating func add(_ field: Int, structures: [ThriftStructure]) {
    list(field, structures, of: .structure) { $1 += $0.bytes }
  }

  private mutating func list<Element>(
    _ field: Int, _ elements: [Element], of kind: Kind,
    _ append: (Element, inout [UInt8]) -> Void
  ) {
    head(field, .list)
    if elements.count < 15 {
      fields.append(UInt8(elements.count) << 4 | kind.rawValue)
    } else {
      fields.append(0xF0 | kind.rawValue)
      fields.appendVariableLength(UInt64(elements.count))
    }
    for element in elements { append(element, &fields) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.appendVariableLength(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Small numbers of either sign as small ones without: 0, −1, 1, −2, … become 0, 1, 2, 3, ….
  private static func zigzag(_ number: Int) -> UInt64 {
    let number = Int64(number)
    return UInt64(bitPattern: number << 1 ^ number >> 63)
  }

  /// A structure with the fields that the body adds.
  static func made(_ body: (inout ThriftStructure) -> Void) -> ThriftStructure {
    var structure = ThriftStructure()
    body(&structure)
    return structure
  }
}
