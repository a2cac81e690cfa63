package import Reproducibility
import StudyLanguage

/// A word of a command in which `{learning_rate}` stands for a setting, `{seed}` for the trial's seed and
/// `{{learning_rate}}` for itself. Other braces, and those after a `$`, are what they are: shells and awk
/// have uses for them.
struct CommandWord {
  enum Piece: Hashable {
    case text(String)
    /// With the bytes of the word that it takes.
    case placeholder(String, Range<Int>)
  }

  static let seed = "seed"

  private(set) var pieces: [Piece] = []

  init(_ word: String) {
    let bytes = Array(word.utf8)
    var text: [UInt8] = []
    var at = 0
    func close() -> Piece? {
      text.isEmpty ? nil : .text(String(decoding: text, as: UTF8.self))
    }
    while at < bytes.count {
      let isOfShell = at > 0 && bytes[at - 1] == UInt8(ascii: "$")
      if bytes[at] == UInt8(ascii: "{"), !isOfShell {
        if let name = Self.name(in: bytes, after: at, closing: "}") {
          if let piece = close() { pieces.append(piece) }
          text = []
          let end = at + name.utf8.count + 2
          pieces.append(.placeholder(name, at..<end))
          at = end
          continue
        }
        if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "{"),
          let name = Self.name(in: bytes, after: at + 1, closing: "}}")
        {
          text += Array("{\(name)}".utf8)
          at += name.utf8.count + 4
          continue
        }
      }
      text.append(bytes[at])
      at += 1
    }
    if let piece = close() { pieces.append(piece) }
  }

  /// A path between a brace and the closing that follows it at once; nil when there is none.
  private static func name(in bytes: [UInt8], after brace: Int, closing: String) -> String? {
    let rest = bytes[(brace + 1)...]
    let name = rest.prefix { byte in
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      return isLetter || isDigit || "_.-[]".utf8.contains(byte)
    }
    guard let first = name.first, first | 0x20 >= UInt8(ascii: "a") || first == UInt8(ascii: "_"),
      bytes[name.endIndex...].starts(with: closing.utf8)
    else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  var placeholders: [(name: String, range: Range<Int>)] {
    pieces.compactMap {
      if case .placeholder(let name, let range) = $0 { (name, range) } else { nil }
    }
  }

  /// The word with its values; nil when a setting is missing.
  func filled(_ settings: JSONObject, seed: Int) -> String? {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .placeholder(Self.seed, _): text += String(seed)
      case .placeholder(let name, _):
        guard let value = settings.value(at: name) else { return nil }
        text += value.string ?? value.canonical
      }
    }
    return text
  }
}

extension JSONObject {
  /// The value at a path such as `optimizer.beta` or `betas[0]`; nil when there is none.
  package func value(at path: String) -> JSONValue? {
    guard let path = try? RecipePath(parsing: path) else { return nil }
    var value = JSONValue.object(self)
    for element in path.elements {
      switch element {
      case .name(let name):
        guard let next = value[name] else { return nil }
        value = next
      case .index(let place):
        guard let list = value.array, list.indices.contains(place) else { return nil }
        value = list[place]
      case .appended: return nil
      }
    }
    return value
  }

  /// Every path that leads to a value, those of objects and lists before their parts.
  package var paths: [String] {
    func paths(_ value: JSONValue, _ path: String) -> [String] {
      switch value {
      case .object(let object):
        [path] + object.members.flatMap { paths($0.value, "\(path).\($0.key)") }
      case .array(let list):
        [path] + list.enumerated().flatMap { paths($0.element, "\(path)[\($0.offset)]") }
      default: [path]
      }
    }
    return members.flatMap { paths($0.value, $0.key) }
  }
}
