// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func draw(
    logits: FloatView, vocabulary V: Int, temperature: Float, topP: Float, uniform: Float,
    scratch: FloatView
  ) -> Draw {
    precondition(V > 0 && temperature > 0 && topP > 0 && topP <= 1)
    precondition(uniform >= 0 && uniform < 1)
    let padded = paddedWidth(V)
    let z = Floats(logits, atLeast: V)
    let weights = Floats(scratch, atLeast: 2 * padded)
    let softmax = TemperedSoftmax(z, V: V, temperature: temperature, exponentials: weights)
    var mass = Double(softmax.sum)
    if topP < 1 {
      mass = cutToNucleus(weights, V: V, mass: Double(topP) * mass, kept: weights + padded)
    }
    let token = invert(weights, V: V, at: Double(uniform) * mass)
    return Draw(token: Int32(token), logProbability: softmax.logProbability(z[token]))
  }
}

/// The first token whose cumulative weight exceeds `mark`. The last token with any weight, should
/// rounding have put the mark past all of them.
private func invert(_ weights: Floats, V: Int, at mark: Double) -> Int {
  var cumulative = 0.0
  var last = 0
  for token in 0..<V where weights[token] > 0 {
    cumulative += Double(weights[token])
    if cumulative > mark { return token }
    last = token
  }
  return last
}

/// Sets the weights outside the nucleus to zero.
///
/// A heap instead of a sort: building it is linear, and a nucleus is mostly a few tokens.
///
/// - Parameters:
///   - mass: what the nucleus has to reach.
///   - kept: scratch space, `[V]`.
/// - Returns: the mass of the nucleus, summed from its largest weight down.
private func cutToNucleus(_ weights: Floats, V: Int, mass: Double, kept: Floats) -> Double {
  kept.zero(count: V)
  return withHeap(of: weights, V: V) { heap in
    var total = 0.0
    while let token = heap.removeFirst() {
      kept[token] = weights[token]
      total += Double(weights[token])
      if total >= mass { break }
    }
    weights.copy(from: kept, count: V)
    return total
  }
}

/// A heap of all tokens in temporary memory: tokens are integers, the kernel's scratch space is
/// floats, and a temporary buffer of this size costs tens of nanoseconds.
private func withHeap<Result>(
  of weights: Floats, V: Int, _ body: (inout TokenHeap) -> Result
) -> Result {
  unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: V) { tokens in
    for token in 0..<V { unsafe tokens[token] = Int32(truncatingIfNeeded: token) }
    var heap = unsafe TokenHeap(weights: weights, tokens: tokens)
    return body(&heap)
  }
}

/// Tokens, heaviest first; of equal weights the smaller token first.
@safe
private struct TokenHeap {
  private let weights: Floats
  private let tokens: UnsafeMutableBufferPointer<Int32>
  private var count: Int

  init(weights: Floats, tokens: UnsafeMutableBufferPointer<Int32>) {
    self.weights = weights
    unsafe self.tokens = tokens
    count = tokens.count
    for node in stride(from: count / 2 - 1, through: 0, by: -1) { sink(node) }
  }

  mutating func removeFirst() -> Int? {
    guard count > 0 else { return nil }
    let first = unsafe Int(tokens[0])
    count -= 1
    unsafe tokens[0] = tokens[count]
    sink(0)
    return first
  }

  private func precedes(_ a: Int32, _ b: Int32) -> Bool {
    let (x, y) = (weights[Int(a)], weights[Int(b)])
    return x > y || (x == y && a < b)
  }

  private func sink(_ start: Int) {
    var node = start
    while true {
      var child = 2 * node + 1
      guard child < count else { return }
      if unsafe child + 1 < count && precedes(tokens[child + 1], tokens[child]) { child += 1 }
      guard unsafe precedes(tokens[child], tokens[node]) else { return }
      unsafe tokens.swapAt(child, node)
      node = child
    }
  }
}
