/// A regular fraction of a factorial of two levels: of k axes, k − p are walked through in full and each of the
/// other p is the product of some of them, so that 2^(k−p) runs stand for 2^k.
///
/// Effects are sets of axes, written as bits: bit i is axis i, bits i and j together their interaction. The
/// products that are constant over all runs are the *defining words*; two effects whose product is such a
/// word cannot be told apart: they are *aliases*. The length of the shortest word is the *resolution*.
///
/// - Source: Box and Hunter 1961, "The 2^(k−p) fractional factorial designs", Technometrics 3; minimum
///   aberration: Fries and Hunter 1980, Technometrics 22.
package struct FractionalFactorial: Sendable, Hashable {
  /// k.
  package let axes: Int
  /// For each of the last p axes the basic axes whose product it is.
  let generators: [Int]

  /// Axes that a fraction may have: the search for generators looks at every choice, which takes less than
  /// a tenth of a second up to here.
  package static let mostAxes = 10
  /// Largest p.
  package static let mostHalvings = 5

  /// The design of this size with the highest resolution, and among these of least aberration: fewest words of
  /// the shortest length, then of the next, …; among equals the first in the order of generators.
  ///
  /// - Parameters:
  ///   - axes: k, 1…``mostAxes``.
  ///   - halvings: p, 0…``mostHalvings``: the fraction is 1/2^p. At least one axis stays basic, and there
  ///     must be a product for each of the others.
  /// - Returns: nil when there is no such design.
  package init?(axes: Int, halvings: Int) {
    let basic = axes - halvings
    guard (1...Self.mostAxes).contains(axes), (0...Self.mostHalvings).contains(halvings),
      basic >= 1 || halvings == 0
    else { return nil }
    // Products of two or more basic axes, long ones first: they make long words.
    let products = (1..<max(2, 1 << basic)).filter { $0.nonzeroBitCount > 1 }.sorted {
      ($1.nonzeroBitCount, $0) < ($0.nonzeroBitCount, $1)
    }
    guard products.count >= halvings else { return nil }
    var best: (pattern: [Int], generators: [Int])?
    func search(from start: Int, _ chosen: [Int]) {
      if chosen.count == halvings {
        let pattern = Self.wordLengths(axes: axes, generators: chosen)
        if best.map({ pattern.lexicographicallyPrecedes($0.pattern) }) ?? true {
          best = (pattern, chosen)
        }
        return
      }
      for place in start..<max(start, products.count - (halvings - chosen.count) + 1) {
        search(from: place + 1, chosen + [products[place]])
      }
    }
    search(from: 0, [])
    guard let best else { return nil }
    self.axes = axes
    generators = best.generators
  }

  package var halvings: Int { generators.count }
  private var basic: Int { axes - halvings }
  package var runCount: Int { 1 << basic }

  /// The variant, 0 or 1, of each axis in each run. The last basic axis changes fastest; the first run has the first
  /// variant of every basic axis.
  package var runs: [[Int]] {
    (0..<runCount).map { run in
      let levels = (0..<basic).map { (run >> (basic - 1 - $0)) & 1 }
      let derived = generators.map { generator in
        // The product of signs: an even number of first variants among them, as seen from their number.
        let product = levels.indices.filter { generator >> $0 & 1 == 1 }
        let ones = product.reduce(0) { $0 + levels[$1] }
        return (ones + product.count + 1) & 1
      }
      return levels + derived
    }
  }

  /// Every defining word but the empty one.
  package var words: [Int] { Self.words(basic: basic, generators: generators) }

  /// Length of the shortest word; nil of the full factorial, which confounds nothing.
  package var resolution: Int? { words.map(\.nonzeroBitCount).min() }

  /// The effects of at most so many axes that cannot be told from one, itself left out, short ones first.
  package func aliases(of effect: Int, upTo order: Int) -> [Int] {
    words.map { $0 ^ effect }.filter { $0 != 0 && $0.nonzeroBitCount <= order }.sorted {
      ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
    }
  }

  private static func words(basic: Int, generators: [Int]) -> [Int] {
    let single = generators.enumerated().map { $1 | 1 << (basic + $0) }
    return (1..<(1 << single.count)).map { subset in
      single.indices.reduce(0) { subset >> $1 & 1 == 1 ? $0 ^ single[$1] : $0 }
    }
  }

  /// How many words have each length, from 1 on.
  private static func wordLengths(axes: Int, generators: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: axes + 1)
    for word in words(basic: axes - generators.count, generators: generators) {
      counts[word.nonzeroBitCount] += 1
    }
    return Array(counts.dropFirst())
  }
}
