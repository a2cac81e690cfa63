package import Reproducibility

/// How often an arm that is compared with itself is called better or worse: its seeds are dealt at random to two
/// labels, paired at random, and judged as a table would be. Whatever is decided is false.
///
/// The deals share their seeds, so this is the rate over deals of these very values, as in a permutation test, and
/// not that of a new study. The pairs have no luck in common, as those of a real table have.
package struct FalseVerdicts: Sendable, Hashable {
  /// Deals that were judged.
  package let deals: Int
  /// Of each measure, deals in which it was decided after Holm's adjustment over all measures.
  package let ofMeasures: [Int]
  /// Deals in which anything was decided.
  package let any: Int

  package var rate: Double { Double(any) / Double(deals) }

  /// What the rate may exceed `1 - level` by for the luck of the deals alone: three standard errors.
  package func isAbove(level: Double) -> Bool {
    let promised = 1 - level
    return rate > promised + 3 * (promised * (1 - promised) / Double(deals)).squareRoot()
  }

  /// - Parameters:
  ///   - values: of each measure one per seed, in the same order of seeds.
  ///   - seed: of the deals.
  /// - Returns: nil under four seeds: two pairs are the least that can be judged.
  package init?(_ values: [[Double]], deals: Int = 2000, level: Double = 0.95, seed: Seed) {
    precondition(deals > 0 && level > 0 && level < 1)
    let count = values.first?.count ?? 0
    precondition(values.allSatisfy { $0.count == count }, "every measure has the same seeds")
    let pairs = count / 2
    guard pairs > 1 else { return nil }
    var random = RandomStream(seed.derive("false-verdicts"))
    var ofMeasures = [Int](repeating: 0, count: values.count)
    var any = 0
    for _ in 0..<deals {
      let dealt = random.shuffled(Array(0..<count))
      let pValues = values.map { column in
        pairedTPValue((0..<pairs).map { column[dealt[2 * $0]] - column[dealt[2 * $0 + 1]] })
      }
      let decided = holmAdjusted(pValues).map { ($0 ?? 1) <= 1 - level + 1e-12 }
      for (place, isDecided) in decided.enumerated() where isDecided { ofMeasures[place] += 1 }
      if decided.contains(true) { any += 1 }
    }
    self.deals = deals
    self.ofMeasures = ofMeasures
    self.any = any
  }
}
