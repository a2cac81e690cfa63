internal import Reproducibility

/// Uniform draws from `0..<bound`, several from one 64-bit word: the high half of `word × bound` is
/// a draw, the low half is what is left of the word for the next one. Without bias.
///
/// - Source: Brackett-Rozinsky & Lemire 2024, "Batched ranged random integer generation",
///   arXiv:2408.06213.
struct BatchedIndices: Sendable {
  private let bound: UInt64
  /// Draws from one word.
  private let batch: Int

  init(bound: Int) {
    precondition(bound > 0, "there must be something to draw from")
    self.bound = UInt64(bound)
    var (batch, product) = (1, UInt64(bound))
    // Up to 2⁵⁸, so that fewer than one word in 64 is thrown away.
    while batch < 32 {
      let (next, overflow) = product.multipliedReportingOverflow(by: self.bound)
      if overflow || next > 1 << 58 { break }
      product = next
      batch += 1
    }
    self.batch = batch
  }

  /// Hands as many draws to `take`.
  @inline(__always)
  func draw(_ count: Int, from random: inout RandomStream, take: (Int) -> Void) {
    var rest = count
    while rest > 0 {
      let size = min(rest, batch)
      var left = acceptedWord(size, from: &random)
      for _ in 0..<size {
        let product = left.multipliedFullWidth(by: bound)
        take(Int(truncatingIfNeeded: product.high))
        left = product.low
      }
      rest -= size
    }
  }

  /// A word whose draws are all equally likely: what they leave of it, `word · boundˢⁱᶻᵉ mod 2⁶⁴`, is
  /// at least `2⁶⁴ mod boundˢⁱᶻᵉ`.
  @inline(__always)
  private func acceptedWord(_ size: Int, from random: inout RandomStream) -> UInt64 {
    var product = bound
    for _ in 1..<size { product &*= bound }
    while true {
      let word = random.next()
      let left = word &* product
      if left >= product || left >= (0 &- product) % product { return word }
    }
  }
}
