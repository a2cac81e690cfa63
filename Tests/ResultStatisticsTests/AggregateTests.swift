import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Aggregates over runs and tasks")
struct AggregateTests {
  @Test("the interquartile mean is the mean of the middle half")
  func middleHalf() throws {
    // 8 values: 2 go on each side, (3 + 4 + 5 + 6) / 4 stay.
    #expect(interquartileMean([8, 1, 7, 2, 6, 3, 5, 4]) == 4.5)
    // 7 values: one goes on each side, as in scipy: (2 + 3 + 4 + 5 + 6) / 5.
    #expect(interquartileMean([1, 2, 3, 4, 5, 6, 700]) == 4)
    #expect(interquartileMean([2, 9]) == 5.5)
    #expect(interquartileMean([]) == nil)
  }

  @Test("a resample given by counts has the mean of the sorted resample", arguments: 0..<64)
  func counts(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("counts"))
    let n = random.integer(in: 1...23)
    let values = (0..<n).map { _ in Double(random.integer(in: -9...9)) }.sorted()
    var counts = [Int32](repeating: 0, count: n)
    for _ in 0..<n { counts[random.integer(in: 0...n - 1)] += 1 }
    let resample = zip(values, counts).flatMap { Array(repeating: $0, count: Int($1)) }
    let kept = resample[(n / 4)..<(n - n / 4)]
    let mine = TrimmedMean(sorted: values).value { counts[$0] }
    #expect(abs(mine - kept.reduce(0, +) / Double(kept.count)) < 1e-12)
  }

  @Test("draws from one word are as likely as each other and reach every index")
  func batched() {
    var random = RandomStream(Seed(2).derive("batched"))
    for bound in [1, 2, 3, 10, 1000] {
      var seen = [Int](repeating: 0, count: bound)
      BatchedIndices(bound: bound).draw(200 * bound, from: &random) { seen[$0] += 1 }
      // χ² over `bound - 1` degrees of freedom: five deviations above its mean is one in a million.
      let statistic = seen.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
      let freedom = Double(bound - 1)
      #expect(statistic <= freedom + 5 * (2 * freedom).squareRoot(), "\(bound): \(statistic)")
    }
  }

  @Test("runs are drawn within their task: tasks without spread add none")
  func strata() throws {
    // The first task is constant; the second has two runs: a mean of 0, 1/2 or 1 in 1:2:1.
    let scores = RunScores(tasks: [[5, 5], [0, 1]])
    let interval = try #require(
      StratifiedBootstrap(.percentile, draws: 4000, seed: Seed(1))
        .interval(of: .mean, scores, level: 0.6))
    // Mean over tasks: 2.5 or 2.75 or 3, the outer ones in a quarter each; 20 % tails reach them.
    #expect(interval == Interval(lower: 2.5, upper: 3))
  }

  @Test("the percentile interval approaches the exact one, found by enumeration")
  func enumeration() throws {
    let scores = RunScores(tasks: [[1, 2, 4], [3, 9, 5]])
    var exact: [Double] = []
    for code in 0..<729 {
      let digits = (0..<6).map { place in
        (0..<place).reduce(code) { rest, _ in rest / 3 } % 3
      }
      let pooled = digits.enumerated().map { scores.tasks[$0.offset / 3][$0.element] }.sorted()
      exact.append(pooled[1...4].reduce(0, +) / 4)
    }
    exact.sort()
    let found = StratifiedBootstrap(draws: 60_000, seed: Seed(5)).resampled(
      TrimmedMeanOfCounts(scores))[0]
    for value in stride(from: 1.5, through: 7, by: 0.5) {
      let share = Double(found.count { $0 <= value }) / Double(found.count)
      let truth = Double(exact.count { $0 <= value }) / Double(exact.count)
      // Five standard errors of 60,000 draws.
      #expect(abs(share - truth) < 0.0103, "at \(value): \(share), \(truth)")
    }
  }

  @Test("expanded ends are those of a wider percentile interval, by freedom and runs")
  func expanded() throws {
    // Three runs of one task: √(3/2) · t₂(0.975) = 1.224745 · 4.302653 = 5.26965, both tails together 1.4e-7.
    let few = RunScores(tasks: [[1, 2, 4]])
    let widest = try #require(
      StratifiedBootstrap(draws: 3_000, seed: Seed(1)).interval(of: .mean, few))
    #expect(widest == Interval(lower: 1, upper: 4))
    // Ten tasks of five runs: √(5/4) · t₄₀(0.975) = 2.25964, a level of 97.6155 %.
    let scores = RunScores(tasks: (0..<10).map { task in (0..<5).map { Double($0 * task) } })
    let expanded = try #require(
      StratifiedBootstrap(draws: 3_000, seed: Seed(1)).interval(of: .mean, scores))
    let wider = try #require(
      StratifiedBootstrap(.percentile, draws: 3_000, seed: Seed(1))
        .interval(of: .mean, scores, level: 0.976155))
    #expect(abs(expanded.lower - wider.lower) < 1e-3)
    #expect(abs(expanded.upper - wider.upper) < 1e-3)
  }

  @Test("whole runs keep their tasks together")
  func wholeRuns() throws {
    // What one task loses the other one wins: every whole run has the mean 5.
    let scores = RunScores(runs: [[1, 9], [4, 6], [8, 2]])
    let whole = StratifiedBootstrap(of: .wholeRuns, draws: 500, seed: Seed(1))
    #expect(whole.interval(of: .mean, scores) == nil)
    #expect(StratifiedBootstrap(draws: 500, seed: Seed(1)).interval(of: .mean, scores) != nil)
    // With one task there is no difference but in the stream.
    let single = RunScores(tasks: [[0, 1]])
    #expect(whole.interval(of: .mean, single) == Interval(lower: 0, upper: 1))
    let improvement = ProbabilityOfImprovement(
      of: RunScores(runs: [[1, 2], [3, 4]]), over: RunScores(runs: [[2, 1], [2, 5]]),
      bootstrap: whole)
    #expect(improvement.interval?.contains(improvement.value) == true)
  }

  @Test("whole runs cannot be drawn where tasks have other runs")
  func unequalRuns() async {
    await #expect(processExitsWith: .failure) {
      _ = StratifiedBootstrap(of: .wholeRuns, draws: 100, seed: Seed(1), threads: 1)
        .interval(of: .mean, RunScores(tasks: [[1, 2], [1, 2, 3]]))
    }
  }

  private static func sample(_ seed: UInt64) -> RunScores {
    var random = RandomStream(Seed(seed).derive("runs"))
    return RunScores(tasks: (0..<6).map { _ in (0..<5).map { _ in random.normal() } })
  }

  @Test("the same bits on any number of threads; other seeds give others")
  func threads() {
    let scores = Self.sample(1)
    func interval(_ seed: UInt64, _ threads: Int) -> Interval? {
      StratifiedBootstrap(draws: 5_500, seed: Seed(seed), threads: threads)
        .interval(of: .interquartileMean, scores)
    }
    let one = interval(1, 1)
    #expect(one != nil)
    for threads in [2, 3, 8] { #expect(interval(1, threads) == one) }
    #expect(interval(2, 1) != one)
  }

  @Test("a task with a single run, and runs without spread, have no interval")
  func refused() {
    let bootstrap = StratifiedBootstrap(draws: 200, seed: Seed(0))
    let single = RunScores(tasks: [[1, 2], [3]])
    #expect(bootstrap.interval(of: .mean, single) == nil)
    #expect(bootstrap.interval(of: .median, RunScores(tasks: [[2, 2], [3, 3]])) == nil)
    #expect(PerformanceProfile(of: single, thresholds: [1], bootstrap: bootstrap).bands == nil)
  }

  @Test("a holey matrix is a programmer's error, not a smaller one")
  func holes() async {
    await #expect(processExitsWith: .failure) { _ = RunScores(tasks: [[1], []]) }
    await #expect(processExitsWith: .failure) { _ = RunScores(runs: [[1, 2], [1]]) }
    await #expect(processExitsWith: .failure) { _ = RunScores(tasks: [[.nan]]) }
  }

  @Test("the probability of improvement counts won pairs, ties half")
  func improvement() {
    let bootstrap = StratifiedBootstrap(draws: 500, seed: Seed(0))
    // Task one: 3 beats 1 and 2, 2 beats 1 and ties: 3.5 of 4. Task two: 0 of 1.
    let first = RunScores(tasks: [[3, 2], [0]])
    let second = RunScores(tasks: [[1, 2], [1]])
    let found = ProbabilityOfImprovement(of: first, over: second, bootstrap: bootstrap)
    #expect(found.value == 0.4375 && found.interval == nil)
  }

  @Test("swapping arms mirrors the probability of improvement at one half", arguments: 0..<16)
  func mirrored(seed: UInt64) {
    let (first, second) = (Self.sample(seed), Self.sample(seed + 100))
    let bootstrap = StratifiedBootstrap(draws: 100, seed: Seed(0))
    let there = ProbabilityOfImprovement(of: first, over: second, bootstrap: bootstrap)
    let back = ProbabilityOfImprovement(of: second, over: first, bootstrap: bootstrap)
    #expect(abs(there.value + back.value - 1) < 1e-12)
  }

  @Test("a profile falls from 1 to 0 and its bands hold it", arguments: 0..<16)
  func profile(seed: UInt64) throws {
    let thresholds = stride(from: -5.0, through: 5, by: 0.25).map { $0 }
    let profile = PerformanceProfile(
      of: Self.sample(seed), thresholds: thresholds,
      bootstrap: StratifiedBootstrap(draws: 500, seed: Seed(seed)))
    #expect(profile.shares.first == 1 && profile.shares.last == 0)
    for (share, next) in zip(profile.shares, profile.shares.dropFirst()) { #expect(share >= next) }
    for (share, band) in zip(profile.shares, try #require(profile.bands)) {
      #expect(band.contains(share))
    }
  }

  @Test("pass@k is the share of choices of k answers that hold a correct one")
  func passAtKEnumerated() throws {
    for n in 1...7 {
      for c in 0...n {
        for k in 1...n {
          // Answers 0..<c are correct; choices are the masks with k bits.
          let choices = (0..<(1 << n)).filter { $0.nonzeroBitCount == k }
          let good = choices.count { $0 & ((1 << c) - 1) != 0 }
          let found = try #require(passAtK(Proportion(successes: c, trials: n), k: k))
          #expect(abs(found - Double(good) / Double(choices.count)) < 1e-12)
        }
      }
    }
  }

  @Test("a problem with fewer answers than k has no pass@k, and neither has its set")
  func passAtKRefused() throws {
    let bootstrap = Bootstrap(.percentile, draws: 500, seed: Seed(0))
    let short = Proportion(successes: 1, trials: 3)
    #expect(passAtK(short, k: 4) == nil)
    let long = Proportion(successes: 1, trials: 8)
    #expect(PassAtK([long, short], k: 4, bootstrap: bootstrap) == nil)
    #expect(PassAtK([], k: 4, bootstrap: bootstrap) == nil)
    let set = try #require(PassAtK([long, long, short], k: 2, bootstrap: bootstrap))
    // 1 - C(7,2)/C(8,2) = 1/4 twice, 1 - C(2,2)/C(3,2) = 2/3.
    #expect(abs(set.value - (0.25 + 0.25 + 2.0 / 3) / 3) < 1e-12)
    #expect(set.interval?.contains(set.value) == true)
  }
}
