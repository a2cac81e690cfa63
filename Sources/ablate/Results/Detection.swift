import Diagnostics
import PolicyTrainer
import Reporting
import ResultStatistics
import RunStore
import StudyLanguage

/// What a study can decide: for each claim, or where there is none for each comparison with the baseline, how
/// many seeds a paired test needs to see a difference of a given size.
///
/// The spread of the differences is taken from the trials of the study that are done: its own pilot.
struct Detection {
  struct Row {
    /// The claim's sentence, or what is compared.
    var says: String
    /// Seeds for which all that is compared was measured.
    var pilot: Int
    /// Standard deviation of the difference from seed to seed, in the measure's unit; nil under two seeds.
    var deviation: Double?
    /// nil where the deviation is not known, or more than ``PairedPower`` counts are needed.
    var needed: Int?
    /// Probability of seeing it with the study's own seeds.
    var power: Double?
  }

  /// In the unit of the measures.
  let effect: Double
  let seeds: Int
  let rows: [Row]

  /// Probability with which a difference of that size is to be seen.
  static let power = 0.8
  /// Seeds of a pilot under which a deviation says little.
  static let fewest = 3

  /// - Parameter effect: above 0.
  init(_ compiled: CompiledStudy, in results: ResultsFolder, effect: Double) throws {
    self.effect = effect
    let study = compiled.study
    seeds = study.seeds.count
    let values = try MeasuredTrials(compiled, in: results)
    if study.claims.isEmpty {
      let measures = try study.measures.map { try MeasureReading($0, of: compiled) }
      rows = measures.flatMap { measure in
        study.arms.indices.filter { $0 != study.baseline }.map { arm in
          let differences = study.seeds.compactMap { seed -> Double? in
            guard let mine = values.observation(measure, arm: arm, seed: seed).value,
              let base = values.observation(measure, arm: study.baseline, seed: seed).value
            else { return nil }
            return mine - base
          }
          return Self.row(
            "\(measure.measure.name): \(study.arms[arm].label) against \(study.arms[study.baseline].label)",
            differences, effect, seeds: study.seeds.count)
        }
      }
      return
    }
    let labels = study.arms.map(\.label)
    rows = try study.claims.flatMap { claim in
      let result = try ClaimReading(claim, of: compiled).result(
        values, seeds: study.seeds, labels: labels, isPostHoc: false)
      let level = partLevel(confidence: claim.confidence, parts: result.parts.count)
      return result.parts.map { part in
        Self.row(
          result.parts.count > 1 ? "\(claim.says) (\(part.text))" : claim.says,
          part.values.compactMap(\.value),
          // The interval must lie beyond the margin, so that much of the difference is spent.
          max(effect - claim.margin, 0), errorRate: 1 - level, seeds: study.seeds.count)
      }
    }
  }

  private static func row(
    _ says: String, _ differences: [Double], _ effect: Double, errorRate: Double = 0.05, seeds: Int
  ) -> Row {
    var row = Row(says: says, pilot: differences.count)
    guard let deviation = standardDeviation(differences) else { return row }
    row.deviation = deviation
    // Without any spread two seeds show everything.
    guard deviation > 0 else {
      row.needed = 2
      row.power = seeds > 1 ? 1 : nil
      return row
    }
    let test = PairedPower(deviation: deviation, errorRate: errorRate)
    row.needed = test.pairs(for: effect, power: power)
    row.power = seeds > 1 ? test.power(difference: effect, pairs: seeds) : nil
    return row
  }
}
