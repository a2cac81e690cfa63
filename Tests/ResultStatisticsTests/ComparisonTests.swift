import Reproducibility
import Testing

@testable import ResultStatistics

private func observed(_ numbers: [Double?]) -> [Observation] {
  numbers.map { $0.map(Observation.init(measured:)) ?? .hole(Hole(.missing)) }
}

private func compared(
  _ arm: [Double?], _ baseline: [Double?], _ direction: Direction = .higherIsBetter
) -> PairedComparison {
  PairedComparison(
    arm: observed(arm), baseline: observed(baseline), direction: direction, seed: Seed(0))
}

/// Two-sided p by listing every pattern of signs, written as one would on paper.
private func enumerated(_ differences: [Double]) -> Double {
  let observed = abs(differences.reduce(0, +))
  var patterns: [[Double]] = [[]]
  for difference in differences {
    patterns = patterns.flatMap { [$0 + [difference], $0 + [-difference]] }
  }
  let extreme = patterns.count { abs($0.reduce(0, +)) >= observed - 1e-9 }
  return Double(extreme) / Double(patterns.count)
}

@Suite("Paired comparisons")
struct ComparisonTests {
  private static let arm: [Double?] = [25.1, 22.4, 27.9, 24.0, 26.3]
  private static let baseline: [Double?] = [21.0, 20.9, 22.2, 23.5, 21.7]

  @Test("agrees with scipy's paired t test and permutation test")
  func scipyExample() throws {
    // r = stats.ttest_rel(arm, baseline); r.pvalue, r.confidence_interval(.95)      (scipy 1.17.1)
    // stats.permutation_test(…, permutation_type="samples").pvalue
    let comparison = compared(Self.arm, Self.baseline)
    let interval = try #require(comparison.interval)
    #expect(abs(interval.lower - 0.5619183806562704) < 1e-9)
    #expect(abs(interval.upper - 5.99808161934373) < 1e-9)
    #expect(abs(try #require(comparison.pValue) - 0.02855745802685152) < 1e-10)
    #expect(comparison.signFlip?.pValue == 0.0625)
  }

  @Test("the sign-flip p-value is the enumerated one", arguments: 0..<48)
  func signFlipExact(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("sign-flip example"))
    let n = random.integer(in: 1...8)
    // Few distinct values, so that ties are common.
    let differences = (0..<n).map { _ in Double(random.integer(in: -3...3)) / 10 }
    let test = SignFlipTest(differences, seed: Seed(0))
    #expect(test.isExact)
    #expect(test.pValue == enumerated(differences))
  }

  @Test("five seeds cannot give a sign-flip p-value below 1/16")
  func smallest() {
    #expect(SignFlipTest([1, 2, 3, 4, 5], seed: Seed(0)).pValue == 0.0625)
    #expect(SignFlipTest.smallestPValue(pairs: 5) == 0.0625)
  }

  @Test("sixteen differences are counted, seventeen are sampled near the truth, and repeat")
  func monteCarlo() {
    var random = RandomStream(Seed(4).derive("monte carlo"))
    let differences = (0..<17).map { _ in random.normal() + 0.35 }
    #expect(SignFlipTest(Array(differences.prefix(16)), seed: Seed(0)).isExact)
    let sampled = SignFlipTest(differences, seed: Seed(9))
    #expect(!sampled.isExact)
    #expect(sampled == SignFlipTest(differences, seed: Seed(9)))
    // Truth by counting all 2¹⁶ patterns with the first sign kept.
    let observed = abs(differences.reduce(0, +))
    let extreme = (0..<(1 << 16)).count { pattern in
      let sum = differences.enumerated().reduce(0.0) { sum, pair in
        (pattern >> pair.offset) & 1 == 1 ? sum - pair.element : sum + pair.element
      }
      return abs(sum) >= observed - 1e-9
    }
    let truth = Double(extreme) / Double(1 << 16)
    // Four standard errors of 20,000 draws.
    let error = 4 * (truth * (1 - truth) / 20_000).squareRoot() + 1e-5
    #expect(abs(sampled.pValue - truth) < error)
    #expect(SignFlipTest(Array(repeating: 1, count: 40), seed: Seed(1)).pValue > 0)
  }

  @Test("a hole on either side leaves the pair out, and N stays")
  func holes() {
    let comparison = compared([1, nil, 3, 4], [0, 1, nil, 1])
    #expect(comparison.differences == [1, nil, nil, 3])
    #expect(comparison.difference == 2)
    #expect(comparison.count == 2 && comparison.planned == 4)
    let judged = judge([compared([10, 11, 12.5, nil], [0, 0.5, 1, 1])])
    #expect(judged[0].verdict == .undecided && judged[0].reason == .holes(missing: 1))
  }

  @Test("swapping the sides negates the difference and keeps the p-values", arguments: 0..<32)
  func antisymmetry(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("antisymmetry"))
    let first: [Double?] = (0..<6).map { _ in random.normal() }
    let second: [Double?] = (0..<6).map { _ in random.normal() }
    let (one, other) = (compared(first, second), compared(second, first))
    #expect(try #require(one.difference) == -(try #require(other.difference)))
    #expect(one.pValue == other.pValue && one.signFlip?.pValue == other.signFlip?.pValue)
    #expect(one.interval?.lower == other.interval.map { -$0.upper })
  }

  @Test(
    "the p-value is below 0.05 exactly when the 95 % interval leaves zero out", arguments: 0..<64)
  func duality(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("duality"))
    let zeros = [Double?](repeating: 0, count: 5)
    let comparison = compared((0..<5).map { _ in random.normal() + 0.8 }, zeros)
    let (p, interval) = (try #require(comparison.pValue), try #require(comparison.interval))
    #expect((p < 0.05) == !interval.contains(0))
  }

  @Test("pairing is worth what it takes out of the variance")
  func pairingWorth() throws {
    // Arm variance 1 + baseline variance 1, difference variance 4 when they move against each other,
    // and (0.5)² when they move together.
    let against = compared([1, 2, 3], [3, 2, 1])
    #expect(abs(try #require(against.pairingWorth) - 0.5) < 1e-12)
    let together = compared([1, 2, 3], [0.5, 1, 1.5])
    #expect(abs(try #require(together.pairingWorth) - 5) < 1e-12)
    #expect(compared([1, 2], [0, 3]).pairingWorth == nil)
  }

  @Test("the direction decides which sign is better")
  func direction() {
    let (arm, baseline): ([Double?], [Double?]) = ([10, 11, 10.5], [1, 2.1, 1.4])
    #expect(judge([compared(arm, baseline)])[0].verdict == .better)
    #expect(judge([compared(arm, baseline, .lowerIsBetter)])[0].verdict == .worse)
    #expect(judge([compared(baseline, arm, .lowerIsBetter)])[0].verdict == .better)
  }

  @Test("one pair, no pair and equal arms stay undecided, each for its own reason")
  func undecided() {
    #expect(judge([compared([9], [1])])[0].reason == .tooFewPairs)
    #expect(judge([compared([nil, nil], [1, 1])])[0].reason == .tooFewPairs)
    #expect(judge([compared([1, 2, 3], [1, 2, 3])])[0].reason == .mayBeZero)
  }

  @Test("equal differences have no t test: the sign-flip test decides in its place")
  func zeroSpread() {
    let three = compared([2, 3, 4], [1, 2, 3])
    #expect(three.pValue == nil && three.interval == nil)
    #expect(judge([three])[0].adjustedPValue == 0.25)
    #expect(judge([three])[0].verdict == .undecided)
    let eight = compared((0..<8).map { Double($0 + 1) }, (0..<8).map { Double($0) })
    #expect(judge([eight])[0].verdict == .better)
  }

  @Test("the sign-flip test can be asked to decide, and five seeds then never do")
  func signFlipDecides() {
    let five = compared([10, 11, 10.5, 12, 11.5], [1, 2.1, 1.4, 2, 1.7])
    #expect(judge([five])[0].verdict == .better)
    #expect(judge([five], test: .signFlip)[0].verdict == .undecided)
  }

  @Test("Holm by hand")
  func holm() {
    // Sorted 0.005·4 = 0.02, 0.01·3 = 0.03, 0.03·2 = 0.06, 0.04·1 = 0.04 → kept at 0.06.
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]).compactMap { $0 }
    for (mine, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(mine - expected) < 1e-15)
    }
    #expect(adjusted.count == 4)
    #expect(holmAdjusted([0.9, 0.8]) == [1, 1])
    #expect(holmAdjusted([]) == [])
  }

  @Test("a comparison without a p-value still counts in the family")
  func holmWithHoles() {
    #expect(holmAdjusted([nil, 0.02]) == [nil, 0.04])
  }

  @Test("Holm never lowers a p-value, keeps their order and ignores theirs", arguments: 0..<64)
  func holmProperties(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("holm"))
    let ps = (0..<7).map { _ in random.uniform() * random.uniform() }
    let adjusted = holmAdjusted(ps).compactMap { $0 }
    #expect(zip(ps, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 })
    for i in ps.indices {
      for j in ps.indices where ps[i] < ps[j] { #expect(adjusted[i] <= adjusted[j]) }
    }
    let reversed = holmAdjusted(ps.reversed()).compactMap { $0 }
    #expect(Array(reversed.reversed()) == adjusted)
  }
}
