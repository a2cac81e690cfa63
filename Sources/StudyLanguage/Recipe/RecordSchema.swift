package import Reproducibility

/// The keys that an object may have: one entry of the table from which the reader, its messages, the
/// defaults and the reference page come.
package struct RecordSchema: Sendable {
  /// What messages call such an object; of a case of a union, its kind.
  package let name: String
  package let keys: [Key]
  /// Whether a file of it may extend another one, and compute settings from others.
  package let isBase: Bool
  private let places: [String: Int]

  package init(_ name: String, keys: [Key], isBase: Bool = false) {
    precondition(Set(keys.map(\.name)).count == keys.count, "'\(name)' declares a key twice")
    self.name = name
    self.keys = keys
    self.isBase = isBase
    places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.name, $0) })
  }

  /// Where a key of that name stands among ``keys``.
  func place(of name: String) -> Int? { places[name] }

  package func key(_ name: String) -> Key? { places[name].map { keys[$0] } }
}

/// One setting: its name, what it may hold, and where its default comes from.
package struct Key: Sendable {
  package let name: String
  package let type: ValueType
  /// What an absent key means; nil when it must be there.
  package let defaultValue: JSONValue?
  /// Of numbers: `tokens`, `updates`; nil when it has none.
  package let unit: String?
  /// Where the default or the idea comes from, with section.
  package let source: String?
  /// One sentence on what the setting does.
  package let doc: String
  /// A value worth showing when there is no default.
  package let example: JSONValue?
  /// The default written out in full.
  let standard: Normalised?

  /// - Parameters:
  ///   - default: nil makes the key required, unless `isOptional`.
  ///   - isOptional: the key may be absent, which means null; its type must be nullable.
  package init(
    _ name: String, _ type: ValueType, default defaultValue: JSONValue? = nil,
    isOptional: Bool = false, unit: String? = nil, source: String? = nil,
    example: JSONValue? = nil, doc: String
  ) {
    precondition(!isOptional || type.allowsNull, "'\(name)' may be absent, so it must allow null")
    self.name = name
    self.type = type
    self.defaultValue = defaultValue ?? (isOptional ? .null : nil)
    self.unit = unit
    self.source = source
    self.doc = doc
    self.example = example
    standard = Self.writtenOut(self.defaultValue, type, name)
  }

  /// A schema with a default that it does not itself accept is a mistake in the program.
  private static func writtenOut(
    _ value: JSONValue?, _ type: ValueType, _ name: String
  ) -> Normalised? {
    guard let value else { return nil }
    var normaliser = Normaliser()
    let result = normaliser.normalise(
      SourcedJSON(value), as: type, at: SettingPlace(name), key: nil)
    let faults = normaliser.faults.map(\.line).joined(separator: "; ")
    precondition(result != nil, "the default of '\(name)' does not fit its type: \(faults)")
    return result
  }
}
