/// An object that keeps the canonical text of each member, so that what many objects have in common is
/// written out once.
package struct WrittenObject: Sendable {
  private typealias Text = (name: String, text: ArraySlice<UInt8>)

  /// The members in the order in which they were added.
  package private(set) var value: JSONObject
  /// `"name":value` of each member, in canonical order.
  private var texts: [Text] = []

  /// - Parameter other: an object whose texts are taken where the members are the same.
  package init(_ object: JSONObject, sharing other: WrittenObject? = nil) {
    value = object
    texts.reserveCapacity(object.count)
    for member in object.members {
      let known = other.flatMap { other in
        other.value[member.key].flatMap { theirs in
          member.value.isPlainlyEqual(to: theirs)
            ? other.texts.first { $0.name == member.key }?.text : nil
        }
      }
      insert(member.key, known ?? Self.text(member.key, member.value))
    }
  }

  /// Adds a member whose name is new; nil adds nothing.
  package mutating func append(_ name: String, _ member: JSONValue?) {
    guard let member else { return }
    add(name, member, Self.text(name, member))
  }

  package mutating func append(_ name: String, _ member: WrittenObject) {
    add(name, .object(member.value), Self.text(name, .null).dropLast(4) + member.canonicalBytes)
  }

  private mutating func add(_ name: String, _ member: JSONValue, _ text: ArraySlice<UInt8>) {
    precondition(value[name] == nil, "'\(name)' is a member already")
    insert(name, text)
    value.append(name, member)
  }

  private mutating func insert(_ name: String, _ text: ArraySlice<UInt8>) {
    let place = texts.firstIndex { name.utf16.lexicographicallyPrecedes($0.name.utf16) }
    texts.insert((name, text), at: place ?? texts.count)
  }

  private static func text(_ name: String, _ member: JSONValue) -> ArraySlice<UInt8> {
    JSONValue.object([name: member]).canonicalBytes.dropFirst().dropLast()
  }

  /// What ``JSONValue/canonicalBytes`` of the object are.
  package var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(texts.reduce(2) { $0 + $1.text.count + 1 })
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in texts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += member.text
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }
}
