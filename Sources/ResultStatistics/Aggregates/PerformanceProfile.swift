/// Which share of runs scores above a threshold, for each of several thresholds: the whole
/// distribution in one curve. Where one arm's curve lies above another's throughout, every quantile
/// of it is better.
///
/// - Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.2 (run-score distributions).
package struct PerformanceProfile: Sendable, Hashable {
  /// `τ`, in the score's unit.
  package let thresholds: [Double]
  /// Per threshold the share of runs with a score above it, averaged over tasks; 0…1.
  package let shares: [Double]
  /// Per threshold the interval of the share, each for itself: not a band that holds the whole curve
  /// at once. Of width 0 where every run or none is above. None when a task has a single run.
  package let bands: [Interval]?

  /// - Parameter bootstrap: 2,000 draws are what `rliable` uses for profiles.
  package init(
    of scores: RunScores, thresholds: [Double], bootstrap: StratifiedBootstrap,
    level: Double = 0.95
  ) {
    let statistic = SharesOfCounts(scores, thresholds: thresholds)
    var values = [Double](repeating: 0, count: thresholds.count)
    let ones = [Int32](repeating: 1, count: scores.pooled.count)
    statistic.read(ones.span, into: &values, at: 0)
    self.thresholds = thresholds
    shares = values
    guard scores.hasSpreadInEveryTask else {
      bands = nil
      return
    }
    let freedom = RunFreedom([scores], of: bootstrap.unit)
    bands = bootstrap.resampled(statistic).map { draws in
      bootstrap.interval(sorted: draws.sorted(), freedom: freedom, level: level)
    }
  }
}

/// The share above each threshold. Slots are ranks.
struct SharesOfCounts: CountStatistic {
  let arms: [[[Int32]]]
  var outputs: Int { firstAbove.count }
  /// What a draw of a rank adds to the share of every threshold below it.
  private let shares: [Double]
  /// Per threshold the lowest rank above it.
  private let firstAbove: [Int]

  init(_ scores: RunScores, thresholds: [Double]) {
    let pooled = scores.pooled
    let order = pooled.indices.sorted { (pooled[$0], $0) < (pooled[$1], $1) }
    arms = [scores.slots(ranked: order)]
    let weights = scores.tasks.flatMap { runs in
      runs.map { _ in 1 / (Double(runs.count) * Double(scores.tasks.count)) }
    }
    shares = order.map { weights[$0] }
    firstAbove = thresholds.map { threshold in
      order.firstIndex { pooled[$0] > threshold } ?? order.count
    }
  }

  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int) {
    var above = [Double](repeating: 0, count: shares.count + 1)
    for rank in stride(from: shares.count - 1, through: 0, by: -1) {
      above[rank] = above[rank + 1] + shares[rank] * Double(counts[rank])
    }
    // Over their own sum, which rounding may leave beside 1: all runs are then exactly 1.
    for (index, rank) in firstAbove.enumerated() { values[place + index] = above[rank] / above[0] }
  }
}
