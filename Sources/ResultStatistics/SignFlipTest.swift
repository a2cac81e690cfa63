package import Reproducibility

/// Could these paired differences have come up with their signs dealt at random?
///
/// Without an effect, and when an arm and its baseline could be exchanged within a seed, every
/// pattern of signs is as likely as the one seen. The p-value is the share of patterns whose mean
/// is at least as far from zero. It assumes no distribution, but with `n` seeds it can never fall
/// below `2/2ⁿ`: five seeds cannot reach 0.05, which is why verdicts rest on the t test by default
/// and this stands beside it.
///
/// - Source: Fisher 1935, The Design of Experiments, section 21.
package struct SignFlipTest: Sendable, Hashable {
  /// Up to this many differences all `2ⁿ` patterns are counted.
  package static let enumerated = 16

  /// Two-sided.
  package let pValue: Double
  /// Whether all patterns were counted; otherwise a sample of them was.
  package let isExact: Bool

  /// - Parameters:
  ///   - differences: at least one, paired by seed.
  ///   - draws: patterns that are sampled when there are too many to count.
  ///   - seed: of the sampled patterns.
  package init(_ differences: [Double], draws: Int = 100_000, seed: Seed) {
    precondition(!differences.isEmpty, "a sign-flip test needs a difference")
    let n = differences.count
    // Sums that are equal on paper differ by rounding; they must count as ties.
    let slack = 1e-12 * differences.reduce(0) { $0 + abs($1) }
    let threshold = abs(differences.reduce(0, +)) - slack
    isExact = n <= Self.enumerated
    if isExact {
      // Flipping every sign keeps the distance, so the first sign may stay.
      let patterns = 1 << (n - 1)
      let extreme = (0..<patterns).count { abs(Self.sum(differences, flipping: $0)) >= threshold }
      pValue = Double(extreme) / Double(patterns)
    } else {
      var random = RandomStream(seed.derive("sign-flip"))
      var extreme = 0
      for _ in 0..<draws {
        var (sum, bits) = (0.0, UInt64(0))
        for (index, difference) in differences.enumerated() {
          if index.isMultiple(of: 64) { bits = random.next() }
          sum += bits & 1 == 1 ? -difference : difference
          bits >>= 1
        }
        if abs(sum) >= threshold { extreme += 1 }
      }
      // The pattern that was seen counts too, so a sampled p-value is never 0.
      pValue = Double(extreme + 1) / Double(draws + 1)
    }
  }

  /// The smallest p-value that all patterns of so many differences can give: `2/2ⁿ`.
  package static func smallestPValue(pairs: Int) -> Double {
    precondition(pairs > 0)
    return 2 * Double(sign: .plus, exponent: -pairs, significand: 1)
  }

  /// The sum with the signs of `pattern`'s set bits flipped; in index order, as the observed sum.
  private static func sum(_ differences: [Double], flipping pattern: Int) -> Double {
    var sum = 0.0
    for (index, difference) in differences.enumerated() {
      sum += (pattern >> index) & 1 == 1 ? -difference : difference
    }
    return sum
  }
}
