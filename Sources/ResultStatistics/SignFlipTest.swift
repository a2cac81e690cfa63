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
  ///   - draws: patterns that are sampled when there are too many to count; with 20,000 a p-value of 0.05 is known to
  ///     within 0.003 (two standard errors).
  ///   - seed: of the sampled patterns.
  package init(_ differences: [Double], draws: Int = 20_000, seed: Seed) {
    self.init(differences, signs: SignPatterns(pairs: differences.count, draws: draws, seed: seed))
  }

  /// - Parameter signs: for at least as many pairs. Many tests may share them.
  package init(_ differences: [Double], signs: SignPatterns) {
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
      precondition(n <= signs.pairs, "every pair needs a sign")
      let sums = SignedSums(differences)
      let extreme = (0..<signs.draws).count { abs(sums.sum(signs, draw: $0)) >= threshold }
      // The pattern that was seen counts too, so a sampled p-value is never 0.
      pValue = Double(extreme + 1) / Double(signs.draws + 1)
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

/// The sums of differences with signs dealt at random: those of every eight neighbours are looked up.
private struct SignedSums {
  /// For each eight differences the sum of each pattern of signs.
  private let table: [Double]
  private let groups: Int
  private static let size = 8
  private static let patterns = 1 << size

  init(_ differences: [Double]) {
    groups = (differences.count + Self.size - 1) / Self.size
    table = (0..<groups).flatMap { group in
      let start = group * Self.size
      let part = differences[start..<min(start + Self.size, differences.count)]
      return (0..<Self.patterns).map { pattern in
        part.enumerated().reduce(0.0) { sum, entry in
          sum + ((pattern >> entry.offset) & 1 == 1 ? -entry.element : entry.element)
        }
      }
    }
  }

  func sum(_ signs: SignPatterns, draw: Int) -> Double {
    var (sum, bits) = (0.0, UInt64(0))
    for group in 0..<groups {
      if group.isMultiple(of: 64 / Self.size) {
        bits = signs.word(group * Self.size / 64, of: draw)
      }
      sum += table[group * Self.patterns + Int(bits & UInt64(Self.patterns - 1))]
      bits >>= UInt64(Self.size)
    }
    return sum
  }
}

/// Patterns of signs, drawn once for all tests of a table.
package struct SignPatterns: Sendable {
  /// Signs of a pattern.
  package let pairs: Int
  package let draws: Int
  private let wordsPerDraw: Int
  /// A bit a sign; empty where all patterns are counted.
  private let words: [UInt64]

  package init(pairs: Int, draws: Int = 20_000, seed: Seed) {
    self.pairs = pairs
    self.draws = draws
    wordsPerDraw = (pairs + 63) / 64
    guard pairs > SignFlipTest.enumerated else {
      words = []
      return
    }
    var random = RandomStream(seed.derive("sign-flip"))
    words = (0..<draws * wordsPerDraw).map { _ in random.next() }
  }

  fileprivate func word(_ place: Int, of draw: Int) -> UInt64 { words[draw * wordsPerDraw + place] }
}
