import Reproducibility

/// How likely a paired t test is to see a difference, and how many pairs it needs for that.
///
/// The statistic has a noncentral t distribution: with `ν = n − 1`, `λ = δ √n / σ` and `S² = χ²_ν / ν`,
/// `P(T ≤ t) = E[Φ(t S − λ)]`. The expectation is taken by Simpson's rule over the density of `S`, which is
/// normalised by the same rule, so that no gamma function is needed.
///
/// - Source: Johnson, Kotz, Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 31.
package struct PairedPower: Sendable, Hashable {
  /// Standard deviation of a difference within a pair, in the measure's unit; above 0.
  package let deviation: Double
  /// Probability of seeing a difference where there is none, both sides together; 0…1, both excluded.
  package let errorRate: Double

  package init(deviation: Double, errorRate: Double = 0.05) {
    precondition(deviation > 0 && errorRate > 0 && errorRate < 1)
    self.deviation = deviation
    self.errorRate = errorRate
  }

  /// Probability that the two-sided test over so many pairs rejects, when the true mean difference is this.
  ///
  /// - Parameters:
  ///   - difference: in the measure's unit.
  ///   - pairs: 2 or more.
  package func power(difference: Double, pairs: Int) -> Double {
    precondition(pairs >= 2)
    let nu = Double(pairs - 1)
    let shift = difference.magnitude * Double(pairs).squareRoot() / deviation
    let limit = StudentT(degreesOfFreedom: pairs - 1).quantile(1 - errorRate / 2)
    // The density of S is within twelve of its own deviations of 1, and never below 0.
    let spread = 12 / (2 * nu).squareRoot()
    let (low, high) = (Swift.max(0, 1 - spread), 1 + spread)
    let count = 2000
    let width = (high - low) / Double(count)
    var (total, rejected) = (0.0, 0.0)
    for index in 0...count {
      let s = low + width * Double(index)
      // At 0 the density is that of one degree of freedom, or 0.
      if s == 0 && nu > 1 { continue }
      let simpson = index == 0 || index == count ? 1.0 : index.isMultiple(of: 2) ? 2.0 : 4.0
      let logarithm = nu > 1 ? (nu - 1) * portableLog(s) : 0
      let weight = simpson * portableExp(logarithm - nu * (s * s - 1) / 2)
      total += weight
      rejected +=
        weight
        * (StandardNormal.upperTail(limit * s - shift)
          + StandardNormal.cumulative(-limit * s - shift))
    }
    return rejected / total
  }

  /// The fewest pairs with which the test sees the difference with this probability.
  ///
  /// - Parameters:
  ///   - difference: in the measure's unit, not 0.
  ///   - power: 0…1, both excluded.
  /// - Returns: nil when more than `most` are needed.
  package func pairs(
    for difference: Double, power wanted: Double = 0.8, most: Int = 10_000
  ) -> Int? {
    guard difference != 0, power(difference: difference, pairs: most) >= wanted else { return nil }
    // Power grows with the pairs.
    var (low, high) = (1, most)
    while high - low > 1 {
      let middle = (low + high) / 2
      if power(difference: difference, pairs: middle) >= wanted {
        high = middle
      } else {
        low = middle
      }
    }
    return high
  }
}
