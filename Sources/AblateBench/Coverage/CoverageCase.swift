internal import Reproducibility

/// One kind of synthetic study with a known truth, and one statement about it that a method makes.
package struct CoverageCase: Sendable {
  /// What the method promises about the share of studies in which its statement is true.
  package enum Promise: Sendable, Hashable {
    /// An interval that should hold the truth just so often.
    case covers(Double)
    /// One that may hold it more often.
    case coversAtLeast(Double)
    /// A decision that may be false at most so often; the share is that of false ones.
    case errsAtMost(Double)
  }

  /// Such as `Student's t of a mean`.
  package let method: String
  /// Where the numbers come from, such as `normal`.
  package let study: String
  /// How many there are, such as `10 seeds`.
  package let size: String
  package let promise: Promise
  /// Makes a study and says whether the statement is true of it, or for decisions whether it is
  /// false; nil when the method makes none.
  let isHit: @Sendable (inout RandomStream) -> Bool?

  init(
    _ method: String, _ study: String, _ size: String, promise: Promise = .covers(0.95),
    isHit: @escaping @Sendable (inout RandomStream) -> Bool?
  ) {
    self.method = method
    self.study = study
    self.size = size
    self.promise = promise
    self.isHit = isHit
  }

  /// Of its random streams: new cases move nobody's numbers.
  var name: String { "\(method)/\(study)/\(size)" }
}

/// What was counted.
package struct CoverageFigure: Sendable, Hashable {
  package let method: String
  package let study: String
  package let size: String
  package let promise: CoverageCase.Promise
  package let studies: Int
  /// Studies about which the method said nothing.
  package let silent: Int
  package let hits: Int

  /// Of the studies about which something was said; none without one.
  package var share: Double? { studies > silent ? Double(hits) / Double(studies - silent) : nil }

  /// Of the share, as of a binomial one.
  package var standardError: Double? {
    share.map { ($0 * (1 - $0) / Double(studies - silent)).squareRoot() }
  }

  /// Whether the share is where it should be: within two points of a promised coverage, and not
  /// beyond a bound by more than three standard errors at it.
  package var holds: Bool {
    guard let share else { return false }
    func slack(_ bound: Double) -> Double {
      3 * (bound * (1 - bound) / Double(studies - silent)).squareRoot()
    }
    return switch promise {
    case .covers(let level): (level - 0.02...level + 0.02).contains(share)
    case .coversAtLeast(let level): share >= level - slack(level)
    case .errsAtMost(let rate): share <= rate + slack(rate)
    }
  }
}
