/// One number for a matrix of runs and tasks.
///
/// - Source: Agarwal, Schwarzer, Castro, Courville & Bellemare 2021, "Deep Reinforcement Learning at
///   the Edge of the Statistical Precipice", arXiv:2108.13264, section 4; the authors' `rliable`.
package enum AggregateMetric: Sendable, Hashable {
  /// Mean of the middle half of all scores: less moved by single runs than the mean, by more of the
  /// scores than the median.
  case interquartileMean
  /// Mean over tasks of the mean over runs.
  case mean
  /// Median over tasks of the mean over runs.
  case median
  /// How far the scores fall short of the target on average, `mean(target - min(score, target))`;
  /// what lies above the target earns nothing. In the score's unit, 0 or more, less is better.
  case optimalityGap(target: Double)

  package func value(of scores: RunScores) -> Double {
    let means = scores.tasks.map { $0.reduce(0, +) / Double($0.count) }
    switch self {
    case .interquartileMean:
      let pooled = scores.pooled.sorted()
      return TrimmedMean(sorted: pooled).value(multiplicity: { _ in 1 })
    case .mean: return means.reduce(0, +) / Double(means.count)
    case .median: return interpolatedQuantile(sorted: means.sorted(), 0.5)
    case .optimalityGap(let target):
      let gaps = scores.tasks.map { runs in
        runs.reduce(0) { $0 + (target - min($1, target)) } / Double(runs.count)
      }
      return gaps.reduce(0, +) / Double(gaps.count)
    }
  }
}

/// Mean of the middle half of some values; none without values.
///
/// A quarter of the values, rounded down, is left out on each side, as in `scipy.stats.trim_mean`.
package func interquartileMean(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  return TrimmedMean(sorted: values.sorted()).value(multiplicity: { _ in 1 })
}

/// The interquartile mean of a resample that is given by how often each rank of the sample occurs,
/// so that no resample is ever sorted.
struct TrimmedMean: Sendable {
  let sorted: [Double]
  /// Places of the sorted resample that are kept: from `first` up to but without `last`.
  let first: Int32
  let last: Int32

  init(sorted: [Double]) {
    self.sorted = sorted
    first = Int32(sorted.count / 4)
    last = Int32(sorted.count - sorted.count / 4)
  }

  /// - Parameter multiplicity: how often the value of a rank occurs; together as often as there are
  ///   values.
  @inline(__always)
  func value(multiplicity: (Int) -> Int32) -> Double {
    var (place, rank) = (Int32(0), 0)
    // Everything below the kept places, without arithmetic on scores.
    while place <= first && rank < sorted.count {
      place += multiplicity(rank)
      rank += 1
    }
    var sum = sorted[rank - 1] * Double(min(place, last) - first)
    while place < last && rank < sorted.count {
      let kept = min(multiplicity(rank), last - place)
      sum += sorted[rank] * Double(kept)
      place += kept
      rank += 1
    }
    return sum / Double(last - first)
  }
}
