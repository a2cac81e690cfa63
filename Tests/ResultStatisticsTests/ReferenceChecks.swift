import Reproducibility
import Testing

@testable import ResultStatistics

/// Holds each estimator to the numbers of other programs, wherever these come from.
struct ReferenceChecks {
  let values: ReferenceValues

  /// `scipy.stats.trim_mean`, numpy, and rliable's formulas.
  func aggregates() throws {
    for example in try values.cases("aggregates") {
      let scores = RunScores(runs: try example.rows("runs"))
      #expect(
        agree(AggregateMetric.interquartileMean.value(of: scores), try example.number("iqm")))
      #expect(agree(AggregateMetric.mean.value(of: scores), try example.number("mean")))
      #expect(agree(AggregateMetric.median.value(of: scores), try example.number("median")))
      #expect(
        agree(AggregateMetric.optimalityGap(target: 1).value(of: scores), try example.number("gap"))
      )
      let profile = PerformanceProfile(
        of: scores, thresholds: try example.numbers("thresholds"),
        bootstrap: StratifiedBootstrap(draws: 100, seed: Seed(0)))
      for (mine, theirs) in zip(profile.shares, try example.numbers("shares")) {
        #expect(agree(mine, theirs))
      }
    }
    // `scipy.stats.mannwhitneyu`
    for example in try values.cases("improvement") {
      let found = ProbabilityOfImprovement(
        of: RunScores(runs: try example.rows("first")),
        over: RunScores(runs: try example.rows("second")),
        bootstrap: StratifiedBootstrap(draws: 100, seed: Seed(0)))
      #expect(agree(found.value, try example.number("value")))
    }
  }

  /// Binomials as whole numbers.
  func passAtK() throws {
    for example in try values.cases("pass_at_k") {
      let (n, c) = (Int(try example.number("n")), Int(try example.number("c")))
      let found = ResultStatistics.passAtK(
        Proportion(successes: c, trials: n), k: Int(try example.number("k")))
      #expect(agree(found, try example.number("value")), "\(example.canonical)")
    }
  }

  /// `scipy.stats.ecdf` of censored data.
  func survival() throws {
    for example in try values.cases("survival") {
      let censored = try #require(example["censored"]?.array).map { $0.bool == true }
      let times = zip(try example.numbers("times"), censored).map {
        CensoredTime($0, isCensored: $1)
      }
      let curve = KaplanMeier(times)
      let theirs = try example.rows("drops")
      try #require(curve.drops.count == theirs.count)
      for (mine, theirs) in zip(curve.drops, theirs) {
        #expect(mine.time == theirs[0] && agree(mine.survival, theirs[1]))
      }
      let inside = curve.drops.filter { $0.survival > 0 }
      for (mine, theirs) in zip(inside, try example.rows("bounds")) {
        #expect(
          agree(curve.survivalInterval(mine), Interval(lower: theirs[0], upper: theirs[1])))
      }
      let restricted = try #require(
        RestrictedMeanTime(curve, horizon: try example.number("horizon")))
      #expect(agree(restricted.value, try example.number("restricted")))
      if let error = example["error"]?.double { #expect(agree(restricted.standardError, error)) }
    }
  }

  /// Sums of squares by numpy's least squares, the interval by `scipy.stats.ttest_1samp`.
  func crossed() throws {
    for example in try values.cases("crossed") {
      let found = try CrossedEffects(try example.rows("scores"))
      #expect(agree(found.seedVariance, try example.number("seed")))
      #expect(agree(found.problemVariance, try example.number("problem")))
      #expect(agree(found.residualVariance, try example.number("residual")))
      #expect(agree(found.standardErrorOverSeeds, try example.number("over_seeds")))
      #expect(agree(found.standardErrorOverBoth, try example.number("over_both")))
      let twice = found.standardError(seeds: 2 * found.seeds, problems: 3 * found.problems)
      #expect(agree(twice, try example.number("twice")))
      #expect(agree(found.intervalOverSeeds(), try example.interval("interval")))
    }
  }

  /// numpy's marginal means and `scipy.stats.ttest_1samp`.
  func factorial() throws {
    for example in try values.cases("factorial") {
      let cells = try #require(example["cells"]?.array).map { cell in
        FactorialCell(
          levels: try cell.numbers("levels").map { Int($0) }, values: try cell.numbers("values"))
      }
      let found = try FactorialEffects(
        levels: try example.numbers("levels").map { Int($0) }, cells: cells.reversed())
      for (effects, name) in [(found.main, "main"), (found.interactions, "interactions")] {
        let theirs = try example.rows(name)
        try #require(effects.count == theirs.count)
        for (mine, theirs) in zip(effects, theirs) {
          #expect(agree(mine.mean, theirs[0]) && agree(mine.pValue, theirs[3]))
          #expect(agree(mine.interval, Interval(lower: theirs[1], upper: theirs[2])))
        }
      }
    }
  }

  /// A mixture of scipy's noncentral t densities, integrated; scipy's quadrature is the looser side.
  func sequences() throws {
    for example in try values.cases("sequences") {
      let found = ConfidenceSequence(try example.numbers("values"))
      #expect(agree(found.interval, try example.interval("interval"), within: 1e-7))
    }
  }

  /// `scipy.stats.ttest_1samp` on each side.
  func equivalence() throws {
    for example in try values.cases("equivalence") {
      let (reference, margin) = (try example.number("reference"), try example.number("margin"))
      let found = try #require(
        EquivalenceTest(
          try example.numbers("values").map { $0 - reference },
          margin: Interval(lower: -margin, upper: margin)))
      #expect(agree(found.pValue, try example.number("p")))
      #expect(agree(found.interval, try example.interval("interval")))
    }
  }

  func all() throws {
    try aggregates()
    try passAtK()
    try survival()
    try crossed()
    try factorial()
    try sequences()
    try equivalence()
  }
}
