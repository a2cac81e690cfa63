import Reproducibility
import ResultStatistics
import RunScheduler
import RunStore

/// What the trials of a study measured, by arm and seed.
struct MeasuredTrials {
  /// As the study plans them.
  let series: [TrialSeries]
  private let trials: [CompiledStudy.Trial]
  private var places: [Place: Int] = [:]

  private struct Place: Hashable {
    var arm: Int
    var seed: Int
  }

  init(_ compiled: CompiledStudy, in results: ResultsFolder) throws {
    let items = try Self.items(of: compiled, in: results)
    trials = compiled.trials
    series = compiled.trials.map {
      TrialSeries($0, items, countsByStage: compiled.study.isOfCommands)
    }
    for (index, trial) in compiled.trials.enumerated() {
      places[Place(arm: trial.arm, seed: trial.seed)] = index
    }
  }

  /// What the store says of the items that ``TrialSeries`` reads.
  static func items(
    of compiled: CompiledStudy, in results: ResultsFolder
  ) throws -> [Digest: StoredItem] {
    var items = try results.items(compiled.reported)
    if compiled.reported.contains(where: { items[$0]?.result == nil }) {
      // Why a trial has no end may lie in what it builds on.
      items.merge(try results.items(compiled.graph.identities)) { first, _ in first }
    }
    return items
  }

  /// nil where the study asks for no such trial.
  func trial(arm: Int, seed: Int) -> (trial: CompiledStudy.Trial, series: TrialSeries)? {
    places[Place(arm: arm, seed: seed)].map { (trials[$0], series[$0]) }
  }

  func observation(_ measure: MeasureReading, arm: Int, seed: Int) -> Observation {
    trial(arm: arm, seed: seed).map { measure.observe($0.series) } ?? .hole(Hole(.unplanned))
  }
}
