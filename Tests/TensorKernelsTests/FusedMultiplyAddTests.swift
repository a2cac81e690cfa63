// swift-format-ignore-file: AlwaysUseLowerCamelCase
import KernelInterface
import TensorKernels
import Testing

/// Factors and summands of `c + a · b`, each kind chosen to meet another way of going wrong.
enum Summands: String, CaseIterable, Sendable {
  /// Any bits: all exponents, infinities, numbers that are none.
  case anyBits
  /// Exponents so near that the digits overlap.
  case near
  /// The summand takes most of the product away.
  case cancelling
  /// Sums that lie half way between two floats, or beside it by less than a `Double` can tell.
  case halfWay
  /// The same where the result has fewer digits, below the normal numbers.
  case halfWayBelowNormal
  /// The same where the upper of the two floats would be infinite.
  case halfWayToInfinity
  /// Results about the smallest numbers.
  case tiny

  static let rows = 24
  static let columns = 96

  /// Rows' factors, columns' factors, and a summand for each pair.
  func draw(_ random: inout SplitMix) -> (a: [Float], b: [Float], c: [Float]) {
    switch self {
    case .anyBits:
      func any() -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
      return triple(a: any, b: any) { _, _ in any() }
    case .near:
      return triple(
        a: { random.float(exponents: -3...3) }, b: { random.float(exponents: -3...3) }
      ) { _, _ in random.float(exponents: -30...6) }
    case .cancelling:
      return triple(
        a: { random.float(exponents: -40...40) }, b: { random.float(exponents: -40...40) }
      ) { a, b in
        let product = -(a * b)
        return Float(bitPattern: product.bitPattern &+ UInt32(random.next() % 5) &- 2)
      }
    case .halfWay: return halfWay(ulp: -23, &random)
    case .halfWayBelowNormal: return halfWay(ulp: -149, &random)
    case .halfWayToInfinity: return halfWay(ulp: 104, &random)
    case .tiny:
      return triple(
        a: { random.float(exponents: -80 ... -60) }, b: { random.float(exponents: -80 ... -60) }
      ) { _, _ in
        Float(sign: Bool.random(using: &random) ? .plus : .minus, exponent: -149, significand: 1)
          * Float(random.next() % 20)
      }
    }
  }

  /// `a = ±(1 ± 2⁻ʲ)` and `b = (1 ± 2⁻ᵏ) · ½ ulp`, so that their product is half a unit in the last
  /// place of `c` but for a part of `2⁻ʲ⁻ᵏ` when `j = k`; and powers of two, which meet it exactly.
  private func halfWay(
    ulp exponent: Int, _ random: inout SplitMix
  ) -> (a: [Float], b: [Float], c: [Float]) {
    func factor() -> Float {
      let digits = Int(random.next() % 14) + 10
      let part: Float = digits > 22 ? 0 : Float(sign: .plus, exponent: -digits, significand: 1)
      return Bool.random(using: &random) ? 1 + part : 1 - part
    }
    let half = exponent - 1
    let split = half / 2
    return triple(
      a: {
        (Bool.random(using: &random) ? 1 : -1)
          * Float(sign: .plus, exponent: split, significand: 1) * factor()
      },
      b: { Float(sign: .plus, exponent: half - split, significand: 1) * factor() }
    ) { _, _ in
      // 24 digits, or fewer below the normal numbers; all ones where one more would be infinite.
      let digits = exponent == 104 ? (1 << 24) - 1 - random.next() % 2 : random.next() % (1 << 24)
      let c = Float(digits) * Float(sign: .plus, exponent: exponent, significand: 1)
      return Bool.random(using: &random) ? c : -c
    }
  }

  private func triple(
    a: () -> Float, b: () -> Float, c: (Float, Float) -> Float
  ) -> (a: [Float], b: [Float], c: [Float]) {
    let a = (0..<Self.rows).map { _ in a() }
    let b = (0..<Self.columns).map { _ in b() }
    return (a, b, a.flatMap { a in b.map { c(a, $0) } })
  }
}

extension SplitMix {
  fileprivate mutating func float(exponents: ClosedRange<Int>) -> Float {
    let bits = UInt32(truncatingIfNeeded: next())
    let exponent = UInt32(Int.random(in: exponents, using: &self) + 127)
    return Float(bitPattern: bits & 0x807f_ffff | exponent << 23)
  }
}

@Suite("a fused multiply-add")
struct FusedMultiplyAddTests {
  /// Sums and what the mathematics library makes of them; not-a-number has no bits that are promised.
  private static func differences(
    _ set: KernelSet, a: [Float], b: [Float], c: [Float]
  ) -> [String] {
    let (M, N) = (a.count, b.count)
    let shape = PanelShape(rows: 1, columns: N)
    let y = padded(c, columns: N)
    set.products.multiply(
      y, x: padded(a, columns: 1), w: panels(b, shape), shape: shape, rows: M, accumulate: true)
    let found = dense(y, columns: N)
    return found.indices.compactMap { i in
      let (a, b, c) = (a[i / N], b[i % N], c[i])
      let expected = c.addingProduct(a, b)
      if found[i].bitPattern == expected.bitPattern { return nil }
      if found[i].isNaN && expected.isNaN { return nil }
      return "\(c) + \(a) · \(b): \(found[i]), not \(expected)"
    }
  }

  @Test("is the mathematics library's, to the bit", arguments: Summands.allCases)
  func random(kind: Summands) {
    for set in kernelSets {
      var random = SplitMix(7)
      var differences: [String] = []
      // 800 · 24 · 96: 1.8 million of each kind.
      for _ in 0..<800 where differences.isEmpty {
        let (a, b, c) = kind.draw(&random)
        differences = Self.differences(set, a: a, b: b, c: c)
      }
      #expect(differences.isEmpty, "\(set.instructions): \(differences.prefix(5))")
    }
  }

  @Test("is the mathematics library's for every triple of special numbers")
  func special() {
    let magnitudes: [Float] = [
      0, .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude, .leastNormalMagnitude.nextDown,
      .leastNormalMagnitude, 0x1p-75, 0x1p-74, 0x1.8p-75, 1, Float(1).nextUp, Float(1).nextDown,
      0x1p-24, 0x1p23, 0x1.fffffep23, 0x1p24, 0x1p64, .greatestFiniteMagnitude, .infinity, .nan,
    ]
    let numbers = magnitudes + magnitudes.map { -$0 }
    for set in kernelSets {
      for summand in numbers {
        let c = [Float](repeating: summand, count: numbers.count * numbers.count)
        let differences = Self.differences(set, a: numbers, b: numbers, c: c)
        #expect(differences.isEmpty, "\(set.instructions): \(differences.prefix(5))")
      }
    }
  }
}
