/// A JSON value. Numbers are IEEE doubles, as RFC 8785 has them; integers are exact up to 2⁵³.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// The member of that name; nil when this is no object or has no such member.
  package subscript(_ name: String) -> JSONValue? { object?[name] }

  package var isNull: Bool { self == .null }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var double: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  /// The number as an integer; nil when it has a fraction or does not fit.
  package var int: Int? { double.flatMap(wholeNumber) }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// Whether both are the very same list or object in memory, or empty, and so equal without a look. False says
  /// nothing.
  package func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)):
      a.isEmpty ? b.isEmpty : a.span.isIdentical(to: b.span)
    case (.object(let a), .object(let b)): a.isSame(as: b)
    default: false
    }
  }

  /// Whether both are equal, as far as that can be told without a look into lists and objects. False says
  /// nothing.
  package func isPlainlyEqual(to other: JSONValue) -> Bool {
    switch (self, other) {
    case (.array, _), (.object, _): isSame(as: other)
    default: self == other
    }
  }

  /// What a message calls this kind of value: "a number", "an object", …
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
  package init(_ value: Int) { self = .number(Double(value)) }
}

/// The members of a JSON object in the order of the file. Two objects are equal when they hold equal
/// members, whatever their order.
package struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  package typealias Member = (key: String, value: JSONValue)

  package private(set) var members: [Member] = []
  /// Where a name stands; empty while there are few, which are found sooner by looking at each.
  private var places: [String: Int] = [:]
  private static let few = 12

  package init() {}

  /// A name that comes twice keeps its first place and its last value.
  package init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  package var keys: [String] { members.map(\.key) }
  package var isEmpty: Bool { members.isEmpty }
  package var count: Int { members.count }

  /// Setting nil removes the member; a new name goes to the end.
  package subscript(_ key: String) -> JSONValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?):
        members[place].value = value
      case (nil, let value?):
        append(key, value)
      case (let place?, nil):
        members.remove(at: place)
        notePlaces()
      case (nil, nil):
        break
      }
    }
  }

  /// Adds a member whose name is new.
  package mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
    if members.count > Self.few + 1 {
      places[key] = members.count - 1
    } else if members.count > Self.few {
      notePlaces()
    }
  }

  /// Gives the member at a place another value.
  package mutating func replace(at place: Int, by value: JSONValue) { members[place].value = value }

  /// Adds a member whose name is new before the one at a place.
  package mutating func insert(_ key: String, _ value: JSONValue, at place: Int) {
    if place == count { return append(key, value) }
    members.insert((key, value), at: place)
    notePlaces()
  }

  /// Whether both have the same members in the same order, those of one name aside, as far as that can be told
  /// without comparing large parts. False says nothing.
  package func isSame(as other: JSONObject, except name: String) -> Bool {
    guard count == other.count else { return false }
    return zip(members, other.members).allSatisfy { mine, theirs in
      guard mine.key == theirs.key else { return false }
      return mine.key == name || mine.value.isPlainlyEqual(to: theirs.value)
    }
  }

  /// Whether both are the very same object in memory, or empty. False says nothing.
  package func isSame(as other: JSONObject) -> Bool {
    members.isEmpty ? other.isEmpty : members.span.isIdentical(to: other.members.span)
  }

  private func place(of key: String) -> Int? {
    members.count > Self.few ? places[key] : members.firstIndex { $0.key == key }
  }

  private mutating func notePlaces() {
    if !places.isEmpty { places = [:] }
    guard members.count > Self.few else { return }
    for (index, member) in members.enumerated() { places[member.key] = index }
  }
}

extension JSONObject: Hashable {
  package static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.isSame(as: b) || (a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value })
  }

  package func hash(into hasher: inout Hasher) {
    // A sum, so that the order of the members does not matter and nothing has to be sorted.
    var sum = 0
    for member in members {
      var own = Hasher()
      own.combine(member.key)
      own.combine(member.value)
      sum &+= own.finalize()
    }
    hasher.combine(sum)
  }
}
