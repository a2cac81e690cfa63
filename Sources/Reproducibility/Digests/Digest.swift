/// The 256 bits of a SHA-256 digest.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Eight big-endian words.
  let words: [UInt32]

  init(words: [UInt32]) {
    precondition(words.count == 8)
    self.words = words
  }

  /// Reads 64 hexadecimal digits of either case; nil for anything else.
  package init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var words: [UInt32] = []
    for start in stride(from: 0, to: 64, by: 8) {
      var word: UInt32 = 0
      for digit in digits[start..<start + 8] {
        guard digit < 0x80, let value = Character(Unicode.Scalar(digit)).hexDigitValue else {
          return nil
        }
        word = word << 4 | UInt32(value)
      }
      words.append(word)
    }
    self.words = words
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The first eight digits: enough for a person to tell items apart.
  package var short: String { String(hex.prefix(8)) }
  package var description: String { hex }

  /// The first 64 bits as a number.
  package var leadingBits: UInt64 { UInt64(words[0]) << 32 | UInt64(words[1]) }

  package static func < (a: Digest, b: Digest) -> Bool {
    a.words.lexicographicallyPrecedes(b.words)
  }
}
