/// The mean time to get there, counting at most so long: the area under the Kaplan–Meier curve up
/// to a horizon. Unlike the median it exists for any share of censored trials, and arms can be
/// compared by it as long as they share the horizon.
///
/// - Source: Irwin 1949, Journal of Hygiene 47(2); variance by Greenwood's formula with the factor
///   `m / (m - 1)` of Kaplan & Meier 1958. There `m` counts events; here it counts every
///   trial whose `min(time, horizon)` is known, so that trials which are all watched up to the
///   horizon have exactly Student's interval.
package struct RestrictedMeanTime: Sendable, Hashable {
  /// In the unit of the times.
  package let horizon: Double
  package let value: Double
  /// Trials whose `min(time, horizon)` is known (`m`): they got there, or were watched so long.
  package let known: Int
  /// None under two known trials.
  package let standardError: Double?
  /// `value ± t(m - 1) · standard error`, cut to 0…horizon. None under two known trials or without
  /// spread. It holds what it promises from ten trials on, a third of them censored; at five a
  /// promised 95 % is 92 % (docs/coverage.md).
  package let interval: Interval?

  /// - Parameter horizon: above 0, and at most the largest time of the curve, behind which nothing
  ///   was seen, unless every trial got there before.
  /// - Returns: nil for another horizon.
  package init?(_ curve: KaplanMeier, horizon: Double, level: Double = 0.95) {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    let isOver = curve.drops.last?.survival == 0
    guard horizon > 0, horizon.isFinite, isOver || horizon <= curve.lastTime else { return nil }
    let drops = curve.drops.filter { $0.time <= horizon }
    // The area behind each drop, from the last one back.
    var (area, variance, end) = (0.0, 0.0, horizon)
    for drop in drops.reversed() {
      area += drop.survival * (end - drop.time)
      end = drop.time
      let (d, n) = (Double(drop.events), Double(drop.atRisk))
      if n > d { variance += area * area * d / (n * (n - d)) }
    }
    let value = area + end
    self.horizon = horizon
    self.value = value
    known = curve.times.count { !$0.isCensored || $0.time >= horizon }
    guard known > 1 else {
      (standardError, interval) = (nil, nil)
      return
    }
    let error = (variance * Double(known) / Double(known - 1)).squareRoot()
    standardError = error
    let t = StudentT(degreesOfFreedom: known - 1).quantile(1 - (1 - level) / 2)
    interval =
      error > 0
      ? Interval(lower: max(0, value - t * error), upper: min(horizon, value + t * error))
      : nil
  }
}
