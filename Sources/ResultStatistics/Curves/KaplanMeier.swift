internal import Reproducibility

/// When something happened, or until when it had not.
package struct CensoredTime: Sendable, Hashable {
  /// In steps, tokens or seconds; 0 or more.
  package let time: Double
  /// Whether it had not happened by then; the true time lies later.
  package let isCensored: Bool

  package init(_ time: Double, isCensored: Bool = false) {
    precondition(time >= 0 && time.isFinite, "a time is finite and 0 or more")
    self.time = time
    self.isCensored = isCensored
  }
}

/// The share of trials that are still waiting after some time, where some were stopped before they
/// got there. Dropping those, or counting their last step as success, would both look too fast.
///
/// - Source: Kaplan & Meier 1958, Journal of the American Statistical Association 53(282); variance
///   by Greenwood 1926.
package struct KaplanMeier: Sendable, Hashable {
  /// What a time with events does to the curve.
  package struct Drop: Sendable, Hashable {
    package let time: Double
    /// Trials that were still waiting just before it.
    package let atRisk: Int
    package let events: Int
    /// `S` from this time on; 0…1.
    package let survival: Double
    /// Greenwood's `Σ d / (n (n - d))`, the variance of `ln S`; infinite where `S` is 0.
    package let logVariance: Double
  }

  /// In rising order of the time.
  package let drops: [Drop]
  /// One per trial, in rising order.
  package let times: [CensoredTime]

  /// The largest time, with an event or without.
  package var lastTime: Double { times[times.count - 1].time }

  /// - Parameter times: one per trial, at least one; a trial that is censored when another succeeds
  ///   was still waiting then.
  package init(_ times: [CensoredTime]) {
    precondition(!times.isEmpty, "there is no curve without trials")
    let sorted = times.sorted { $0.time < $1.time }
    var (drops, survival, logVariance) = ([Drop](), 1.0, 0.0)
    var index = 0
    while index < sorted.count {
      let same = sorted[index...].prefix { $0.time == sorted[index].time }
      let (atRisk, events) = (sorted.count - index, same.count { !$0.isCensored })
      if events > 0 {
        survival *= Double(atRisk - events) / Double(atRisk)
        logVariance += Double(events) / (Double(atRisk) * Double(atRisk - events))
        drops.append(
          Drop(
            time: sorted[index].time, atRisk: atRisk, events: events, survival: survival,
            logVariance: logVariance))
      }
      index += same.count
    }
    self.drops = drops
    self.times = sorted
  }

  /// The first time by which half of the trials got there; none when fewer than half did.
  package var median: Double? { drops.first { $0.survival <= 0.5 }?.time }

  /// The times at which `S = ½` cannot be excluded, by `ln(-ln S)` and Greenwood's variance, as R's
  /// `survfit(conf.type = "log-log")` and `lifelines` give. The upper end is infinite where too few
  /// trials got there to bound it, and always under five or six events. None without an event. It holds
  /// 95 to 97 % from five trials on; with both ends finite, only from twenty (docs/coverage.md).
  ///
  /// - Source: Brookmeyer & Crowley 1982, Biometrics 38(1).
  package func medianInterval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    guard !drops.isEmpty else { return nil }
    let bounds = drops.map { survivalInterval($0, level: level) }
    // From the first time on that the bound is at or below one half.
    let lower = zip(drops, bounds).first { $0.1.lower <= 0.5 }?.0.time
    let upper = zip(drops, bounds).first { $0.1.upper <= 0.5 }?.0.time
    return Interval(lower: lower ?? .infinity, upper: upper ?? .infinity)
  }

  /// The interval of `S` at a drop, inside 0…1. At `S = 0` Greenwood's variance is infinite: it says
  /// nothing but 0…1.
  package func survivalInterval(_ drop: Drop, level: Double = 0.95) -> Interval {
    guard drop.survival > 0 && drop.survival < 1 else { return Interval(lower: 0, upper: 1) }
    let z = StandardNormal.quantile(1 - (1 - level) / 2)
    let logarithm = portableLog(drop.survival)
    let spread = portableExp(z * drop.logVariance.squareRoot() / -logarithm)
    return Interval(
      lower: portableExp(logarithm * spread), upper: portableExp(logarithm / spread))
  }
}
