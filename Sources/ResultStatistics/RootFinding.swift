/// `x^n` by repeated squaring.
func power(_ x: Double, _ n: Int) -> Double {
  precondition(n >= 0)
  var (result, square, exponent) = (1.0, x, n)
  while exponent > 0 {
    if exponent & 1 == 1 { result *= square }
    square *= square
    exponent >>= 1
  }
  return result
}

/// The point where a falling function meets `target`, by Newton's steps kept inside a shrinking
/// bracket; ends when the bracket cannot shrink or the step no longer moves the point.
///
/// - Parameters:
///   - bracket: `falling(bracket.lower) ≥ target ≥ falling(bracket.upper)`.
///   - slope: the derivative of `falling`, negative.
func solve(
  _ falling: (Double) -> Double, slope: (Double) -> Double, equals target: Double,
  in bracket: (lower: Double, upper: Double)
) -> Double {
  var (lower, upper) = bracket
  var point = (lower + upper) / 2
  for _ in 0..<200 {
    let excess = falling(point) - target
    if excess == 0 { return point }
    if excess > 0 { lower = point } else { upper = point }
    var next = point - excess / slope(point)
    if !(next > lower && next < upper) { next = (lower + upper) / 2 }
    if abs(next - point) <= point.ulp || next == lower || next == upper { return next }
    point = next
  }
  return point
}
