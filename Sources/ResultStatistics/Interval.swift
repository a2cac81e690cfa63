/// A confidence interval, ends included.
package struct Interval: Sendable, Hashable {
  package let lower: Double
  package let upper: Double

  package init(lower: Double, upper: Double) {
    precondition(lower <= upper, "an interval's lower end lies below its upper end")
    self.lower = lower
    self.upper = upper
  }

  package var halfWidth: Double { (upper - lower) / 2 }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// How an interval over seeds is made.
package enum IntervalMethod: Sendable, Hashable {
  /// `mean ± t(n - 1) · s / √n`: exact when the seeds' values are normal, and the honest choice
  /// for few seeds, because its width says how little two or three seeds tell.
  case studentT
  /// Resampling of seeds. Such intervals are too narrow: 83 % instead of 95 % at five normal seeds,
  /// 93 % at twenty (docs/coverage.md).
  case bootstrap(Bootstrap)
  /// Holds after every seed at once, for studies that look and go on.
  case confidenceSequence
}

/// Why there is no interval.
package enum MissingInterval: Sendable, Hashable {
  case noValues
  /// One value has no spread.
  case oneValue
  /// All values are equal; a width of zero would claim a certainty that nobody has.
  case zeroSpread
}
