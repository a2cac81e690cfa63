import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Against stored values of scipy and rliable")
struct AblationReferenceTests {
  private func checks() throws -> ReferenceChecks {
    ReferenceChecks(values: try ReferenceValues.stored())
  }

  @Test("aggregates, profiles and the probability of improvement are those of scipy")
  func aggregates() throws { try checks().aggregates() }

  @Test("pass@k is that of whole-number binomials")
  func passAtK() throws { try checks().passAtK() }

  @Test("survival, its bounds and its area are those of scipy")
  func survival() throws { try checks().survival() }

  @Test("variance components and standard errors are those of least squares")
  func crossed() throws { try checks().crossed() }

  @Test("factorial effects are marginal contrasts under scipy's t test")
  func factorial() throws { try checks().factorial() }

  @Test("a confidence sequence ends where the mixed likelihood ratio is 1/α")
  func sequences() throws { try checks().sequences() }

  @Test("equivalence and tolerance are those of scipy")
  func equivalence() throws { try checks().equivalence() }

  /// Both sides resample: rliable 20,000 times (2,000 for the probability of improvement), we 50,000
  /// times. An end's standard error is `√(0.025 · 0.975 / draws) / density`, under 2 % of the width
  /// at 20,000 draws and 5 % at 2,000; four of them are allowed.
  @Test("intervals are those of rliable 1.2.0 within the Monte Carlo error")
  func rliable() throws {
    let theirs = try #require(try ReferenceValues.stored().sections["rliable"])
    let first = RunScores(runs: try theirs.rows("first"))
    let second = RunScores(runs: try theirs.rows("second"))
    let bootstrap = StratifiedBootstrap(.percentile, seed: Seed(1))
    func compare(_ name: String, _ value: Double, _ interval: Interval?, slack: Double) throws {
      let stored = try theirs.numbers(name)
      let mine = try #require(interval)
      #expect(agree(value, stored[0]), "\(name)")
      let allowed = slack * (stored[2] - stored[1])
      #expect(abs(mine.lower - stored[1]) < allowed, "\(name): \(mine), \(stored)")
      #expect(abs(mine.upper - stored[2]) < allowed, "\(name): \(mine), \(stored)")
    }
    for (name, metric) in [
      ("iqm", AggregateMetric.interquartileMean), ("mean", .mean), ("median", .median),
      ("gap", .optimalityGap(target: 1)),
    ] {
      try compare(
        name, metric.value(of: first), bootstrap.interval(of: metric, first), slack: 0.04)
    }
    let improvement = ProbabilityOfImprovement(of: first, over: second, bootstrap: bootstrap)
    try compare("improvement", improvement.value, improvement.interval, slack: 0.1)
    let profile = PerformanceProfile(
      of: first, thresholds: try theirs.numbers("thresholds"), bootstrap: bootstrap)
    for (mine, theirs) in zip(profile.shares, try theirs.numbers("shares")) {
      #expect(agree(mine, theirs))
    }
    for (mine, theirs) in zip(try #require(profile.bands), try theirs.rows("bands")) {
      // Shares come in steps of 1/260: one step apart is the same quantile.
      #expect(abs(mine.lower - theirs[0]) < 1.01 / 260 && abs(mine.upper - theirs[1]) < 1.01 / 260)
    }
  }
}
