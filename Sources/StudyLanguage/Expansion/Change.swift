import Diagnostics
import Reproducibility

/// One change that a variant makes to the recipe: a value at a path.
struct Change: Sendable {
  var path: RecipePath
  /// Where the path is written.
  var pathSpan: SourceSpan?
  var value: SourcedJSON
  /// Whether the path is the name of its axis, which the writer may not have meant as a path.
  var isAxisName = false
  /// Whether it may add settings that nobody declared (``ValueType/open``): as one recipe does that extends
  /// another, while a study varies what is there.
  var mayAdd = false
}

extension Change {
  /// The recipe with this change.
  ///
  /// Numbers, texts and lists are replaced; objects are merged after RFC 7386, in which null takes a
  /// member away, so that its default holds (a nullable setting becomes null). A word or an object
  /// with another kind replaces a union as a whole: settings of one kind mean nothing to another.
  ///
  /// - Throws: ``SettingFault`` when the recipe has no such place.
  func applied(
    to recipe: SourcedJSON, schema: RecordSchema
  ) throws(SettingFault) -> SourcedJSON {
    try set(path.elements[...], in: recipe, type: .record(schema), key: nil, at: [])
  }

  /// - Parameters:
  ///   - key: whose value `old` is, or is part of.
  ///   - done: the part of the path that led here.
  private func set(
    _ rest: ArraySlice<PathElement>, in old: SourcedJSON, type: ValueType, key: Key?,
    at done: [PathElement]
  ) throws(SettingFault) -> SourcedJSON {
    guard let element = rest.first else { return try merge(value, over: old, type: type, at: done) }
    let type = type.unwrapped(for: old.isNull ? .object : old.form)
    let old = opened(old, type)
    func fault(_ reason: SettingFault.Reason) -> SettingFault {
      SettingFault(
        reason: reason, path: RecipePath(done).text, key: key, type: type, span: pathSpan)
    }
    func follow(
      _ child: SourcedJSON, _ type: ValueType, _ key: Key?
    ) throws(SettingFault) -> SourcedJSON {
      try set(rest.dropFirst(), in: child, type: type, key: key, at: done + [element])
    }
    switch (type.opened(for: old.form), element) {
    case (.record(let schema), .name(let name)):
      guard let key = schema.key(name) else { throw fault(.unknownKey(name, in: schema)) }
      return try replacing(key, in: old, follow)
    case (.union(let tag, let cases), .name(let name)):
      if name == tag { return try merge(tagged(tag), over: old, type: type, at: done) }
      // A kind that does not exist is reported where it is written.
      guard let schema = cases.first(where: { $0.name == old[tag]?.string }) else { return old }
      guard let key = schema.key(name) else {
        let kinds = cases.filter { $0.key(name) != nil }.map(\.name)
        throw fault(.unknownKey(name, in: schema, kinds: kinds))
      }
      return try replacing(key, in: old, follow)
    case (.map(let entry), .name(let name)):
      guard let members = old.members else { return old }
      if let member = members.first(where: { $0.key == name }) {
        let changed = try follow(member.value, entry, key)
        let isRemoved = rest.count == 1 && changed.isNull && !entry.allowsNull
        return old.setting(name, keySpan: pathSpan, to: isRemoved ? nil : changed)
      }
      // A last name may be new, unless nobody declared what names there are; a name on the way must be there.
      if rest.count > 1 || (entry.isOpen && !mayAdd) {
        throw fault(.noEntry(name, among: members.map(\.key)))
      }
      return value.isNull && !entry.allowsNull
        ? old : old.setting(name, keySpan: pathSpan, to: value)
    case (.list(let entry, _, let nameKey), _):
      guard var elements = old.elements else { return old }
      if element == .appended {
        if rest.count > 1 { throw fault(.noElement(element, of: [])) }
        return SourcedJSON(.array(elements + [value]), span: old.span)
      }
      let names = elements.map { element in nameKey.flatMap { element[$0]?.string } ?? "" }
      guard let place = self.place(of: element, count: elements.count, names: names) else {
        throw fault(.noElement(element, of: names))
      }
      elements[place] = try follow(elements[place], entry, key)
      return SourcedJSON(.array(elements), span: old.span)
    case (.anything, _):
      return old
    default:
      throw fault(.noParts(type))
    }
  }

  private func place(of element: PathElement, count: Int, names: [String]) -> Int? {
    switch element {
    case .name(let name): names.firstIndex(of: name)
    case .index(let index): index < count ? index : nil
    case .appended: nil
    }
  }

  private func tagged(_ tag: String) -> SourcedJSON {
    SourcedJSON(
      .object([SourcedJSON.Member(key: tag, keySpan: pathSpan, value: value)]), span: value.span)
  }

  /// `old` with the value of one key changed; an absent key starts from its default.
  private func replacing(
    _ key: Key, in old: SourcedJSON,
    _ follow: (SourcedJSON, ValueType, Key?) throws(SettingFault) -> SourcedJSON
  ) throws(SettingFault) -> SourcedJSON {
    guard old.members != nil else { return old }
    let current = key.completed(old[key.name] ?? key.start)
    let changed = try follow(current, key.type, key)
    let isRemoved = changed.isNull && !key.type.allowsNull
    return old.setting(key.name, keySpan: pathSpan, to: isRemoved ? nil : changed)
  }
}

// MARK: Merging

extension Change {
  /// `new` over `old`, as ``applied(to:schema:)`` describes.
  ///
  /// - Parameter done: the path that led here.
  /// - Throws: ``SettingFault`` when it adds what nobody declared.
  private func merge(
    _ new: SourcedJSON, over old: SourcedJSON, type: ValueType, at done: [PathElement]
  ) throws(SettingFault) -> SourcedJSON {
    guard let additions = new.members, !old.isNull || type.allowsNull else { return new }
    // A value in the place of another, which has no parts to be kept.
    if type.isOpen && old.members == nil { return new }
    let type = type.unwrapped(for: .object)
    let old = opened(old, type)
    guard let members = old.members else { return new }
    let keys: (String) -> Key?
    var isOpen = false
    switch type.opened(for: .object) {
    case .record(let schema):
      keys = schema.key
    case .map(let entry):
      isOpen = entry.isOpen
      keys = { Key($0, entry, doc: "") }
    case .union(let tag, let cases):
      let kind = old[tag]?.string
      if let named = new[tag], named.string != kind { return new }
      guard let schema = cases.first(where: { $0.name == kind }) else { return new }
      keys = schema.key
    default:
      return new
    }
    var merged = SourcedJSON(old.node, span: old.span ?? new.span)
    for addition in additions {
      let key = keys(addition.key)
      let value: SourcedJSON?
      switch (key, merged[addition.key]) {
      case (let key?, _) where addition.value.isNull && !key.type.allowsNull:
        value = nil
      case (_, nil) where isOpen && !mayAdd:
        throw SettingFault(
          reason: .noEntry(addition.key, among: members.map(\.key)), path: RecipePath(done).text,
          key: key, type: type, span: addition.keySpan ?? pathSpan)
      case (let key?, let present):
        let start = present ?? key.start
        value = try merge(
          addition.value, over: key.completed(start), type: key.type,
          at: done + [.name(addition.key)])
      case (nil, _):
        // Validation will say that nobody reads it.
        value = addition.value
      }
      merged = merged.setting(addition.key, keySpan: addition.keySpan, to: value)
    }
    return merged
  }
}

/// A value as the object that it is short for, when it is one.
private func opened(_ value: SourcedJSON, _ type: ValueType) -> SourcedJSON {
  func object(_ members: [(String, SourcedJSON)]) -> SourcedJSON {
    SourcedJSON(
      .object(members.map { SourcedJSON.Member(key: $0.0, keySpan: value.span, value: $0.1) }),
      span: value.span)
  }
  switch (type, value.node) {
  case (.union(let tag, _), .string): return object([(tag, value)])
  case (.schedule, .number):
    return object([(Schedule.tag, SourcedJSON(.string("constant"), span: nil)), ("value", value)])
  case (.record, .null), (.map, .null): return object([])
  default: return value
  }
}

extension Key {
  /// What a change of a part of this setting starts from when the recipe does not write it.
  fileprivate var start: SourcedJSON {
    if let defaultValue { return SourcedJSON(defaultValue) }
    switch type.unwrapped(for: .object) {
    case .record, .map: return SourcedJSON(.object([]), span: nil)
    default: return SourcedJSON(.null, span: nil)
    }
  }
}
