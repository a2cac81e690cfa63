internal import Dispatch
package import Reproducibility
internal import Synchronization

/// Intervals over a matrix of runs and tasks by resampling runs: tasks are fixed, as a suite of
/// benchmarks is.
///
/// Draws are made in fixed chunks, each with a named stream of its own, so the interval's bits
/// depend neither on the number of threads nor on which finishes first. Expanded ends hold what they
/// promise from three runs of ten tasks on (profiles from five), percentile ones from ten, whole runs
/// from ten; at five whole runs a promised 95 % is 92.5 % (docs/coverage.md).
///
/// - Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.1.
package struct StratifiedBootstrap: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Quantiles of the resampled values, as `rliable` reports. A resample of `n` runs scatters only
    /// `√((n - 1)/n)` times as much as `n` new runs would, so it is too narrow for few runs.
    case percentile
    /// Quantiles further out, at `Φ(±√(n/(n - 1)) · t)` with `t` of as many degrees of freedom as
    /// there are runs beyond the first of each task (or of whole runs), which makes up for that.
    ///
    /// - Source: Hesterberg 2015, "What Teachers Should Know About the Bootstrap", The American
    ///   Statistician 69(4), expanded percentile interval; here with the freedom of all tasks.
    case expanded
  }

  /// What is drawn.
  package enum Unit: String, Sendable, Hashable, CaseIterable {
    /// Runs in each task for itself, as in the paper: there every task has runs of its own.
    case runsWithinTasks
    /// A run with all its tasks. Where one trained policy is evaluated on every task its luck is
    /// shared by them, and drawing them apart would be far too narrow. Needs as many runs of every
    /// task, in the same order.
    case wholeRuns
  }

  package let kind: Kind
  package let unit: Unit
  /// How many resamples; the ends' Monte Carlo error falls with its square root.
  package let draws: Int
  package let seed: Seed
  /// Threads that share the draws.
  package let threads: Int

  private static let chunk = 1_000

  package init(
    _ kind: Kind = .expanded, of unit: Unit = .runsWithinTasks, draws: Int = 50_000, seed: Seed,
    threads: Int = 2
  ) {
    precondition(draws >= 100, "a 95 % interval needs at least a hundred resamples")
    precondition(threads > 0, "somebody must draw")
    self.kind = kind
    self.unit = unit
    self.draws = draws
    self.seed = seed
    self.threads = threads
  }

  /// The interval of an aggregate; none when a task has a single run, or when no resample
  /// differs from another.
  package func interval(
    of metric: AggregateMetric, _ scores: RunScores, level: Double = 0.95
  ) -> Interval? {
    guard scores.hasSpreadInEveryTask else { return nil }
    let values =
      switch metric {
      case .interquartileMean: resampled(TrimmedMeanOfCounts(scores))
      case .mean: resampled(MeanOfCounts(scores) { $0 })
      case .median: resampled(MedianOfCounts(scores))
      case .optimalityGap(let target): resampled(MeanOfCounts(scores) { target - min($0, target) })
      }
    return interval(values[0], freedom: RunFreedom([scores], of: unit), level: level)
  }

  /// Per number of the statistic its resampled values, in the order of the draws.
  func resampled<Statistic: CountStatistic>(_ statistic: Statistic) -> [[Double]] {
    let chunks = (draws + Self.chunk - 1) / Self.chunk
    let results = Mutex([[Double]](repeating: [], count: chunks))
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for chunk in stride(from: thread, to: chunks, by: threads) {
        let values = self.values(of: statistic, chunk: chunk)
        results.withLock { $0[chunk] = values }
      }
    }
    let all = results.withLock { $0 }
    return (0..<statistic.outputs).map { output in
      all.flatMap { values in
        stride(from: output, to: values.count, by: statistic.outputs).map { values[$0] }
      }
    }
  }

  /// The statistic of each draw of a chunk, one draw after the other.
  private func values<Statistic: CountStatistic>(of statistic: Statistic, chunk: Int) -> [Double] {
    var random = RandomStream(seed.derive("bootstrap/\(unit.rawValue)").derive(chunk))
    let count = min(Self.chunk, draws - chunk * Self.chunk)
    let sampler = StratifiedSampler(arms: statistic.arms, unit: unit)
    var values = [Double](repeating: 0, count: count * statistic.outputs)
    var counts = [Int32](repeating: 0, count: sampler.count)
    for draw in 0..<count {
      sampler.draw(&counts, from: &random)
      statistic.read(counts.span, into: &values, at: draw * statistic.outputs)
    }
    return values
  }

  /// Between quantiles of resampled values; none where these are all equal.
  func interval(_ values: [Double], freedom: RunFreedom, level: Double) -> Interval? {
    let sorted = values.sorted()
    // Sums that are equal on paper differ by rounding.
    guard let least = sorted.first, let most = sorted.last,
      most - least > 1e-12 * max(least.magnitude, most.magnitude)
    else { return nil }
    return interval(sorted: sorted, freedom: freedom, level: level)
  }

  /// The same, of width 0 where they are.
  func interval(sorted: [Double], freedom: RunFreedom, level: Double) -> Interval {
    let tail = self.tail(freedom, level: level)
    return Interval(
      lower: interpolatedQuantile(sorted: sorted, tail),
      upper: interpolatedQuantile(sorted: sorted, 1 - tail))
  }

  private func tail(_ freedom: RunFreedom, level: Double) -> Double {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    let plain = (1 - level) / 2
    guard kind == .expanded else { return plain }
    let t = StudentT(degreesOfFreedom: freedom.degrees).quantile(1 - plain)
    let fewest = Double(freedom.fewestRuns)
    return StandardNormal.upperTail(t * (fewest / (fewest - 1)).squareRoot())
  }
}

/// How many runs there are to resample.
struct RunFreedom: Sendable {
  /// Of the task with the fewest, 2 or more.
  let fewestRuns: Int
  /// Units that are drawn, beyond the first of each place they are drawn from.
  let degrees: Int

  init(_ arms: [RunScores], of unit: StratifiedBootstrap.Unit) {
    let counts = arms.flatMap { arm in
      unit == .wholeRuns ? [arm.tasks[0].count] : arm.tasks.map(\.count)
    }
    fewestRuns = counts.min() ?? 0
    degrees = counts.reduce(0) { $0 + $1 - 1 }
    precondition(fewestRuns > 1, "a single run has no spread")
  }
}
