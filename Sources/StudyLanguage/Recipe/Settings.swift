package import Reproducibility

/// A part of settings that a schema accepted, with the readers for each type. After validation no
/// reader can fail; asking for a key that the schema lacks, or as another type than it declares, is a
/// mistake in the program and traps.
package struct Settings: Sendable {
  /// Written out in full, defaults included.
  package let value: JSONValue
  private let place: SettingPlace
  let type: ValueType
  private let log: ReadLog?

  /// Where in the whole: `stages.first.objective`; empty for the whole itself.
  package var path: String { place.path }

  init(
    normalised value: JSONValue, as type: ValueType, at place: SettingPlace = SettingPlace(),
    log: ReadLog? = nil
  ) {
    self.value = value
    self.place = place
    self.type = type.unwrapped(for: value.form)
    self.log = log
  }

  /// Fills in the defaults of a schema.
  ///
  /// - Throws: ``SettingsFault`` naming every setting that does not fit.
  package init(
    normalising value: JSONValue, as schema: RecordSchema, log: ReadLog? = nil
  ) throws(SettingsFault) {
    var normaliser = Normaliser()
    let result = normaliser.normalise(SourcedJSON(value), as: .record(schema), at: SettingPlace())
    guard let result else { throw SettingsFault(faults: normaliser.faults) }
    self.init(normalised: result.value, as: .record(schema), log: log)
  }
}

/// Settings that stand in no file do not fit their schema.
package struct SettingsFault: Error, Sendable, CustomStringConvertible {
  let faults: [SettingFault]
  package var description: String { faults.map(\.line).joined(separator: "; ") }
}

// MARK: This value

extension Settings {
  package var integer: Int {
    guard case .integer = type, let value = value.int else { mismatch("an integer") }
    return value
  }

  package var number: Double {
    guard let value = value.double else { mismatch("a number") }
    return value
  }

  package var boolean: Bool {
    guard let value = value.bool else { mismatch("a boolean") }
    return value
  }

  package var text: String {
    guard let value = value.string else { mismatch("a text") }
    return value
  }

  package var schedule: Schedule {
    guard let schedule = try? Schedule(normalised: value, range: .any) else {
      mismatch("a schedule")
    }
    return schedule
  }

  package var expression: Expression {
    guard case .expression = type, let text = value.string, let expression = try? Expression(text)
    else { mismatch("an expression") }
    return expression
  }

  /// Itself, when it is a record or a union.
  package var record: Settings {
    if schema == nil { mismatch("a record") }
    return self
  }

  /// The elements, when it is a list.
  package var list: [Settings] {
    guard case .list(let element, _, let nameKey) = type, let elements = value.array else {
      mismatch("a list")
    }
    return elements.enumerated().map { index, value in
      let name = nameKey.flatMap { value[$0]?.string }
      return Settings(
        normalised: value, as: element, at: name.map(place.part) ?? place.element(index), log: log)
    }
  }

  /// The entries in the order of the file, when it is a map.
  package var map: [(name: String, value: Settings)] {
    guard case .map(let element) = type, let object = value.object else { mismatch("a map") }
    return object.members.map { name, value in
      (name, Settings(normalised: value, as: element, at: place.part(name), log: log))
    }
  }

  private func mismatch(_ expected: String) -> Never {
    preconditionFailure("'\(path)' is read as \(expected) but declared as \(type.wording)")
  }
}

// MARK: The value of a key

extension Settings {
  package func integer(_ key: String) -> Int { child(key).integer }
  package func number(_ key: String) -> Double { child(key).number }
  package func boolean(_ key: String) -> Bool { child(key).boolean }
  package func text(_ key: String) -> String { child(key).text }
  package func schedule(_ key: String) -> Schedule { child(key).schedule }
  package func expression(_ key: String) -> Expression { child(key).expression }
  /// A record, or the settings of a union's case, whose tag is read like a text.
  package func record(_ key: String) -> Settings { child(key).record }
  package func list(_ key: String) -> [Settings] { child(key).list }
  package func map(_ key: String) -> [(name: String, value: Settings)] { child(key).map }

  package func integers(_ key: String) -> [Int] { list(key).map(\.integer) }
  package func numbers(_ key: String) -> [Double] { list(key).map(\.number) }
  package func texts(_ key: String) -> [String] { list(key).map(\.text) }

  package func optionalInteger(_ key: String) -> Int? { optional(key)?.integer }
  package func optionalNumber(_ key: String) -> Double? { optional(key)?.number }
  package func optionalText(_ key: String) -> String? { optional(key)?.text }
  package func optionalRecord(_ key: String) -> Settings? { optional(key)?.record }

  /// The keys whose values may differ from those of other settings of the same record: of all others the
  /// values are equal. Lists and objects are told by their storage and not looked into, so equal ones may be
  /// among them.
  package func differences(from other: Settings) -> [String] {
    guard let mine = value.object, let theirs = other.value.object else { return [] }
    var keys: [String] = []
    for (place, member) in mine.members.enumerated() {
      // Written out in full, both have every key in the order of the schema.
      let isThere = place < theirs.count && theirs.members[place].key == member.key
      if isThere, member.value.isPlainlyEqual(to: theirs.members[place].value) { continue }
      keys.append(member.key)
    }
    return keys
  }

  /// Whether a setting that may be a text or something else is one.
  package func isText(_ key: String) -> Bool { child(key).value.string != nil }

  /// One of the words that an enum spells out.
  package func choice<Choice: RawRepresentable<String>>(
    _ key: String, as choice: Choice.Type
  ) -> Choice {
    let word = text(key)
    guard let value = Choice(rawValue: word) else {
      preconditionFailure("'\(word)' is allowed for '\(child(key).path)' but is no \(Choice.self)")
    }
    return value
  }

  /// The kind of a union's value, and the settings of that kind.
  package func union(_ key: String) -> (kind: String, settings: Settings) {
    let value = child(key)
    guard case .union(let tag, _) = value.type else {
      preconditionFailure("'\(value.path)' is read as a union but is none")
    }
    return (value.text(tag), value)
  }

  private func optional(_ key: String) -> Settings? {
    let value = child(key)
    return value.value.isNull ? nil : value
  }

  /// Of a record, its schema; of a union, that of the kind in force.
  private var schema: RecordSchema? {
    switch type {
    case .record(let schema): schema
    case .union(let tag, let cases): cases.first { $0.name == value[tag]?.string }
    default: nil
    }
  }

  private func child(_ name: String) -> Settings {
    let child = place.part(name)
    log?.note(child.path)
    if case .union(let tag, _) = type, tag == name, let kind = value[tag] {
      return Settings(normalised: kind, as: .text, at: child, log: log)
    }
    guard let key = schema?.key(name), let value = value[name] else {
      preconditionFailure("'\(child.path)' is read, but the schema declares no such key")
    }
    return Settings(normalised: value, as: key.type, at: child, log: log)
  }

  /// What lies directly below and could be read on its own.
  var children: [Settings] {
    if value.isNull { return [] }
    switch type {
    case .record, .union:
      let keys = schema?.keys ?? []
      return keys.compactMap { key in
        value[key.name].map {
          Settings(
            normalised: $0, as: key.type, at: place.part(key.name), log: log)
        }
      }
    // An element is read by reading the list; what lies in it is not.
    case .list: return list.flatMap(\.children)
    case .map: return map.flatMap(\.value.children)
    default: return []
    }
  }
}
