import Reproducibility
import Testing

@testable import ResultStatistics

private func values(_ numbers: Double...) -> [Observation] { numbers.map { .value($0) } }

@Suite("Means and their intervals")
struct EstimateTests {
  @Test("a cell by hand: 1, 2, 3")
  func workedExample() throws {
    // mean 2, deviation √((1 + 0 + 1)/2) = 1, t(2) = 4.302653, half width 4.302653/√3 = 2.484138
    let cell = MeanEstimate(of: values(1, 2, 3))
    #expect(cell.mean == 2)
    #expect(cell.standardDeviation == 1)
    let interval = try #require(cell.interval)
    #expect(abs(interval.halfWidth - 2.484137711) < 1e-8)
    #expect(cell.isComplete && cell.count == 3)
  }

  @Test("agrees with scipy on five seeds")
  func scipyExample() throws {
    // stats.ttest_1samp([25.1, 22.4, 27.9, 24.0, 26.3], 0).confidence_interval(.95)
    let interval = try #require(studentTInterval([25.1, 22.4, 27.9, 24.0, 26.3]))
    #expect(abs(interval.lower - 22.52276785528179) < 1e-9)
    #expect(abs(interval.upper - 27.757232144718213) < 1e-9)
  }

  @Test("one seed has a mean, no spread and no interval")
  func oneSeed() {
    let cell = MeanEstimate(of: values(25.1))
    #expect(cell.mean == 25.1)
    #expect(cell.standardDeviation == nil)
    #expect(cell.interval == nil)
    #expect(cell.missingInterval == .oneValue)
  }

  @Test("two seeds have a wide interval: 12.7 standard errors")
  func twoSeeds() throws {
    let interval = try #require(MeanEstimate(of: values(24, 26)).interval)
    // deviation √2, standard error 1
    #expect(abs(interval.halfWidth - 12.706204736) < 1e-8)
  }

  @Test("holes stay in N and are never averaged")
  func holes() {
    let cell = MeanEstimate(
      of: [
        .value(1), .hole(Hole(.failed, reason: "out of memory")), .value(3), .hole(Hole(.missing)),
      ])
    #expect(cell.mean == 2)
    #expect(cell.count == 2 && cell.planned == 4 && !cell.isComplete)
  }

  @Test("only holes: no mean, and that is not zero")
  func onlyHoles() {
    let cell = MeanEstimate(of: [.hole(Hole(.missing)), .hole(Hole(.diverged))])
    #expect(cell.mean == nil && cell.interval == nil && cell.missingInterval == .noValues)
    #expect(cell.planned == 2)
  }

  @Test("a number that is not finite is a diverged trial", arguments: [Double.nan, .infinity])
  func notFinite(value: Double) {
    #expect(Observation(measured: value).hole?.kind == .diverged)
    #expect(Observation.value(value).value == nil)
    #expect(MeanEstimate(of: [.value(value), .value(1), .value(2)]).count == 2)
  }

  @Test("equal values have no interval, whatever rounding does to their mean")
  func zeroSpread() {
    // 0.1 + 0.1 + 0.1 is not 0.3: the mean must not leave the values.
    let cell = MeanEstimate(of: values(0.1, 0.1, 0.1))
    #expect(cell.mean == 0.1)
    #expect(cell.standardDeviation == 0)
    #expect(cell.interval == nil && cell.missingInterval == .zeroSpread)
  }

  @Test("shifting and scaling the values shifts and scales the interval", arguments: 0..<32)
  func equivariance(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("equivariance"))
    let sample = (0..<5).map { _ in random.normal() }
    let plain = try #require(studentTInterval(sample))
    let moved = try #require(studentTInterval(sample.map { 3 * $0 + 7 }))
    #expect(abs(moved.lower - (3 * plain.lower + 7)) < 1e-9)
    #expect(abs(moved.upper - (3 * plain.upper + 7)) < 1e-9)
  }

  // from scipy import stats; stats.binomtest(k, n).proportion_ci(.95, method="wilson")  (1.17.1)
  @Test(
    "Wilson's interval agrees with scipy",
    arguments: [
      (0, 10, 0.0, 0.27753279986288926), (3, 10, 0.10779126740630102, 0.6032218525388546),
      (10, 10, 0.7224672001371109, 1.0), (203, 480, 0.3795051068930232, 0.4675522325495989),
    ])
  func wilson(successes: Int, trials: Int, lower: Double, upper: Double) throws {
    let interval = try #require(Proportion(successes: successes, trials: trials).interval())
    #expect(abs(interval.lower - lower) < 1e-12 && abs(interval.upper - upper) < 1e-12)
  }

  @Test("no trials, no proportion")
  func noTrials() {
    #expect(Proportion(successes: 0, trials: 0).estimate == nil)
    #expect(Proportion(successes: 0, trials: 0).interval() == nil)
  }

  @Test("Wilson's interval covers about 95 % of exactly enumerated samples")
  func wilsonCoverage() {
    // Exact: sum the binomial probabilities of the counts whose interval holds p, averaged over p.
    let n = 48
    var total = 0.0
    let grid = stride(from: 0.1, through: 0.9, by: 0.01).map { $0 }
    for p in grid {
      var probability = (0..<n).reduce(1.0) { product, _ in product * (1 - p) }
      for k in 0...n {
        if Proportion(successes: k, trials: n).interval()?.contains(p) == true {
          total += probability
        }
        probability *= Double(n - k) / Double(k + 1) * p / (1 - p)
      }
    }
    #expect((0.945...0.96).contains(total / Double(grid.count)))
  }
}
