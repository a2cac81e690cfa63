import Diagnostics
import Reproducibility

/// Settings written out in full, and as little of them as says the same.
struct Normalised {
  /// Every key of every record, in the order of its schema.
  var value: JSONValue
  /// Without the keys whose values equal their defaults: what identities are taken of, so that a new
  /// key with a default changes no old identity.
  var canonical: JSONValue
}

/// Holds values against their types, fills in defaults, and collects every fault on the way.
struct Normaliser {
  private(set) var faults: [SettingFault] = []

  /// - Parameters:
  ///   - path: of the value, for messages.
  ///   - key: the key whose value it is, or whose value it is part of.
  ///   - owner: what to point at when the value has no better place, such as its key.
  /// - Returns: nil when the value had a fault.
  mutating func normalise(
    _ value: SourcedJSON, as type: ValueType, at path: String, key: Key? = nil,
    owner: SourceSpan? = nil
  ) -> Normalised? {
    let place = Place(path: path, key: key, type: type, span: value.span ?? owner, owner: owner)
    switch (type, value.node) {
    case (.anything, _), (.boolean, .bool), (.text, .string), (.nullable, .null):
      return Normalised(value: value.value, canonical: value.value)
    case (.nullable(let inner), _):
      return normalise(value, as: inner, at: path, key: key, owner: owner)
    case (.either(let types), _):
      guard let match = types.first(where: { $0.accepts(value.form) }) else {
        return fault(.wrongForm(found: value.form), place)
      }
      return normalise(value, as: match, at: path, key: key, owner: owner)
    case (.integer(let range), .number(let number)):
      guard let integer = wholeNumber(number) else { return fault(.notAnInteger(number), place) }
      if !range.contains(integer) { return fault(.outOfRange(number), place) }
      return Normalised(value: .number(number), canonical: .number(number))
    case (.number(let range), .number(let number)):
      if !range.contains(number) { return fault(.outOfRange(number), place) }
      return Normalised(value: .number(number), canonical: .number(number))
    case (.choice(let choices), .string(let word)):
      if !choices.contains(word) { return fault(.notAChoice(word, among: choices), place) }
      return Normalised(value: .string(word), canonical: .string(word))
    case (.expression, .string(let text)):
      do {
        _ = try Expression(text)
        return Normalised(value: .string(text), canonical: .string(text))
      } catch {
        return fault(.expression(error), place)
      }
    case (.record(let schema), .object(let members)):
      return record(members, schema, place)
    case (.map(let element), .object(let members)):
      return map(members, element, place)
    case (.list(let element, let nonEmpty, let nameKey), .array(let elements)):
      if nonEmpty && elements.isEmpty { return fault(.emptyList, place) }
      return list(elements, element, nameKey: nameKey, place)
    case (.union(let tag, let cases), _):
      return union(value, tag: tag, cases: cases, place)
    case (.schedule(let range), _):
      return schedule(value, range, place)
    default:
      return fault(.wrongForm(found: value.form), place)
    }
  }

  /// Where a value is and what it should be.
  private struct Place {
    var path: String
    var key: Key?
    var type: ValueType
    var span: SourceSpan?
    var owner: SourceSpan?

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
  }

  private mutating func fault(_ reason: SettingFault.Reason, _ place: Place) -> Normalised? {
    faults.append(
      SettingFault(
        reason: reason, path: place.path, key: place.key, type: place.type, span: place.span))
    return nil
  }

  // MARK: Records

  /// - Parameter tag: of a union, which stands beside the keys of its cases.
  private mutating func record(
    _ members: [SourcedJSON.Member], _ schema: RecordSchema, _ place: Place,
    union: (tag: String, kind: String, cases: [RecordSchema])? = nil
  ) -> Normalised? {
    let faultsBefore = faults.count
    var misspelt: [String] = []
    for member in members where schema.key(member.key) == nil && member.key != union?.tag {
      let kinds = union?.cases.filter { $0.key(member.key) != nil }.map(\.name) ?? []
      faults.append(
        SettingFault(
          reason: .unknownKey(member.key, in: schema, kinds: kinds),
          path: place.path(of: member.key), key: place.key, type: place.type,
          span: member.keySpan ?? member.value.span))
      misspelt +=
        Suggestion.closest(to: member.key, among: schema.keys.map(\.name)).map { [$0] } ?? []
    }
    var value = JSONObject()
    var canonical = JSONObject()
    if let union {
      value[union.tag] = .string(union.kind)
      canonical[union.tag] = .string(union.kind)
    }
    for key in schema.keys {
      let path = place.path(of: key.name)
      let member = members.first { $0.key == key.name }
      let standard = standard(of: key, at: path)
      guard let member else {
        if let standard {
          value[key.name] = standard.value
        } else if !misspelt.contains(key.name) {
          // One slip of the pen is one fault: a misspelt key is not missing as well.
          faults.append(
            SettingFault(
              reason: .missingKey(key, in: schema), path: path, key: place.key, type: place.type,
              span: place.owner ?? place.span?.beginning))
        }
        continue
      }
      let given = key.completed(member.value)
      guard
        let result = normalise(given, as: key.type, at: path, key: key, owner: member.keySpan)
      else { continue }
      value[key.name] = result.value
      if result.value != standard?.value { canonical[key.name] = result.canonical }
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(value: .object(value), canonical: .object(canonical))
  }

  /// A default written out in full. A schema with a default that it does not itself accept is a
  /// mistake in the program.
  private func standard(of key: Key, at path: String) -> Normalised? {
    guard let value = key.defaultValue else { return nil }
    var normaliser = Normaliser()
    let result = normaliser.normalise(SourcedJSON(value), as: key.type, at: path, key: key)
    let faults = normaliser.faults.map(\.line).joined(separator: "; ")
    precondition(result != nil, "the default of '\(path)' does not fit its type: \(faults)")
    return result
  }

  // MARK: Maps and lists

  private mutating func map(
    _ members: [SourcedJSON.Member], _ element: ValueType, _ place: Place
  ) -> Normalised? {
    let faultsBefore = faults.count
    var value = JSONObject()
    var canonical = JSONObject()
    for member in members {
      let result = normalise(
        member.value, as: element, at: place.path(of: member.key), key: place.key,
        owner: member.keySpan)
      guard let result else { continue }
      value[member.key] = result.value
      canonical[member.key] = result.canonical
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(value: .object(value), canonical: .object(canonical))
  }

  private mutating func list(
    _ elements: [SourcedJSON], _ type: ValueType, nameKey: String?, _ place: Place
  ) -> Normalised? {
    let faultsBefore = faults.count
    var value: [JSONValue] = []
    var canonical: [JSONValue] = []
    var names: Set<String> = []
    for (index, element) in elements.enumerated() {
      let name = nameKey.flatMap { element[$0] }
      if let name, let text = name.string, !names.insert(text).inserted {
        faults.append(
          SettingFault(
            reason: .repeatedName(text), path: "\(place.path)[\(index)]", key: place.key,
            span: name.span))
      }
      let path = name?.string.map { place.path(of: $0) } ?? "\(place.path)[\(index)]"
      let result = normalise(element, as: type, at: path, key: place.key, owner: nil)
      guard let result else { continue }
      value.append(result.value)
      canonical.append(result.canonical)
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(value: .array(value), canonical: .array(canonical))
  }

  // MARK: Unions and schedules

  private mutating func union(
    _ value: SourcedJSON, tag: String, cases: [RecordSchema], _ place: Place
  ) -> Normalised? {
    let kind: SourcedJSON
    let members: [SourcedJSON.Member]
    switch value.node {
    case .string:
      (kind, members) = (value, [])
    case .object(let written):
      guard let named = value[tag] else {
        return fault(.missingKind(tag: tag, among: cases.map(\.name)), place)
      }
      (kind, members) = (named, written)
    default:
      return fault(.wrongForm(found: value.form), place)
    }
    var kindPlace = place
    kindPlace.span = kind.span ?? place.span
    guard let word = kind.string else {
      kindPlace.type = .text
      return fault(.wrongForm(found: kind.form), kindPlace)
    }
    guard let schema = cases.first(where: { $0.name == word }) else {
      return fault(.unknownKind(word, among: cases.map(\.name)), kindPlace)
    }
    return record(members, schema, place, union: (tag, word, cases))
  }

  private mutating func schedule(
    _ value: SourcedJSON, _ range: NumberRange, _ place: Place
  ) -> Normalised? {
    if let number = value.double {
      return normalise(
        SourcedJSON(.number(number), span: value.span), as: .number(range), at: place.path,
        key: place.key, owner: place.owner)
    }
    guard case .object = value.node else {
      return fault(.wrongForm(found: value.form), place)
    }
    let written = union(value, tag: Schedule.tag, cases: Schedule.cases(range), place)
    guard let written else { return nil }
    do {
      let schedule = try Schedule(normalised: written.value, range: range)
      // The short and the long form of the same number are the same setting.
      if let number = schedule.constant {
        return Normalised(value: .number(number), canonical: .number(number))
      }
      return written
    } catch {
      return fault(.schedule(error), place)
    }
  }
}

extension Key {
  /// An object without its kind has the kind of the default: `{"coefficient": 0}` is enough where
  /// only the coefficient differs.
  func completed(_ value: SourcedJSON) -> SourcedJSON {
    guard case .union(let tag, _) = type.opened(for: value.form), value.form == .object,
      value[tag] == nil, let kind = defaultValue?[tag]?.string ?? defaultValue?.string
    else { return value }
    return value.setting(tag, keySpan: nil, to: SourcedJSON(.string(kind), span: nil))
  }
}
