import Diagnostics
import Reproducibility

extension SourcedJSON {
  /// Where the setting at a path is written; of a default, the nearest part around it that is written
  /// somewhere. Of a value of many lines, its key.
  func location(of path: RecipePath, type: ValueType) -> SourceSpan? {
    var best = span?.beginning
    var value = self
    var type = type
    for element in path.elements {
      switch (type.opened(for: value.form), element) {
      case (.list(let entry, _, let nameKey), _):
        let place: Int?
        switch element {
        case .index(let index): place = index
        case .name(let name):
          place = value.elements?.firstIndex { $0[nameKey ?? ""]?.string == name }
        case .appended: place = nil
        }
        guard let place, let elements = value.elements, elements.indices.contains(place) else {
          return best
        }
        value = elements[place]
        best = value.mark ?? best
        type = entry
      case (let opened, .name(let name)):
        guard let member = value.member(name) else { return best }
        value = member.value
        best = value.isContainer ? member.keySpan ?? best : value.span ?? member.keySpan ?? best
        type = opened.part(name, of: value) ?? .anything
      default:
        return best
      }
    }
    return best
  }

  /// The setting at a path, its default where none is written; nil when there is no such setting.
  func setting(at path: RecipePath, type: ValueType) -> SourcedJSON? {
    var value = self
    var type = type
    for element in path.elements {
      switch (type.opened(for: value.isNull ? .object : value.form), element) {
      case (.list(let entry, _, let nameKey), _):
        let elements = value.elements ?? []
        let place: Int?
        switch element {
        case .index(let index): place = index
        case .name(let name): place = elements.firstIndex { $0[nameKey ?? ""]?.string == name }
        case .appended: place = nil
        }
        guard let place, elements.indices.contains(place) else { return nil }
        (value, type) = (elements[place], entry)
      case (.record(let schema), .name(let name)):
        guard let key = schema.key(name) else { return nil }
        (value, type) = (value.value(of: key), key.type)
      case (.union(let tag, let cases), .name(let name)):
        let kind = value[tag]?.string ?? value.string
        if name == tag { return kind.map { SourcedJSON(.string($0), span: nil) } }
        guard let key = cases.first(where: { $0.name == kind })?.key(name) else { return nil }
        (value, type) = (value.value(of: key), key.type)
      case (.map(let entry), .name(let name)):
        guard let member = value[name] else { return nil }
        (value, type) = (member, entry)
      default: return nil
      }
    }
    return value
  }

  private func value(of key: Key) -> SourcedJSON {
    self[key.name].map(key.completed) ?? SourcedJSON(key.defaultValue ?? .null)
  }

  private var isContainer: Bool { form == .list || form == .object }
}

extension ValueType {
  /// Type of a named part of a value of this type.
  func part(_ name: String, of value: SourcedJSON) -> ValueType? {
    switch self {
    case .record(let schema): schema.key(name)?.type
    case .map(let entry): entry
    case .union(let tag, let cases):
      cases.first { $0.name == value[tag]?.string }?.key(name)?.type
    default: nil
    }
  }
}

extension SourceSpan {
  /// Some bytes of the text that a JSON string at this place holds; escapes are counted as what they
  /// stand for.
  func inString(_ range: Range<Int>) -> SourceSpan {
    let raw = Array(source.bytes[self.range])
    guard raw.count >= 2, raw[0] == UInt8(ascii: "\"") else { return self }
    var offsets: [Int] = []
    var at = 1
    while at < raw.count - 1 {
      let (length, decoded) = unit(of: raw, at: at)
      offsets += [Int](repeating: at, count: decoded)
      at += length
    }
    offsets.append(raw.count - 1)
    func offset(_ place: Int) -> Int {
      self.range.lowerBound + offsets[min(max(0, place), offsets.count - 1)]
    }
    let start = offset(range.lowerBound)
    return SourceSpan(source, start..<max(start, offset(range.upperBound)))
  }

  /// Bytes that a character or escape takes in the file, and in the text that it stands for.
  private func unit(of raw: [UInt8], at: Int) -> (length: Int, decoded: Int) {
    guard raw[at] == UInt8(ascii: "\\") else { return (1, 1) }
    guard raw[at + 1] == UInt8(ascii: "u"), at + 6 <= raw.count,
      let code = UInt32(String(decoding: raw[at + 2..<at + 6], as: UTF8.self), radix: 16)
    else { return (2, 1) }
    // A surrogate stands for half of a character of four bytes.
    guard let scalar = Unicode.Scalar(code) else { return (6, 2) }
    return (6, String(scalar).utf8.count)
  }
}
