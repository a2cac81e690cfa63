// Elementary functions from IEEE basic operations only. The system's libm rounds differently from
// version to version; what decides a bit of a result must not. Nor does it call libm where that
// could only be right, to round to a whole number, so that a test can tell the rooms of the numeric
// path by what they import.

/// Natural logarithm from IEEE basic operations only: the same bits on every machine. Relative error
/// below 1e-14 for finite positive `x`; `x` must be positive and normal.
///
/// Splits `x = m · 2ᵉ` with m in [√½, √2) and sums `ln m = 2 artanh((m − 1) / (m + 1))`.
package func portableLog(_ x: Double) -> Double {
  precondition(x >= Double.leastNormalMagnitude && x.isFinite)
  var exponent = Double(x.exponent)
  var mantissa = x.significand
  if mantissa > 2.0.squareRoot() {
    mantissa /= 2
    exponent += 1
  }
  let t = (mantissa - 1) / (mantissa + 1)
  let square = t * t
  var sum = 0.0
  for k in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(k) }
  return exponent * 0.693_147_180_559_945_3 + 2 * t * sum
}

/// `eˣ` from IEEE basic operations only: the same bits on every machine. Relative error below 1e-14;
/// 0 below −745, infinity above 709.78; not-a-number stays one.
///
/// Splits `x = n ln 2 + r` with |r| ≤ ½ ln 2 and sums the Taylor series of `eʳ` to the 14th power.
package func portableExp(_ x: Double) -> Double {
  if x.isNaN { return x }
  if x > 709.782_712_893_384 { return .infinity }
  if x < -745.2 { return 0 }
  // Beside 1.5 · 2⁵² a double has no digits behind the point: to nearest, ties to even.
  let n = (x * 1.442_695_040_888_963_4 + 0x1.8p52) - 0x1.8p52
  // ln 2 in two parts, the first with trailing zeros so that n · high is exact.
  let r = (x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10
  var sum = 1.0
  for k in stride(from: 14, through: 1, by: -1) { sum = 1 + sum * r / Double(k) }
  // Two steps, so that a result below the normal range is rounded once and not lost.
  let half = Int(n) / 2
  return sum * Double(sign: .plus, exponent: half, significand: 1)
    * Double(sign: .plus, exponent: Int(n) - half, significand: 1)
}

/// The whole number that `x` is; nil when it has a fraction, or does not fit.
package func wholeNumber(_ x: Double) -> Int? {
  guard x >= -0x1p63 && x < 0x1p63 else { return nil }
  let whole = Int(x)
  return Double(whole) == x ? whole : nil
}

/// `x` rounded to a whole number, halves away from zero.
package func portableRound(_ x: Double) -> Double {
  // From 2⁵² on there are no fractions.
  guard x.magnitude < 0x1p52 else { return x }
  let whole = Double(Int(x.magnitude))
  let rounded = x.magnitude - whole < 0.5 ? whole : whole + 1
  return Double(signOf: x, magnitudeOf: rounded)
}
