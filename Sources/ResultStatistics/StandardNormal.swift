internal import Reproducibility

/// The normal distribution with mean 0 and variance 1, without the C library (see `portableExp`).
package enum StandardNormal {
  private static let inverseRootOfTwoPi = 0.398_942_280_401_432_678

  package static func density(_ z: Double) -> Double {
    inverseRootOfTwoPi * portableExp(-z * z / 2)
  }

  /// `P(Z ≤ z)`.
  package static func cumulative(_ z: Double) -> Double {
    z < 0 ? upperTail(-z) : 1 - upperTail(z)
  }

  /// `P(Z > z)`; relative error under 10⁻¹³ for `z < 37`, 0 beyond.
  ///
  /// Near the middle the series `½ - φ(z)·(z + z³/3 + z⁵/15 + …)`, whose terms all have one sign
  /// (Marsaglia 2004); in the tail Laplace's continued fraction `φ(z)/(z + 1/(z + 2/(z + …)))`.
  package static func upperTail(_ z: Double) -> Double {
    guard z >= 0 else { return 1 - upperTail(-z) }
    guard z >= 2 else {
      var (sum, term, k) = (z, z, 1.0)
      while sum + term != sum || k == 1 {
        k += 2
        term *= z * z / k
        if term == 0 { break }
        sum += term
      }
      return 0.5 - density(z) * sum
    }
    var denominator = z
    for k in stride(from: 240.0, through: 1, by: -1) { denominator = z + k / denominator }
    return density(z) / denominator
  }

  /// The `z` with `P(Z ≤ z) = probability`; minus or plus infinity at 0 and 1.
  package static func quantile(_ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "a probability lies inside [0, 1]")
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    guard tail > 0 else { return probability == 0 ? -.infinity : .infinity }
    let z = solve(upperTail, slope: { -density($0) }, equals: tail, in: (0, 39))
    return probability < 0.5 ? -z : z
  }
}
