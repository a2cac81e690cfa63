import ResultStatistics
import Testing

@Suite("Power of paired comparisons")
struct PairedPowerTests {
  /// The expected values come from a program of another make: the density of χ² by `lgamma`, the normal
  /// distribution by `erfc`, the quantile by bisection over an integrated density (Python's `math`).
  @Test(
    "power agrees with another way of computing it",
    arguments: [
      (0.5, 10, 0.29318), (0.5, 34, 0.80778), (1.0, 5, 0.40139), (1.0, 10, 0.80310),
      (2.0, 5, 0.90888), (0.2, 199, 0.80169), (0.5, 33, 0.79537),
    ])
  func power(effect: Double, pairs: Int, expected: Double) {
    let found = PairedPower(deviation: 1).power(difference: effect, pairs: pairs)
    #expect(abs(found - expected) < 2e-5, "\(effect), \(pairs): \(found)")
    let scaled = PairedPower(deviation: 3).power(difference: -3 * effect, pairs: pairs)
    #expect(abs(found - scaled) < 1e-12, "unit and sign change nothing")
  }

  @Test("without a difference the test errs as often as it may")
  func size() {
    for pairs in [2, 3, 10, 100] {
      let found = PairedPower(deviation: 2, errorRate: 0.1).power(difference: 0, pairs: pairs)
      #expect(abs(found - 0.1) < 1e-6, "\(pairs): \(found)")
    }
  }

  @Test("the fewest pairs are just enough")
  func pairs() {
    let half = PairedPower(deviation: 1)
    #expect(half.pairs(for: 0.5) == 34)
    for difference in [0.2, 0.5, 1, 3] {
      guard let pairs = half.pairs(for: difference) else {
        Issue.record("none for \(difference)")
        continue
      }
      #expect(half.power(difference: difference, pairs: pairs) >= 0.8)
      if pairs > 2 { #expect(half.power(difference: difference, pairs: pairs - 1) < 0.8) }
    }
    #expect(half.pairs(for: 1e-9) == nil && half.pairs(for: 0) == nil)
  }
}
