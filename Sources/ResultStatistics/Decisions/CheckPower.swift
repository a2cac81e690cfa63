internal import Reproducibility

/// What a check of a mean can tell: how often it calls a move where nothing changed, and which shift it
/// would have seen.
///
/// Model: seeds scatter normally and independently, a new run as if its seeds were others than the
/// accepted ones. Runs that share their seeds are closer to each other, so the error is on the side of too many false
/// alarms. The deviation between seeds is known from the `n` accepted values alone: given their `s`, it is `s/S` with
/// `S² = χ²_ν/ν` and `ν = n − 1` (Box and Tiao 1973, section 2.3), and all probabilities are averaged over
/// `S`. With `τ = s √(2/n)`, the difference of the two means less the true shift `δ` is then `τ` times a Student's t of
/// `ν` degrees of freedom:
///
/// * a difference outside `[−below, above]` alarms with `P(T > (above − δ)/τ) + P(T > (below + δ)/τ)`;
/// * an equivalence test alarms when its interval lies wholly outside, which is `T` beyond the margin by the half
///   width `t s_d/√n`. The deviation `s_d` of the differences seed by seed hangs together with `s`, for the accepted
///   values are in both: given them, `ν (s_d S/s)²` is noncentral χ² with `ν` degrees of freedom and noncentrality
///   `ν S²`. With `U = s_d S/(s √2)` the upper end alarms with `E[Φ(S (δ − above)/τ − t U)]`, the lower one likewise.
package struct CheckPower: Sendable {
  /// What counts as a move; ends are 0 or more, in the measure's unit.
  package enum Rule: Sendable, Hashable {
    /// The difference of the means lies outside `[−below, above]`.
    case room(below: Double, above: Double)
    /// The interval of an ``EquivalenceTest`` with this margin lies wholly outside it.
    case equivalence(below: Double, above: Double, level: Double)
  }

  private let rule: Rule
  private let t: StudentT
  /// `τ`: deviation of the difference of two means, as it is estimated.
  private let deviation: Double
  /// Of an equivalence test alone.
  private let nodes: [Node]

  /// - Returns: nil under two values and when all are equal: nothing is known of the spread then.
  package init?(accepted: [Double], rule: Rule) {
    guard let deviation = standardDeviation(accepted), deviation > 0 else { return nil }
    self.rule = rule
    t = StudentT(degreesOfFreedom: accepted.count - 1)
    self.deviation = deviation * (2 / Double(accepted.count)).squareRoot()
    nodes =
      if case .equivalence = rule { Node.all(degreesOfFreedom: accepted.count - 1) } else { [] }
  }

  /// Probability that the check calls a move.
  ///
  /// - Parameter shift: the true one, in the measure's unit; 0 gives the rate of false alarms.
  package func alarm(shift: Double = 0) -> Double {
    switch rule {
    case .room(let below, let above):
      return min(
        1, t.upperTail((above - shift) / deviation) + t.upperTail((below + shift) / deviation))
    case .equivalence(let below, let above, let level):
      let limit = t.quantile(level)
      var total = 0.0
      for node in nodes {
        let up = node.spread * (shift - above) / deviation
        let down = node.spread * (-shift - below) / deviation
        for own in node.own {
          total +=
            node.weight * own.weight
            * (StandardNormal.cumulative(up - limit * own.at)
              + StandardNormal.cumulative(down - limit * own.at))
        }
      }
      return min(1, total)
    }
  }

  /// The smallest shift upwards (or downwards) that is seen with this probability, 0 or more, in the
  /// measure's unit.
  ///
  /// - Parameter power: inside (0, 1).
  package func smallestShift(upwards: Bool, power: Double = 0.8) -> Double {
    precondition(power > 0 && power < 1)
    let sign = upwards ? 1.0 : -1.0
    var (low, high) = (0.0, deviation)
    if alarm() >= power { return 0 }
    while alarm(shift: sign * high) < power {
      low = high
      high *= 2
      if !high.isFinite { return .infinity }
    }
    // Three digits are more than the model is worth.
    while high - low > 2e-4 * high {
      let middle = (low + high) / 2
      if alarm(shift: sign * middle) < power { low = middle } else { high = middle }
    }
    return high
  }

  /// Probability that any of several checks alarms, if they were independent. By Šidák's inequality (1967) an upper
  /// bound for two-sided checks with equal ends, however they hang together.
  package static func any(_ alarms: [Double]) -> Double {
    1 - alarms.reduce(1) { $0 * (1 - $1) }
  }
}

/// A point of the integral over `S`, with that over `U` given this `S`; weights sum to 1 each.
private struct Node {
  let spread: Double
  let weight: Double
  let own: [(at: Double, weight: Double)]

  static func all(degreesOfFreedom: Int) -> [Node] {
    let nu = Double(degreesOfFreedom)
    // ln of the density of S, up to a constant.
    let spreads = simpson(center: 1, deviation: 1 / (2 * nu).squareRoot()) { s in
      power(s, nu - 1) - nu * (s * s - 1) / 2
    }
    return spreads.map { spread in
      let s = spread.at
      let center = ((1 + s * s) / 2).squareRoot()
      let deviation = ((1 + 2 * s * s) / (2 * nu)).squareRoot() / (2 * center)
      let own = simpson(center: center, deviation: deviation) { u in
        power(u, nu - 1) - nu * u * u + logSeries(of: nu * nu * s * s * u * u / 2, from: nu / 2)
      }
      return Node(spread: s, weight: spread.weight, own: own)
    }
  }

  /// `ln x^exponent`, also of `0⁰ = 1`.
  private static func power(_ x: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 0 : x == 0 ? -.infinity : exponent * portableLog(x)
  }

  /// `ln Σ zʲ / (j! · a (a + 1) … (a + j − 1))`: what noncentrality adds to a χ² density (Johnson, Kotz,
  /// Balakrishnan 1995, 29.4).
  private static func logSeries(of z: Double, from a: Double) -> Double {
    // Parts of the sum leave the range of a double when there are many seeds.
    let (bound, logBound) = (1e200, 460.517_018_598_809_137)
    var (sum, term, j, scale) = (1.0, 1.0, 0.0, 0.0)
    repeat {
      term *= z / ((j + 1) * (a + j))
      sum += term
      j += 1
      if sum > bound {
        sum /= bound
        term /= bound
        scale += logBound
      }
    } while term > 1e-17 * sum
    return portableLog(sum) + scale
  }

  /// Simpson's rule over a density that is given by its logarithm, within eight deviations and never below 0.
  private static func simpson(
    center: Double, deviation: Double, logDensity: (Double) -> Double
  ) -> [(at: Double, weight: Double)] {
    let (low, high) = (max(0, center - 8 * deviation), center + 8 * deviation)
    let count = 48
    let width = (high - low) / Double(count)
    let points = (0...count).map { low + width * Double($0) }
    let logs = points.map(logDensity)
    let most = logs.max() ?? 0
    let weights = logs.enumerated().map { index, log in
      let simpson = index == 0 || index == count ? 1.0 : index.isMultiple(of: 2) ? 2.0 : 4.0
      return log == -.infinity ? 0 : simpson * portableExp(log - most)
    }
    let total = weights.reduce(0, +)
    return zip(points, weights).map { (at: $0, weight: $1 / total) }
  }
}
