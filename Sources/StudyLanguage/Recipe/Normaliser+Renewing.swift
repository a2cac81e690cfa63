import Reproducibility

extension Normaliser {
  /// A value normalised, of which most is as it was in another one: only what differs is held against its
  /// type. The arms of a study differ in a setting or two each.
  ///
  /// What a part becomes depends on that part alone, so the result is that of
  /// ``normalise(_:as:at:key:owner:)``, down to the order of the members.
  ///
  /// - Parameters:
  ///   - old: the other value; lists and objects that both hold in common are told by their storage.
  ///   - was: what the other became.
  /// - Returns: nil when there is a fault; the faults that are found on the way are not all, and have no place.
  mutating func renewed(
    _ value: SourcedJSON, from old: SourcedJSON, _ was: Normalised, as type: ValueType
  ) -> Normalised? {
    if value.isSame(as: old) { return was }
    switch (type, value.node, old.node) {
    case (.nullable(let inner), _, _) where !value.isNull && !old.isNull:
      return renewed(value, from: old, was, as: inner)
    case (.record(let schema), .object(let members), .object(let before))
    where Self.names(of: members, continue: before):
      return renewed(members, from: before, was, as: schema)
    case (.union(let tag, let cases), .object(let members), .object(let before))
    where Self.names(of: members, continue: before):
      guard let kind = value[tag]?.string, kind == old[tag]?.string,
        let schema = cases.first(where: { $0.name == kind })
      else { break }
      return renewed(members, from: before, was, as: schema, tag: tag)
    case (.map(let entry), .object(let members), .object(let before))
    where Self.names(of: members, continue: before):
      return renewed(members, from: before, was, each: entry)
    case (.list(let entry, _, let nameKey), .array(let elements), .array(let before))
    where Self.names(of: elements, are: before, key: nameKey):
      return renewed(elements, from: before, was, each: entry)
    default: break
    }
    return normalise(value, as: type, at: SettingPlace())
  }

  // MARK: Whether there is a part for a part

  /// Whether members are those before, in their order, with perhaps new ones behind them: so a change
  /// leaves an object from which it takes nothing away.
  private static func names(
    of members: [SourcedJSON.Member], continue before: [SourcedJSON.Member]
  ) -> Bool {
    members.count >= before.count && zip(members, before).allSatisfy { $0.key == $1.key }
  }

  /// Whether lists hold as many elements, of the same names.
  private static func names(
    of elements: [SourcedJSON], are before: [SourcedJSON], key: String?
  ) -> Bool {
    guard elements.count == before.count else { return false }
    guard let key else { return true }
    return zip(elements, before).allSatisfy { new, old in
      new.isSame(as: old) || new[key]?.string == old[key]?.string
    }
  }

  // MARK: Part by part

  /// - Parameter tag: of a union, which stands before the keys of its cases.
  private mutating func renewed(
    _ members: [SourcedJSON.Member], from before: [SourcedJSON.Member], _ was: Normalised,
    as schema: RecordSchema, tag: String? = nil
  ) -> Normalised? {
    guard var value = was.value.object, var canonical = was.canonical.object else { return nil }
    let first = tag == nil ? 0 : 1
    var (hash, parts) = (was.hash, was.parts)
    for (index, member) in members.enumerated() {
      let earlier = index < before.count ? before[index].value : nil
      if let earlier, member.value.isSame(as: earlier) { continue }
      // An unknown key is a fault.
      guard let place = schema.place(of: member.key) else { return nil }
      let key = schema.keys[place]
      let given = key.completed(member.value)
      let renewed =
        if let earlier {
          renewed(given, from: key.completed(earlier), parts[place], as: key.type)
        } else {
          normalise(given, as: key.type, at: SettingPlace())
        }
      guard let part = renewed else { return nil }
      value.replace(at: first + place, by: part.value)
      if canonical[key.name] != nil { hash &-= Normalised.share(key.name, parts[place]) }
      if key.isStandard(part) {
        canonical[key.name] = nil
      } else {
        canonical.set(key.name, to: part.canonical, inOrderOf: schema)
        hash &+= Normalised.share(key.name, part)
      }
      parts[place] = part
    }
    return Normalised(
      value: .object(value), canonical: .object(canonical), hash: hash, parts: parts)
  }

  private mutating func renewed(
    _ members: [SourcedJSON.Member], from before: [SourcedJSON.Member], _ was: Normalised,
    each entry: ValueType
  ) -> Normalised? {
    guard var value = was.value.object, var canonical = was.canonical.object else { return nil }
    var (hash, parts) = (was.hash, was.parts)
    for (index, member) in members.enumerated() {
      if index < before.count {
        let earlier = before[index].value
        if member.value.isSame(as: earlier) { continue }
        guard let part = renewed(member.value, from: earlier, parts[index], as: entry) else {
          return nil
        }
        hash &-= Normalised.share(member.key, parts[index])
        parts[index] = part
      } else {
        guard let part = normalise(member.value, as: entry, at: SettingPlace()) else { return nil }
        parts.append(part)
      }
      value[member.key] = parts[index].value
      canonical[member.key] = parts[index].canonical
      hash &+= Normalised.share(member.key, parts[index])
    }
    return Normalised(
      value: .object(value), canonical: .object(canonical), hash: hash, parts: parts)
  }

  private mutating func renewed(
    _ elements: [SourcedJSON], from before: [SourcedJSON], _ was: Normalised, each entry: ValueType
  ) -> Normalised? {
    guard var value = was.value.array, var canonical = was.canonical.array else { return nil }
    var parts = was.parts
    for (index, element) in elements.enumerated() {
      if element.isSame(as: before[index]) { continue }
      guard let part = renewed(element, from: before[index], parts[index], as: entry) else {
        return nil
      }
      value[index] = part.value
      canonical[index] = part.canonical
      parts[index] = part
    }
    return Normalised(
      value: .array(value), canonical: .array(canonical), hash: Normalised.hash(of: parts),
      parts: parts)
  }
}

extension JSONObject {
  /// Sets the value of a key of a schema, in whose order the members stand.
  fileprivate mutating func set(
    _ name: String, to value: JSONValue, inOrderOf schema: RecordSchema
  ) {
    if self[name] != nil || schema.place(of: name) == nil {
      self[name] = value
      return
    }
    let own = schema.place(of: name) ?? 0
    let next = members.firstIndex { member in
      schema.place(of: member.key).map { $0 > own } ?? false
    }
    insert(name, value, at: next ?? count)
  }
}
