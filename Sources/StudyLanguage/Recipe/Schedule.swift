import Reproducibility

/// A number that moves with the step. Its bits are the same on every machine: nothing but IEEE basic
/// operations and the portable functions made of them.
package struct Schedule: Sendable, Hashable {
  package enum Shape: Sendable, Hashable {
    case constant(Double)
    /// In a straight line from the first value to the last.
    case linear(from: Double, to: Double, over: Int?)
    /// Along half a cosine: flat at both ends. Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5.
    case cosine(from: Double, to: Double, over: Int?)
    /// By the same factor every step.
    case exponential(from: Double, to: Double, over: Int?)
    /// The i-th value from the i-th boundary on; one more value than boundaries.
    case step(values: [Double], at: [Int])
  }

  package let shape: Shape
  /// Over the first so many steps the value rises in a line to its start: step s has the share
  /// (s + 1) / warmUp of it, so that no step is wasted on zero. The shape begins afterwards.
  package let warmUp: Int

  package init(_ shape: Shape, warmUp: Int = 0) {
    self.shape = shape
    self.warmUp = warmUp
  }

  package static func constant(_ value: Double) -> Schedule { Schedule(.constant(value)) }

  /// The number, when it is the same at every step.
  package var constant: Double? {
    if case .constant(let value) = shape, warmUp == 0 { value } else { nil }
  }

  /// The value at a step.
  ///
  /// - Parameters:
  ///   - step: from 0.
  ///   - total: how many steps there are; a shape without `over` reaches its last value there.
  package func value(step: Int, of total: Int) -> Double {
    if step < warmUp {
      return shaped(0, of: max(1, total - warmUp)) * (Double(step + 1) / Double(warmUp))
    }
    return shaped(step - warmUp, of: max(1, total - warmUp))
  }

  private func shaped(_ step: Int, of total: Int) -> Double {
    /// Share of the way, in 0…1.
    func progress(_ over: Int?) -> Double { min(1, Double(step) / Double(over ?? total)) }
    switch shape {
    case .constant(let value):
      return value
    case .linear(let from, let to, let over):
      return blend(from, to, progress(over))
    case .cosine(let from, let to, let over):
      return blend(from, to, 0.5 * (1 - cosineOfHalfTurns(progress(over))))
    case .exponential(let from, let to, let over):
      let share = progress(over)
      if share == 0 { return from }
      if share == 1 { return to }
      return from * portableExp(share * portableLog(to / from))
    case .step(let values, let boundaries):
      return values[boundaries.count { $0 <= step }]
    }
  }
}

/// Exactly `a` at 0 and exactly `b` at 1.
private func blend(_ a: Double, _ b: Double, _ share: Double) -> Double {
  switch share {
  case 0: a
  case 1: b
  default: a + (b - a) * share
  }
}

/// cos(π x) for x in 0…1, from IEEE basic operations only; absolute error below 1e-15.
///
/// The Taylor series on 0…½, mirrored for the rest.
func cosineOfHalfTurns(_ x: Double) -> Double {
  precondition((0...1).contains(x))
  if x > 0.5 { return -cosineOfHalfTurns(1 - x) }
  let angle = x * .pi
  let square = angle * angle
  // cos a = 1 − a²/(1·2) (1 − a²/(3·4) (1 − …)), innermost term first; (π/2)²⁴/24! < 1e-18.
  var sum = 1.0
  for k in stride(from: 24, through: 2, by: -2) {
    sum = 1 - sum * square / Double((k - 1) * k)
  }
  return sum
}
