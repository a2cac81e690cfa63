import PolicyTrainer
import Reproducibility
import ResultStatistics
import RunStore

/// Everything that one trial measured, stage after stage, and what is missing from it.
struct TrialSeries {
  struct Point: Hashable {
    var step: Int
    var value: Double
  }

  private var points: [String: [Point]] = [:]
  /// Why the trial has no end; nil when it is whole.
  private(set) var hole: Hole?
  /// The last step of every stage but the last.
  private(set) var stageEnds: [Int] = []

  init(_ trial: CompiledStudy.Trial, in results: ResultsFolder) throws {
    let items = [trial.compiled.baseEvaluation] + trial.compiled.stages.map(\.identity)
    for (index, identity) in items.enumerated() {
      let folder = results.item(identity)
      guard let done = try folder.done(.contents) else {
        hole = try Self.hole(folder, blocked: trial, in: results)
        return
      }
      for measurement in try folder.measurements() {
        points[measurement.metric, default: []].append(
          Point(step: measurement.step, value: measurement.value))
      }
      if index > 0, index < items.count - 1, let step = done.values["step"]?.int {
        stageEnds.append(step)
      }
    }
  }

  /// The points of a metric by step; empty when it was never measured.
  func points(of metric: String) -> [Point] { points[metric] ?? [] }

  /// The points of a metric as a figure draws them: evaluations as they are, what is measured at
  /// every step as means over ten steps, for single steps are mostly noise.
  func smoothed(_ metric: String, window: Int = 10) -> [Point] {
    let all = points(of: metric)
    guard all.count > 60 else { return all }
    return stride(from: 0, to: all.count, by: window).map { start in
      let part = all[start..<min(start + window, all.count)]
      return Point(
        step: part.last?.step ?? 0, value: part.reduce(0) { $0 + $1.value } / Double(part.count))
    }
  }

  /// The initial policy's score on a suite.
  func base(_ suite: String) -> Double? { points(of: suite).first { $0.step == 0 }?.value }

  private static func hole(
    _ folder: ItemFolder, blocked trial: CompiledStudy.Trial, in results: ResultsFolder
  ) throws -> Hole {
    if let failure = try folder.failure() {
      return Hole(failure.isDivergence ? .diverged : .failed, reason: failure.what)
    }
    // The item itself may never have been tried, because one that it reads failed.
    for order in trial.compiled.orders {
      if let failure = try results.item(order.identity).failure() {
        return Hole(
          failure.isDivergence ? .diverged : .failed, reason: "\(order.label): \(failure.what)")
      }
    }
    return Hole(.missing, reason: "not run yet")
  }
}
