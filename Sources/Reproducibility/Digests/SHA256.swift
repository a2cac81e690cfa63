/// SHA-256, FIPS 180-4. Written out because the toolchain ships no digest and the project takes no
/// packages; tested against the standard's vectors and the system's `sha256sum`.
package struct SHA256 {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var filled = 0
  private var length: UInt64 = 0

  package init() {}

  package mutating func update(_ bytes: some Sequence<UInt8>) {
    // An array is walked in place; anything else becomes one.
    if let bytes = bytes as? [UInt8] { return update(bytes.span) }
    update(Array(bytes).span)
  }

  /// Whole blocks are taken where they stand.
  package mutating func update(_ bytes: Span<UInt8>) {
    var next = 0
    while next < bytes.count {
      if filled == 0 && bytes.count - next >= 64 {
        length += 64
        compress(words(of: bytes, from: next))
        next += 64
      } else {
        append(bytes[next])
        next += 1
      }
    }
  }

  /// The bytes of a text as UTF-8.
  package mutating func update(_ text: String) { update(Array(text.utf8).span) }

  /// The bit patterns of numbers, each as four bytes, lowest first.
  package mutating func update(_ numbers: Span<Float>) {
    update(count: numbers.count) { numbers[$0].bitPattern }
  }

  /// Numbers, each as four bytes, lowest first.
  package mutating func update(_ numbers: Span<Int32>) {
    update(count: numbers.count) { UInt32(bitPattern: numbers[$0]) }
  }

  private mutating func update(count: Int, _ number: (Int) -> UInt32) {
    var next = 0
    while next < count {
      if filled == 0 && count - next >= 16 {
        var words = InlineArray<16, UInt32>(repeating: 0)
        for t in 0..<16 { words[t] = number(next &+ t).byteSwapped }
        length += 64
        compress(words)
        next += 16
      } else {
        var bits = number(next)
        for _ in 0..<4 {
          append(UInt8(truncatingIfNeeded: bits))
          bits >>= 8
        }
        next += 1
      }
    }
  }

  package consuming func finalize() -> Digest {
    let bits = length * 8
    append(0x80)
    while filled != 56 { append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    return Digest(words: state)
  }

  package static func digest(of text: String) -> Digest { digest(of: Array(text.utf8)) }

  package static func digest(of bytes: some Sequence<UInt8>) -> Digest {
    var sha = SHA256()
    sha.update(bytes)
    return sha.finalize()
  }

  private mutating func append(_ byte: UInt8) {
    block[filled] = byte
    filled += 1
    length += 1
    if filled == 64 {
      compress(words(of: block.span, from: 0))
      filled = 0
    }
  }

  /// One round of the compression function (FIPS 180-4, section 6.2.2).
  ///
  /// - Parameter words: a block of 64 bytes, highest byte first.
  private mutating func compress(_ words: InlineArray<16, UInt32>) {
    var w = InlineArray<64, UInt32>(repeating: 0)
    for t in 0..<16 { w[t] = words[t] }
    for t in 16..<64 {
      let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
      w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ roundConstants[t] &+ w[t]
      let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e) = (g, f, e, d &+ t1)
      (d, c, b, a) = (c, b, a, t1 &+ t2)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }
}

/// The sixteen words of a block of 64 bytes, highest byte first.
private func words(of bytes: Span<UInt8>, from start: Int) -> InlineArray<16, UInt32> {
  var words = InlineArray<16, UInt32>(repeating: 0)
  for t in 0..<16 {
    let at = start &+ 4 &* t
    words[t] =
      UInt32(bytes[at]) << 24 | UInt32(bytes[at &+ 1]) << 16
      | UInt32(bytes[at &+ 2]) << 8 | UInt32(bytes[at &+ 3])
  }
  return words
}

private func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
  0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
  0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
  0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
  0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
  0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
  0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
  0xc671_78f2,
]
