/// Arithmetic mean, in the order given; kept between the smallest and the largest value, which
/// rounding may otherwise leave by one unit in the last place.
package func mean(_ values: [Double]) -> Double? {
  guard let least = values.min(), let most = values.max() else { return nil }
  return min(max(values.reduce(0, +) / Double(values.count), least), most)
}

/// Sample standard deviation, with `n - 1`; none under two values, exactly 0 for equal ones.
package func standardDeviation(_ values: [Double]) -> Double? {
  guard values.count > 1, let center = mean(values) else { return nil }
  let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (squares / Double(values.count - 1)).squareRoot()
}

/// `mean ± t · s / √n`; none under two values or without spread.
///
/// - Parameter level: coverage, inside (0, 1).
package func studentTInterval(_ values: [Double], level: Double = 0.95) -> Interval? {
  precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
  guard let center = mean(values), let deviation = standardDeviation(values), deviation > 0
  else { return nil }
  let t = StudentT(degreesOfFreedom: values.count - 1).quantile(1 - (1 - level) / 2)
  let halfWidth = t * deviation / Double(values.count).squareRoot()
  return Interval(lower: center - halfWidth, upper: center + halfWidth)
}

/// A cell of a table: the mean over seeds, its spread, and how many of the planned seeds stand
/// behind it.
package struct MeanEstimate: Sendable, Hashable {
  /// None when every seed is a hole.
  package let mean: Double?
  /// Between seeds, with `n - 1`; none under two values.
  package let standardDeviation: Double?
  package let interval: Interval?
  /// Seeds with a value (`n`).
  package let count: Int
  /// Seeds that were planned (`N`); holes do not make it smaller.
  package let planned: Int

  /// - Parameters:
  ///   - observations: one per planned seed, in the study's order.
  ///   - level: coverage of the interval, inside (0, 1).
  package init(
    of observations: [Observation], method: IntervalMethod = .studentT, level: Double = 0.95
  ) {
    let values = observations.compactMap(\.value)
    mean = ResultStatistics.mean(values)
    standardDeviation = ResultStatistics.standardDeviation(values)
    interval =
      switch method {
      case .studentT: studentTInterval(values, level: level)
      case .bootstrap(let bootstrap): bootstrap.interval(values, level: level)
      case .confidenceSequence: ConfidenceSequence(values, level: level).interval
      }
    count = values.count
    planned = observations.count(where: \.isPlanned)
  }

  package var isComplete: Bool { count == planned }

  /// Why there is no interval; nil when there is one.
  package var missingInterval: MissingInterval? {
    guard interval == nil else { return nil }
    return count == 0 ? .noValues : count == 1 ? .oneValue : .zeroSpread
  }
}
