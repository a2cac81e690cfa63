import Diagnostics
import Reproducibility

/// Settings written out in full, and as little of them as says the same.
struct Normalised: Sendable {
  /// Every key of every record, in the order of its schema.
  var value: JSONValue
  /// Without the keys whose values equal their defaults: what identities are taken of, so that a new
  /// key with a default changes no old identity.
  var canonical: JSONValue
  /// Equal for equal canonical settings, whatever the order of their members; of this process alone.
  var hash: Int
  /// Of a record one for each key of its schema, of a map one for each entry, of a list one for each element;
  /// of anything else none.
  var parts: [Normalised]

  /// - Parameter hash: of the canonical value; nil to compute it.
  init(value: JSONValue, canonical: JSONValue, hash: Int? = nil, parts: [Normalised] = []) {
    self.value = value
    self.canonical = canonical
    self.hash = hash ?? canonical.hashValue
    self.parts = parts
  }

  /// What a member adds to its object's hash.
  static func share(_ name: String, _ value: Normalised) -> Int {
    var hasher = Hasher()
    hasher.combine(name)
    hasher.combine(value.hash)
    return hasher.finalize()
  }

  /// The hash of a list of these elements.
  static func hash(of elements: [Normalised]) -> Int {
    var hasher = Hasher()
    for element in elements { hasher.combine(element.hash) }
    return hasher.finalize()
  }
}

/// What parts of a recipe became. Arms share all that they do not change with the recipe that they start from, down
/// to the storage; such a part is looked up here instead of being held against its type again.
struct KnownParts {
  private var parts: [UInt: Normalised] = [:]
  /// Keeps the storage in being, so that its addresses mean nothing else.
  private let recipe: SourcedJSON

  /// The storage of the recipe itself. Other storage comes and goes, and its address means something else then.
  private let addresses: Set<UInt>

  init(of recipe: SourcedJSON) {
    self.recipe = recipe
    var addresses: Set<UInt> = []
    recipe.visitStorage { addresses.insert($0) }
    self.addresses = addresses
  }

  subscript(value: SourcedJSON) -> Normalised? {
    get { value.storage.flatMap { parts[$0] } }
    set {
      if let storage = value.storage, addresses.contains(storage) { parts[storage] = newValue }
    }
  }
}

extension SourcedJSON {
  fileprivate func visitStorage(_ body: (UInt) -> Void) {
    if let storage { body(storage) }
    for element in elements ?? [] { element.visitStorage(body) }
    for member in members ?? [] { member.value.visitStorage(body) }
  }

  /// Address of the members or elements; nil where there are none.
  fileprivate var storage: UInt? {
    switch node {
    case .object(let members) where !members.isEmpty:
      unsafe members.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    case .array(let elements) where !elements.isEmpty:
      unsafe elements.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    default: nil
    }
  }
}

/// Holds values against their types, fills in defaults, and collects every fault on the way.
struct Normaliser {
  private(set) var faults: [SettingFault] = []
  /// Parts of earlier recipes; filled while `isLearning`.
  private(set) var known: KnownParts?
  private var isLearning = false

  init() {}

  /// For recipes that share parts with one whose parts are known.
  init(knowing parts: KnownParts) { known = parts }

  /// Learns the parts of a recipe.
  init(learning recipe: SourcedJSON) {
    known = KnownParts(of: recipe)
    isLearning = true
  }

  /// - Parameters:
  ///   - setting: where the value is, for messages.
  ///   - key: the key whose value it is, or whose value it is part of.
  ///   - owner: what to point at when the value has no better place, such as its key.
  /// - Returns: nil when the value had a fault.
  mutating func normalise(
    _ value: SourcedJSON, as type: ValueType, at setting: SettingPlace, key: Key? = nil,
    owner: SourceSpan? = nil
  ) -> Normalised? {
    if !isLearning, let known = known?[value] { return known }
    let result = checked(value, as: type, at: setting, key: key, owner: owner)
    if isLearning, let result { known?[value] = result }
    return result
  }

  private mutating func checked(
    _ value: SourcedJSON, as type: ValueType, at path: SettingPlace, key: Key?,
    owner: SourceSpan?
  ) -> Normalised? {
    let place = Place(setting: path, key: key, type: type, span: value.span ?? owner, owner: owner)
    switch (type, value.node) {
    case (.anything, _), (.open, _), (.boolean, .bool), (.text, .string), (.nullable, .null):
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
    case (.byName(let schema), .object(let members)):
      if schema.isByName(members) { return map(members, .record(schema), place) }
      return record(members, schema, place).map { forAll in
        Normalised(
          value: ["*": forAll.value], canonical: ["*": forAll.canonical],
          hash: Normalised.share("*", forAll))
      }
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
    var setting: SettingPlace
    var key: Key?
    var type: ValueType
    var span: SourceSpan?
    var owner: SourceSpan?

    func path(of name: String) -> String { setting.part(name).path }
  }

  private mutating func fault(_ reason: SettingFault.Reason, _ place: Place) -> Normalised? {
    faults.append(
      SettingFault(
        reason: reason, path: place.setting.path, key: place.key, type: place.type, span: place.span
      ))
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
    var hash = 0
    var parts: [Normalised] = []
    parts.reserveCapacity(schema.keys.count)
    if let union {
      value[union.tag] = .string(union.kind)
      canonical[union.tag] = .string(union.kind)
      hash = union.kind.hashValue
    }
    for key in schema.keys {
      guard let member = members.first(where: { $0.key == key.name }) else {
        if let standard = key.standard {
          value.append(key.name, standard.value)
          parts.append(standard)
        } else if !misspelt.contains(key.name) {
          // One slip of the pen is one fault: a misspelt key is not missing as well.
          faults.append(
            SettingFault(
              reason: .missingKey(key, in: schema), path: place.path(of: key.name), key: place.key,
              type: place.type,
              span: place.owner ?? place.span?.beginning))
        }
        continue
      }
      let given = key.completed(member.value)
      guard
        let result = normalise(
          given, as: key.type, at: place.setting.part(key.name), key: key, owner: member.keySpan)
      else { continue }
      value.append(key.name, result.value)
      parts.append(result)
      if key.isStandard(result) { continue }
      canonical.append(key.name, result.canonical)
      hash &+= Normalised.share(key.name, result)
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(
      value: .object(value), canonical: .object(canonical), hash: hash, parts: parts)
  }

  // MARK: Maps and lists

  private mutating func map(
    _ members: [SourcedJSON.Member], _ element: ValueType, _ place: Place
  ) -> Normalised? {
    let faultsBefore = faults.count
    var value = JSONObject()
    var canonical = JSONObject()
    var hash = 0
    var parts: [Normalised] = []
    for member in members {
      let result = normalise(
        member.value, as: element, at: place.setting.part(member.key), key: place.key,
        owner: member.keySpan)
      guard let result else { continue }
      value[member.key] = result.value
      canonical[member.key] = result.canonical
      hash &+= Normalised.share(member.key, result)
      parts.append(result)
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(
      value: .object(value), canonical: .object(canonical), hash: hash, parts: parts)
  }

  private mutating func list(
    _ elements: [SourcedJSON], _ type: ValueType, nameKey: String?, _ place: Place
  ) -> Normalised? {
    let faultsBefore = faults.count
    var value: [JSONValue] = []
    var canonical: [JSONValue] = []
    var names: Set<String> = []
    var parts: [Normalised] = []
    for (index, element) in elements.enumerated() {
      let name = nameKey.flatMap { element[$0] }
      if let name, let text = name.string, !names.insert(text).inserted {
        faults.append(
          SettingFault(
            reason: .repeatedName(text), path: place.setting.element(index).path, key: place.key,
            span: name.span))
      }
      let setting = name?.string.map(place.setting.part) ?? place.setting.element(index)
      let result = normalise(element, as: type, at: setting, key: place.key, owner: nil)
      guard let result else { continue }
      value.append(result.value)
      canonical.append(result.canonical)
      parts.append(result)
    }
    if faults.count > faultsBefore { return nil }
    return Normalised(
      value: .array(value), canonical: .array(canonical), hash: Normalised.hash(of: parts),
      parts: parts)
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
        SourcedJSON(.number(number), span: value.span), as: .number(range), at: place.setting,
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
  /// Whether a value is its default, which identities leave out.
  func isStandard(_ value: Normalised) -> Bool {
    guard let standard else { return false }
    return standard.hash == value.hash && standard.value == value.value
  }

  /// An object without its kind has the kind of the default: `{"coefficient": 0}` is enough where
  /// only the coefficient differs.
  func completed(_ value: SourcedJSON) -> SourcedJSON {
    guard value.form == .object, case .union(let tag, _) = type.opened(for: .object),
      value[tag] == nil,
      let kind = defaultValue?[tag]?.string ?? defaultValue?.string
    else { return value }
    return value.setting(tag, keySpan: nil, to: SourcedJSON(.string(kind), span: nil))
  }
}
