/// One contrast of marginal means.
package struct FactorialEffect: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// Mean of all arms at this level minus that at the factor's level 0.
    case main(factor: Int, level: Int)
    /// By how much the effect of one factor's level differs between the other's level and its
    /// level 0: a difference of differences, not halved.
    case interaction(factor: Int, level: Int, otherFactor: Int, otherLevel: Int)
  }

  package let kind: Kind
  /// The contrast within each seed, in the measure's unit.
  package let perSeed: [Double]
  /// Mean over seeds.
  package let mean: Double
  /// Student's t over the seeds' contrasts; none under two seeds or without spread.
  package let interval: Interval?
  /// Two-sided, of the t test; none as the interval.
  package let pValue: Double?
}

/// Main effects and two-way interactions of a full factorial design: every combination of levels is
/// an arm, every arm has the same seeds.
///
/// All arms take part in every effect, so each is known as well as if all seeds had been spent on it
/// alone. Contrasts are taken within a seed and then averaged, so what the seed does to all arms
/// cancels, and nothing is assumed about how noise differs between arms. Level 0 of a factor is what
/// its other levels are compared with. A main effect averages over the other factors: where an
/// interaction is not small, it is true of no single arm.
///
/// - Source: Box, Hunter & Hunter 2005, Statistics for Experimenters, chapter 5; Montgomery 2017,
///   Design and Analysis of Experiments, chapter 5.
package struct FactorialEffects: Sendable, Hashable {
  /// By factor and level.
  package let main: [FactorialEffect]
  /// By pair of factors in rising order, and levels.
  package let interactions: [FactorialEffect]

  /// - Parameters:
  ///   - levels: per factor how many levels it has, 2 or more.
  ///   - cells: every combination once, in any order.
  package init(
    levels: [Int], cells: [FactorialCell], level confidence: Double = 0.95
  ) throws(FactorialRefusal) {
    let table = try FactorialTable(levels: levels, cells: cells)
    var (main, interactions) = ([FactorialEffect](), [FactorialEffect]())
    for factor in levels.indices {
      for level in 1..<levels[factor] {
        let values = table.seeds.map { seed in
          table.mean(seed, [factor: level]) - table.mean(seed, [factor: 0])
        }
        main.append(
          FactorialEffect(.main(factor: factor, level: level), values, level: confidence))
      }
    }
    for factor in levels.indices {
      for other in levels.indices where other > factor {
        for level in 1..<levels[factor] {
          for otherLevel in 1..<levels[other] {
            let values = table.seeds.map { seed in
              (table.mean(seed, [factor: level, other: otherLevel])
                - table.mean(seed, [factor: 0, other: otherLevel]))
                - (table.mean(seed, [factor: level, other: 0])
                  - table.mean(seed, [factor: 0, other: 0]))
            }
            interactions.append(
              FactorialEffect(
                .interaction(
                  factor: factor, level: level, otherFactor: other, otherLevel: otherLevel), values,
                level: confidence))
          }
        }
      }
    }
    self.main = main
    self.interactions = interactions
  }
}

extension FactorialEffect {
  fileprivate init(_ kind: Kind, _ perSeed: [Double], level: Double) {
    self.kind = kind
    self.perSeed = perSeed
    mean = perSeed.reduce(0, +) / Double(perSeed.count)
    interval = studentTInterval(perSeed, level: level)
    let deviation = standardDeviation(perSeed) ?? 0
    pValue =
      deviation > 0
      ? StudentT(degreesOfFreedom: perSeed.count - 1)
        .twoSidedPValue(mean / (deviation / Double(perSeed.count).squareRoot())) : nil
  }
}
