/// Student's t distribution with a whole number of degrees of freedom.
///
/// Computed through the incomplete beta function, without logarithms or gamma functions: with
/// `a = ν/2` and `b = 1/2` the constant `B(a, b)` follows a short product from `B(½, ½) = π` or
/// `B(1, ½) = 2`, and the powers are whole powers of a square root. Only operations that IEEE 754
/// rounds exactly are used, so every machine prints the same interval.
///
/// - Source: Abramowitz & Stegun 1964, 26.5.27 (tail as incomplete beta); the continued fraction is
///   26.5.8, evaluated by the modified Lentz method.
package struct StudentT: Sendable, Hashable {
  /// `ν ≥ 1`.
  package let degreesOfFreedom: Int

  package init(degreesOfFreedom: Int) {
    precondition(degreesOfFreedom >= 1, "a t distribution needs at least one degree of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  private var nu: Double { Double(degreesOfFreedom) }

  /// `B(ν/2, 1/2)`.
  private var beta: Double {
    var a = degreesOfFreedom.isMultiple(of: 2) ? 1.0 : 0.5
    var value = degreesOfFreedom.isMultiple(of: 2) ? 2.0 : Double.pi
    while a < nu / 2 {
      value *= a / (a + 0.5)
      a += 1
    }
    return value
  }

  /// Probability density at `t`.
  package func density(_ t: Double) -> Double {
    let x = nu / (nu + t * t)
    return power(x.squareRoot(), degreesOfFreedom + 1) / (nu.squareRoot() * beta)
  }

  /// `P(T > t)`; relative error under 10⁻¹² up to 1,000 degrees of freedom.
  package func upperTail(_ t: Double) -> Double {
    guard t.isFinite else { return t > 0 ? 0 : t < 0 ? 1 : .nan }
    guard t > 0 else { return t == 0 ? 0.5 : 1 - upperTail(-t) }
    let (a, b) = (nu / 2, 0.5)
    let x = 1 / (1 + (t / nu) * t)
    let y = 1 / (1 + (nu / t) / t)  // 1 - x without cancellation
    let front = power(x.squareRoot(), degreesOfFreedom) * y.squareRoot() / beta
    if x < (a + 1) / (a + b + 2) {
      return 0.5 * front * Self.continuedFraction(a, b, x) / a
    }
    return 0.5 * (1 - front * Self.continuedFraction(b, a, y) / b)
  }

  /// `P(|T| ≥ |t|)`: the two-sided p-value of a test statistic.
  package func twoSidedPValue(_ t: Double) -> Double { min(1, 2 * upperTail(abs(t))) }

  /// The `t` with `P(T ≤ t) = probability`.
  ///
  /// - Parameter probability: strictly between 0 and 1.
  package func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile needs a probability inside (0, 1)")
    if probability == 0.5 { return 0 }
    if probability < 0.5 { return -upperQuantile(probability) }
    return upperQuantile(1 - probability)
  }

  /// The `t > 0` with `P(T > t) = tail`, for `0 < tail < ½`.
  private func upperQuantile(_ tail: Double) -> Double {
    var upper = 1.0
    while upperTail(upper) > tail { upper *= 2 }
    return solve(
      upperTail, slope: { -density($0) }, equals: tail, in: (upper == 1 ? 0 : upper / 2, upper))
  }

  /// The continued fraction of the incomplete beta function `I_x(a, b)`, without its prefactor.
  private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var fraction = d
    for m in stride(from: 1.0, through: 10_000, by: 1) {
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return fraction
  }
}
