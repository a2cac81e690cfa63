/// The 256 bits of a SHA-256 digest.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Sixty-four bits each, the first ones first. No list: there are a hundred thousand of these at once.
  private let first, second, third, fourth: UInt64

  /// - Parameter words: eight of them, the first bits first.
  init(words: InlineArray<8, UInt32>) {
    func pair(_ place: Int) -> UInt64 { UInt64(words[place]) << 32 | UInt64(words[place + 1]) }
    (first, second, third, fourth) = (pair(0), pair(2), pair(4), pair(6))
  }

  /// Reads 64 hexadecimal digits of either case; nil for anything else.
  package init?(hex: String) {
    var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
    var count = 0
    for digit in hex.utf8 {
      guard count < 64, let value = hexadecimalValue(digit) else { return nil }
      words[count / 16] = words[count / 16] << 4 | UInt64(value)
      count += 1
    }
    guard count == 64 else { return nil }
    (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for word in [first, second, third, fourth] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        let value = UInt8(truncatingIfNeeded: word >> shift) & 15
        digits.append(value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
      }
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The first eight digits: enough for a person to tell items apart.
  package var short: String { String(hex.prefix(8)) }
  package var description: String { hex }

  /// The first 128 bits as two numbers.
  package var halves: (high: UInt64, low: UInt64) { (first, second) }
  /// The first 64 bits as a number.
  package var leadingBits: UInt64 { first }

  package static func < (a: Digest, b: Digest) -> Bool {
    (a.first, a.second, a.third, a.fourth) < (b.first, b.second, b.third, b.fourth)
  }
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
