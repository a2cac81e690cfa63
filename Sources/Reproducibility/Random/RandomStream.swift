/// A sequence of random numbers keyed by a seed. Copying it copies its place.
package struct RandomStream: RandomNumberGenerator, Sendable {
  private let seed: Seed
  private var index: UInt64 = 0
  private var spare: UInt64?

  package init(_ seed: Seed) { self.seed = seed }

  package mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let block = Philox.block(counter: seed.counter(index, of: .stream), key: seed.words)
    index += 1
    spare = UInt64(block.z) << 32 | UInt64(block.w)
    return UInt64(block.x) << 32 | UInt64(block.y)
  }

  /// Uniform on [0, 1), 53 bits.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True with that probability.
  package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Uniform over the whole numbers of a range, without bias (Lemire 2019, arXiv:1805.10941).
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    let width = UInt64(bitPattern: Int64(range.upperBound - range.lowerBound)) &+ 1
    if width == 0 { return Int(bitPattern: UInt(next())) }
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let threshold = (0 &- width) % width
      while product.low < threshold { product = next().multipliedFullWidth(by: width) }
    }
    return range.lowerBound + Int(product.high)
  }

  /// One element, each as likely. The list must not be empty.
  package mutating func element<T>(of list: [T]) -> T {
    precondition(!list.isEmpty)
    return list[integer(in: 0...list.count - 1)]
  }

  /// An index with probability proportional to its weight. Weights are ≥ 0 with a positive sum.
  package mutating func pick(weights: [Double]) -> Int {
    let total = weights.reduce(0, +)
    precondition(total > 0 && total.isFinite, "weights must have a positive, finite sum")
    var rest = uniform() * total
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// Fisher–Yates, from the end.
  package mutating func shuffle<T>(_ list: inout [T]) {
    guard list.count > 1 else { return }
    for last in stride(from: list.count - 1, to: 0, by: -1) {
      list.swapAt(last, integer(in: 0...last))
    }
  }

  package mutating func shuffled<T>(_ list: [T]) -> [T] {
    var copy = list
    shuffle(&copy)
    return copy
  }

  /// Standard normal by Marsaglia's polar method, over the logarithm below, so no system library's
  /// rounding reaches a weight.
  package mutating func normal() -> Double {
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      if s < 1 && s > 0 { return u * (-2 * portableLog(s) / s).squareRoot() }
    }
  }
}
