import Reproducibility

/// Spoils texts by chance: bytes, slices, tokens, and pieces of other texts.
struct Mutator: Sendable {
  /// What pieces are taken from.
  let pieces: [[UInt8]]
  /// Bytes that an input may have.
  static let sizeLimit = 1 << 16

  /// What stands at the edges of a format.
  private static let words: [[UInt8]] =
    [
      "null", "true", "false", "[]", "{}", "[", "]", "{", "}", ",", ":", "\"", "\"\"", "'", " ",
      "\n", "\r", "\t", "0", "-0", "-1", "1e9", "1e308", "1e309", "5e-324", "0.1", "1.", ".5", "01",
      "1e", "9007199254740993", "99999999999999999999", "NaN", "-Infinity", "//", "/*", "*/",
      "/**/",
      "// x\n", "#", "/", "*", "\\", "\\\"", "\\n", "\\u", "\\u0000", "\\u00", "\\ud800", "\\udc00",
      "\\ud83d\\ude00", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "\u{FEFF}", "\u{202E}",
      "\u{10FFFF}", "😀", "and", "or", "not", "(", ")", "min(", "max(", "p.x", "p.'a b'", "<", "<=",
      "==", "!=", "=", "+", "-", "a.b[0]", "[0]", ".", "stages.first", "kind", "\"kind\":",
      "recipe",
      "axes", "values", "count", "heat", "\"a\":", ",}", ",]", "[[", "]]", "{\"a\":", "extends",
      "exclude", "only_if", "design", "blocks", "\"= ", "= ", " in [", "|", "stages[+]",
    ].map { Array($0.utf8) }
    + [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80],
      [0xEF, 0xBB],
    ]

  /// The text after one change, a few or many; now and then after none.
  func spoilt(_ text: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var bytes = text
    for _ in 0..<random.element(of: [0, 1, 1, 1, 2, 2, 3, 4, 6, 20]) { spoil(&bytes, &random) }
    return bytes
  }

  private func spoil(_ bytes: inout [UInt8], _ random: inout RandomStream) {
    guard !bytes.isEmpty else {
      bytes = random.element(of: Self.words)
      return
    }
    let at = random.integer(in: 0...bytes.count - 1)
    let slice = slice(of: bytes, from: at, &random)
    switch random.integer(in: 0...12) {
    case 0: bytes[at] = UInt8(random.integer(in: 0...255))
    case 1: bytes[at] ^= 1 << UInt8(random.integer(in: 0...7))
    case 2: bytes.removeSubrange(slice)
    case 3: bytes.insert(contentsOf: bytes[slice], at: at)
    case 4: bytes.swapAt(at, random.integer(in: 0...bytes.count - 1))
    case 5, 6: bytes.insert(contentsOf: random.element(of: Self.words), at: at)
    case 7: bytes.replaceSubrange(token(of: bytes, at: at), with: random.element(of: Self.words))
    case 8:
      let other = random.element(of: pieces)
      guard !other.isEmpty else { return }
      let place = random.integer(in: 0...other.count - 1)
      bytes.replaceSubrange(token(of: bytes, at: at), with: other[token(of: other, at: place)])
    case 9:
      let other = random.element(of: pieces)
      guard !other.isEmpty else { return }
      let place = random.integer(in: 0...other.count - 1)
      bytes.insert(contentsOf: other[self.slice(of: other, from: place, &random)], at: at)
    case 10:
      let moved = Array(bytes[slice])
      bytes.removeSubrange(slice)
      bytes.insert(contentsOf: moved, at: random.integer(in: 0...bytes.count))
    case 11: if random.chance(0.3) { bytes.removeSubrange(at...) }
    default: if random.chance(0.05) { repeatSlice(slice, of: &bytes, &random) }
    }
    if bytes.count > Self.sizeLimit { bytes.removeSubrange(Self.sizeLimit...) }
  }

  /// Deep nesting, wide lists, long strings and numbers all come of a slice that is repeated.
  private func repeatSlice(
    _ slice: Range<Int>, of bytes: inout [UInt8], _ random: inout RandomStream
  ) {
    let times = random.element(of: [10, 100, 600, 3000])
    let repeated = repeatElement(bytes[slice], count: min(times, Self.sizeLimit / slice.count))
    bytes.insert(contentsOf: Array(repeated.joined()), at: slice.lowerBound)
  }

  /// Mostly a few bytes, at least one.
  private func slice(
    of bytes: [UInt8], from start: Int, _ random: inout RandomStream
  ) -> Range<Int> {
    let length = random.integer(in: 1...random.element(of: [1, 4, 16, 64, 256]))
    return start..<min(start + length, bytes.count)
  }

  /// The word, number or content of a string at a byte; a sign or space alone.
  private func token(of bytes: [UInt8], at place: Int) -> Range<Int> {
    func isPart(_ byte: UInt8) -> Bool { !"{}[],: \n\r\t\"()<>=".utf8.contains(byte) }
    guard isPart(bytes[place]) else { return place..<place + 1 }
    var start = place
    while start > 0, isPart(bytes[start - 1]) { start -= 1 }
    var end = place + 1
    while end < bytes.count, isPart(bytes[end]) { end += 1 }
    return start..<end
  }
}
