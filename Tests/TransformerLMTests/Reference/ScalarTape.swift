import Foundation

/// The arithmetic that the reference model is written in: plain `Double` for central differences, or
/// ``Value`` for gradients.
protocol Scalar {
  init(constant: Double)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  var exponential: Self { get }
  var logarithm: Self { get }
  var root: Self { get }
}

extension Double: Scalar {
  init(constant: Double) { self = constant }
  var exponential: Double { exp(self) }
  var logarithm: Double { log(self) }
  var root: Double { squareRoot() }
}

/// A number that remembers how it was computed.
struct Value: Scalar {
  let number: Double
  /// Place on the tape; nil for a constant.
  let index: Int?
  let tape: ScalarTape?

  init(constant: Double) {
    number = constant
    index = nil
    tape = nil
  }

  fileprivate init(_ number: Double, index: Int, tape: ScalarTape) {
    self.number = number
    self.index = index
    self.tape = tape
  }

  static func + (a: Value, b: Value) -> Value { join(a.number + b.number, a, 1, b, 1) }
  static func - (a: Value, b: Value) -> Value { join(a.number - b.number, a, 1, b, -1) }
  static func * (a: Value, b: Value) -> Value {
    join(a.number * b.number, a, b.number, b, a.number)
  }
  static func / (a: Value, b: Value) -> Value {
    join(a.number / b.number, a, 1 / b.number, b, -a.number / (b.number * b.number))
  }
  var exponential: Value { Self.join(exp(number), self, exp(number), self, 0) }
  var logarithm: Value { Self.join(log(number), self, 1 / number, self, 0) }
  var root: Value {
    Self.join(number.squareRoot(), self, 0.5 / number.squareRoot(), self, 0)
  }

  private static func join(_ number: Double, _ a: Value, _ da: Double, _ b: Value, _ db: Double)
    -> Value
  {
    guard let tape = a.tape ?? b.tape else { return Value(constant: number) }
    return tape.record(number, a.index, da, b.index, db)
  }
}

/// Reverse-mode differentiation, scalar by scalar: each entry has at most two parents and the partial
/// derivatives towards them.
final class ScalarTape {
  private var entries: [(a: Int32, da: Double, b: Int32, db: Double)] = []

  func variable(_ number: Double) -> Value { record(number, nil, 0, nil, 0) }

  fileprivate func record(_ number: Double, _ a: Int?, _ da: Double, _ b: Int?, _ db: Double)
    -> Value
  {
    entries.append((Int32(a ?? -1), da, Int32(b ?? -1), db))
    return Value(number, index: entries.count - 1, tape: self)
  }

  /// Derivative of a value towards every entry up to it.
  func gradient(of output: Value) -> [Double] {
    var gradient = [Double](repeating: 0, count: entries.count)
    guard let last = output.index else { return gradient }
    gradient[last] = 1
    for index in (0...last).reversed() where gradient[index] != 0 {
      let entry = entries[index]
      if entry.a >= 0 { gradient[Int(entry.a)] += gradient[index] * entry.da }
      if entry.b >= 0 { gradient[Int(entry.b)] += gradient[index] * entry.db }
    }
    return gradient
  }
}
