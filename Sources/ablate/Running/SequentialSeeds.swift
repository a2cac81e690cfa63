import Reporting
import RunStore
import StudyLanguage

/// The seeds that a study asks for which adds them until its claims are decided: a function of what its
/// results folder holds, so that a run that was killed, or another machine, goes on alike.
struct SequentialSeeds {
  private let allocation: SeedAllocation
  private let labels: [String]

  /// - Parameter measured: what the trials that the study asks for have measured, or all that it could ask for.
  /// - Returns: nil for a study whose seeds are fixed.
  init?(_ compiled: CompiledStudy, _ measured: MeasuredTrials) throws {
    let study = compiled.study
    guard let rule = study.seedRule else { return nil }
    let labels = study.arms.map(\.label)
    let claims = try study.claims.map {
      try ClaimReading($0, of: compiled).result(
        measured, seeds: study.seeds, labels: labels, isPostHoc: false)
    }
    allocation = SeedAllocation(claims, fewest: rule.fewest, most: rule.most)
    self.labels = labels
  }

  /// From the first seed on, for an arm of the study.
  func count(ofArm arm: Int) -> Int { allocation.seeds(ofArm: labels[arm]) }

  /// Of a claim of the study.
  func count(ofClaim claim: Int) -> Int { allocation.seedsOfClaims[claim] }
}

extension CompiledStudy {
  /// The study with those trials alone that its seeds' rule asks for by now; itself when its seeds are fixed.
  func asked(in results: ResultsFolder) throws -> CompiledStudy {
    guard study.seedRule != nil,
      let seeds = try SequentialSeeds(self, MeasuredTrials(self, in: results))
    else { return self }
    let places = Dictionary(
      uniqueKeysWithValues: study.seeds.enumerated().map { ($0.element, $0.offset) })
    let counts = study.arms.indices.map { seeds.count(ofArm: $0) }
    return try with(trials: trials.filter { places[$0.seed, default: 0] < counts[$0.arm] })
  }
}
