/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
struct NiceTicks: Equatable {
  let values: [Double]
  /// Decimals that tell neighbours apart.
  let digits: Int

  var lower: Double { values[0] }
  var upper: Double { values[values.count - 1] }

  /// The ticks that enclose `range`, about `count` of them; a range without width is widened first.
  init(enclosing range: ClosedRange<Double>, count: Int = 5) {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    if upper - lower <= 1e-9 * max(abs(lower), abs(upper)) {
      let room = lower == 0 ? 1 : abs(lower) * 0.1
      (lower, upper) = (lower - room, upper + room)
    }
    let step = Self.step(for: (upper - lower) / Double(count))
    let first = (lower / step.size + 1e-9).rounded(.down)
    let last = (upper / step.size - 1e-9).rounded(.up)
    values = Self.multiples(of: step, from: first, through: last)
    digits = step.digits
  }

  /// The ticks inside `range`; at least one.
  init(inside range: ClosedRange<Double>, count: Int = 6) {
    let width = range.upperBound - range.lowerBound
    guard width > 0 else {
      values = [range.lowerBound]
      digits = 0
      return
    }
    let step = Self.step(for: width / Double(count))
    let first = (range.lowerBound / step.size - 1e-9).rounded(.up)
    let last = (range.upperBound / step.size + 1e-9).rounded(.down)
    values =
      first <= last ? Self.multiples(of: step, from: first, through: last) : [range.lowerBound]
    digits = step.digits
  }

  private struct Step {
    let size: Double
    let digits: Int
  }

  private static func multiples(of step: Step, from first: Double, through last: Double)
    -> [Double]
  {
    stride(from: first, through: last, by: 1).map { $0 == 0 ? 0 : $0 * step.size }
  }

  /// The smallest round step that is no smaller than `wish`.
  private static func step(for wish: Double) -> Step {
    // The power of ten by repeated products, not by a logarithm whose last bit may differ.
    var (power, exponent) = (1.0, 0)
    while power * 10 <= wish, exponent < 300 {
      power *= 10
      exponent += 1
    }
    while power > wish, exponent > -300 {
      power /= 10
      exponent -= 1
    }
    let factor = [1.0, 2, 5].first { $0 * power >= wish * (1 - 1e-9) } ?? 10
    let decimals = factor == 10 ? -exponent - 1 : -exponent
    return Step(size: factor * power, digits: max(0, decimals))
  }
}
