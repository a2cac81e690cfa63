import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Equivalence tests")
struct EquivalenceTests {
  /// Mean 0.2, s² = (0.8² + 0.2² + 0.2² + 0.8²)/3 = 1.36/3, error √(1.36/12) = 0.336650; the one-sided t(3) at
  /// 0.95 is 2.353363, so the interval reaches 0.792260 to each side. t = 0.8/0.336650 and 1.2/0.336650.
  @Test("a worked example")
  func worked() throws {
    let differences = [-0.6, 0.0, 0.4, 1.0]
    let test = try #require(
      EquivalenceTest(differences, margin: Interval(lower: -1, upper: 1)))
    #expect(abs(test.interval.lower + 0.592_260) < 1e-5)
    #expect(abs(test.interval.upper - 0.992_260) < 1e-5)
    #expect(test.isEquivalent && !test.isDifferent)
    // scipy.stats.ttest_1samp(d, 1, alternative="less").pvalue, the larger of the two.
    #expect(abs(test.pValue - 0.048_969_9) < 1e-5, "\(test.pValue)")
    let narrow = try #require(
      EquivalenceTest(differences, margin: Interval(lower: -1, upper: 0.9)))
    #expect(!narrow.isEquivalent && !narrow.isDifferent && narrow.pValue > 0.05)
    let away = try #require(
      EquivalenceTest(differences.map { $0 + 5 }, margin: Interval(lower: -1, upper: 1)))
    #expect(away.isDifferent && !away.isEquivalent && away.pValue > 0.99)
  }

  @Test("there is no test of one difference, of none, or without spread")
  func none() {
    let margin = Interval(lower: -1, upper: 1)
    #expect(EquivalenceTest([], margin: margin) == nil)
    #expect(EquivalenceTest([0.1], margin: margin) == nil)
    #expect(EquivalenceTest([0.1, 0.1, 0.1], margin: margin) == nil)
  }

  @Test("equivalence is claimed exactly when the p-value is at most 1 − level", arguments: 0..<64)
  func duality(index: Int) throws {
    var random = RandomStream(Seed(31).derive("duality/\(index)"))
    let differences = (0..<random.integer(in: 2...12)).map { _ in 0.3 + random.normal() }
    let test = try #require(
      EquivalenceTest(differences, margin: Interval(lower: -0.8, upper: 1.1), level: 0.9))
    #expect(test.isEquivalent == (test.pValue <= 0.1), "index \(index)")
    #expect(!(test.isEquivalent && test.isDifferent))
  }

  /// With 4,000 studies the standard error of 5 % is 0.35 points.
  @Test("at the margin's end equivalence and difference are each claimed in 5 % of studies")
  func size() throws {
    var (equivalent, different) = (0, 0)
    let studies = 4000
    for index in 0..<studies {
      var random = RandomStream(Seed(32).derive("size/\(index)"))
      // So far below the other end that it does not matter.
      let differences = (0..<6).map { _ in 1 + 0.5 * random.normal() }
      let test = try #require(
        EquivalenceTest(differences, margin: Interval(lower: -20, upper: 1)))
      equivalent += test.isEquivalent ? 1 : 0
      different += test.isDifferent ? 1 : 0
    }
    for count in [equivalent, different] {
      #expect(abs(Double(count) / Double(studies) - 0.05) < 0.012, "\(count)")
    }
  }
}
