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
  /// Resampling of seeds. With fewer than about eight seeds such intervals are too narrow.
  case bootstrap(Bootstrap)
}

/// Why there is no interval.
package enum MissingInterval: Sendable, Hashable {
  case noValues
  /// One value has no spread.
  case oneValue
  /// All values are equal; a width of zero would claim a certainty that nobody has.
  case zeroSpread
}
