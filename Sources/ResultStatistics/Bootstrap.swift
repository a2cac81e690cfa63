package import Reproducibility

/// Intervals by resampling seeds with replacement, from a named random stream: the same values and
/// the same seed give the same interval, bit for bit.
package struct Bootstrap: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Quantiles of the resampled means.
    case percentile
    /// Bias-corrected and accelerated: shifts the quantiles for bias and skewness.
    case accelerated
  }

  package let kind: Kind
  /// How many resamples; the ends' Monte Carlo error falls with its square root.
  package let draws: Int
  package let seed: Seed

  package init(_ kind: Kind, draws: Int = 10_000, seed: Seed) {
    precondition(draws >= 100, "a 95 % interval needs at least a hundred resamples")
    self.kind = kind
    self.draws = draws
    self.seed = seed
  }

  /// The interval of the mean; none under two values or without spread.
  ///
  /// - Source: Efron & Tibshirani 1993, chapter 13 (percentile) and section 14.3 (accelerated).
  package func interval(_ values: [Double], level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    guard values.count > 1, let observed = mean(values), values.min() != values.max()
    else { return nil }
    let means = resampledMeans(values).sorted()
    let tail = (1 - level) / 2
    let (lower, upper) =
      switch kind {
      case .percentile: (tail, 1 - tail)
      case .accelerated: acceleratedTails(tail, means: means, observed: observed, values: values)
      }
    return Interval(
      lower: interpolatedQuantile(sorted: means, lower),
      upper: interpolatedQuantile(sorted: means, upper))
  }

  private func resampledMeans(_ values: [Double]) -> [Double] {
    var random = RandomStream(seed.derive("bootstrap/\(kind.rawValue)"))
    return (0..<draws).map { _ in
      var sum = 0.0
      for _ in values { sum += values[random.integer(in: 0...values.count - 1)] }
      return sum / Double(values.count)
    }
  }

  /// Where the accelerated interval reads the resampled means: `Φ(z₀ + (z₀ + z)/(1 - a(z₀ + z)))`.
  private func acceleratedTails(
    _ tail: Double, means: [Double], observed: Double, values: [Double]
  ) -> (Double, Double) {
    // Ties count half: with few seeds many resamples hit the observed mean exactly.
    let below = means.reduce(0.0) { $0 + ($1 < observed ? 1 : $1 == observed ? 0.5 : 0) }
    let bias = StandardNormal.quantile(
      min(max(below, 0.5), Double(draws) - 0.5) / Double(draws))
    let acceleration = Self.acceleration(values)
    func shifted(_ probability: Double) -> Double {
      let z = bias + StandardNormal.quantile(probability)
      return StandardNormal.cumulative(bias + z / (1 - acceleration * z))
    }
    return (shifted(tail), shifted(1 - tail))
  }

  /// A sixth of the skewness of the leave-one-out means.
  private static func acceleration(_ values: [Double]) -> Double {
    let total = values.reduce(0, +)
    let leftOut = values.map { (total - $0) / Double(values.count - 1) }
    guard let center = mean(leftOut) else { return 0 }
    let squares = leftOut.reduce(0) { $0 + (center - $1) * (center - $1) }
    let cubes = leftOut.reduce(0) { $0 + (center - $1) * (center - $1) * (center - $1) }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }
}

/// The quantile of sorted values with linear interpolation between neighbours (type 7 of Hyndman &
/// Fan 1996, the default of R and NumPy).
func interpolatedQuantile(sorted values: [Double], _ probability: Double) -> Double {
  let position = min(max(probability, 0), 1) * Double(values.count - 1)
  let index = min(Int(position), values.count - 1)
  let next = min(index + 1, values.count - 1)
  let share = position - Double(index)
  return values[index] + share * (values[next] - values[index])
}
