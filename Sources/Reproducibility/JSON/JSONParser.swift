/// Recursive descent over the bytes of a JSON text. Recursion is bounded by `depthLimit`.
struct JSONParser {
  private let text: [UInt8]
  private let dialect: JSONDialect
  private let depthLimit: Int
  private var at = 0
  private var depth = 0

  init(_ text: [UInt8], dialect: JSONDialect, depthLimit: Int) {
    self.text = text
    self.dialect = dialect
    self.depthLimit = depthLimit
  }

  mutating func document() throws(JSONFault) -> LocatedJSON {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw JSONFault(offset: 0, length: 3, reason: .byteOrderMark)
    }
    if let bad = firstInvalidUTF8(text) { throw JSONFault(offset: bad, reason: .notUTF8) }
    try skipSpace()
    if at == text.count { throw JSONFault(offset: at, reason: .noValue) }
    let value = try value()
    try skipSpace()
    if at < text.count { throw JSONFault(offset: at, reason: .textAfterValue) }
    return value
  }

  private mutating func value() throws(JSONFault) -> LocatedJSON {
    try skipSpace()
    guard at < text.count else { throw JSONFault(offset: at, reason: .endOfText) }
    let start = at
    let node: LocatedJSON.Node
    switch text[at] {
    case UInt8(ascii: "{"): node = try nested { (parser) throws(JSONFault) in try parser.object() }
    case UInt8(ascii: "["): node = try nested { (parser) throws(JSONFault) in try parser.array() }
    case UInt8(ascii: "\""): node = .string(try string())
    case UInt8(ascii: "t"): node = try word("true", .bool(true))
    case UInt8(ascii: "f"): node = try word("false", .bool(false))
    case UInt8(ascii: "n"): node = try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): node = .number(try number())
    default: throw unexpected()
    }
    return LocatedJSON(node: node, range: start..<at)
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONFault) -> LocatedJSON.Node
  ) throws(JSONFault) -> LocatedJSON.Node {
    depth += 1
    if depth > depthLimit { throw JSONFault(offset: at, reason: .tooDeep(limit: depthLimit)) }
    let node = try body(&self)
    depth -= 1
    return node
  }

  private mutating func object() throws(JSONFault) -> LocatedJSON.Node {
    var members: [LocatedJSON.Member] = []
    var seen: Set<String> = []
    at += 1
    try skipSpace()
    if take("}") { return .object(members) }
    while true {
      try skipSpace()
      let start = at
      guard at < text.count else { throw JSONFault(offset: at, reason: .endOfText) }
      guard text[at] == UInt8(ascii: "\"") else { throw unexpected() }
      let key = try string()
      let keyRange = start..<at
      if !seen.insert(key).inserted {
        throw JSONFault(offset: start, length: keyRange.count, reason: .duplicateKey(key))
      }
      try skipSpace()
      if !take(":") { throw unexpected() }
      members.append(.init(key: key, keyRange: keyRange, value: try value()))
      if try closes("}") { return .object(members) }
    }
  }

  private mutating func array() throws(JSONFault) -> LocatedJSON.Node {
    var elements: [LocatedJSON] = []
    at += 1
    try skipSpace()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value())
      if try closes("]") { return .array(elements) }
    }
  }

  /// After a member or element: whether the bracket closes here. If not, a comma was read, and
  /// another member or element must follow.
  private mutating func closes(_ bracket: Unicode.Scalar) throws(JSONFault) -> Bool {
    try skipSpace()
    if take(bracket) { return true }
    if !take(",") { throw unexpected() }
    guard dialect == .jsonc else { return false }
    try skipSpace()
    return take(bracket)
  }

  private mutating func string() throws(JSONFault) -> String {
    var bytes: [UInt8] = []
    at += 1
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try escape(into: &bytes)
      case 0..<0x20:
        throw JSONFault(offset: at, reason: .controlCharacterInString)
      default:
        bytes.append(byte)
        at += 1
      }
    }
    throw JSONFault(offset: at, reason: .endOfText)
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONFault) {
    let start = at
    at += 1
    guard at < text.count else { throw JSONFault(offset: at, reason: .endOfText) }
    let letter = text[at]
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape(from: start)
      bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
    default:
      throw unknownEscape(from: start, through: at - 1)
    }
  }

  /// The fault of an escape that ends, whole characters taken, with the byte at `last`.
  private func unknownEscape(from start: Int, through last: Int) -> JSONFault {
    let end = characterEnd(after: last)
    let shown = String(decoding: text[start..<end], as: UTF8.self)
    return JSONFault(offset: start, length: end - start, reason: .unknownEscape(shown))
  }

  private mutating func unicodeEscape(from start: Int) throws(JSONFault) -> Unicode.Scalar {
    let first = try hexQuad(from: start)
    if first == 0 { throw JSONFault(offset: start, length: 6, reason: .nulInString) }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, at + 1 < text.count, text[at] == UInt8(ascii: "\\"),
      text[at + 1] == UInt8(ascii: "u")
    else { throw JSONFault(offset: start, length: 6, reason: .loneSurrogate) }
    at += 2
    let second = try hexQuad(from: start)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw JSONFault(offset: start, length: 6, reason: .loneSurrogate) }
    return scalar
  }

  private mutating func hexQuad(from start: Int) throws(JSONFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < text.count else { throw JSONFault(offset: at, reason: .endOfText) }
      guard let digit = Character(Unicode.Scalar(text[at])).hexDigitValue, text[at] < 0x80 else {
        throw unknownEscape(from: start, through: at)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  private mutating func number() throws(JSONFault) -> Double {
    let start = at
    _ = take("-")
    let whole = digits()
    if whole == 0 || (whole > 1 && text[at - whole] == UInt8(ascii: "0")) {
      throw JSONFault(offset: start, length: max(1, at - start), reason: .malformedNumber)
    }
    if take("."), digits() == 0 {
      throw JSONFault(offset: start, length: at - start, reason: .malformedNumber)
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if digits() == 0 {
        throw JSONFault(offset: start, length: at - start, reason: .malformedNumber)
      }
    }
    let shown = String(decoding: text[start..<at], as: UTF8.self)
    guard let value = Double(shown), value.isFinite else {
      throw JSONFault(offset: start, length: at - start, reason: .numberOutOfRange)
    }
    return value
  }

  private mutating func digits() -> Int {
    let start = at
    while at < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[at]) { at += 1 }
    return at - start
  }

  private mutating func word(
    _ word: String, _ node: LocatedJSON.Node
  ) throws(JSONFault) -> LocatedJSON.Node {
    guard text[at...].starts(with: word.utf8) else { throw unexpected() }
    at += word.utf8.count
    return node
  }

  /// Skips space and, where the dialect has them, comments.
  private mutating func skipSpace() throws(JSONFault) {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      case UInt8(ascii: "/") where dialect == .jsonc:
        if !(try skipComment()) { return }
      default: return
      }
    }
  }

  /// - Returns: false when the slash at this byte begins no comment.
  private mutating func skipComment() throws(JSONFault) -> Bool {
    let start = at
    at += 1
    if take("/") {
      while at < text.count, text[at] != 0x0A, text[at] != 0x0D { at += 1 }
      return true
    }
    if take("*") {
      while at < text.count {
        if take("*") {
          if take("/") { return true }
        } else {
          at += 1
        }
      }
      throw JSONFault(offset: start, length: 2, reason: .openComment)
    }
    at = start
    return false
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// The fault at this byte, naming the whole character or word that stands there.
  private func unexpected() -> JSONFault {
    guard at < text.count else { return JSONFault(offset: at, reason: .endOfText) }
    func isWord(_ byte: UInt8) -> Bool {
      Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80 || byte == UInt8(ascii: "_")
    }
    var end = at + 1
    if isWord(text[at]) {
      while end < text.count, end - at < 24, isWord(text[end]) { end += 1 }
    } else {
      end = characterEnd(after: at)
    }
    let shown = String(decoding: text[at..<end], as: UTF8.self)
    return JSONFault(offset: at, length: end - at, reason: .unexpected("'\(shown)'"))
  }

  /// Where the character ends that the byte at `place` begins or continues.
  private func characterEnd(after place: Int) -> Int {
    var end = place + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}

/// Offset of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7).
func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
  var at = 0
  while at < bytes.count {
    let lead = bytes[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0x00...0x7F: length = 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return at
    }
    guard at + length <= bytes.count else { return at }
    for place in 1..<max(length, 1) {
      let allowed = place == 1 ? second : 0x80...0xBF
      if !allowed.contains(bytes[at + place]) { return at }
    }
    at += length
  }
  return nil
}
