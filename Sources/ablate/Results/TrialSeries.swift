import PolicyTrainer
import Reporting
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
  /// Those that are done, in their order.
  private(set) var stages: [Stage] = []
  /// Correct attempts problem by problem, as the stages counted them.
  private(set) var evaluations: [EvaluationCount] = []

  /// A finished stage.
  struct Stage: Hashable {
    /// Updates since the start of the trial.
    var end: Int
    /// What the attempt that finished it took.
    var seconds: Double
    /// Digest of the policy that it left.
    var policy: String
    /// The settings that its command said it read; nil of one that says nothing of the kind.
    var read: [String]?
  }

  /// - Parameters:
  ///   - items: what the store says of the items that it reads.
  ///   - countsByStage: whether each stage begins to count its steps anew, as commands do.
  init(
    _ trial: CompiledStudy.Trial, _ items: [Digest: StoredItem], countsByStage: Bool = false
  ) {
    var start = 0
    for identity in trial.compiled.measured {
      guard let item = items[identity]?.result else {
        hole = Self.hole(items[identity], trial, items)
        return
      }
      for measurement in item.measurements {
        points[measurement.metric, default: []].append(
          Point(step: start + measurement.step, value: measurement.value))
      }
      evaluations += item.evaluations
      if identity == trial.compiled.baseEvaluation { continue }
      let end = start + (item.values["step"]?.int ?? 0)
      if countsByStage { start = end }
      stages.append(
        Stage(
          end: end, seconds: item.seconds ?? 0,
          policy: item.values["policy"]?.string ?? "",
          read: item.values["read"]?.array?.compactMap(\.string)))
    }
  }

  /// The last step of every stage but the last.
  var stageEnds: [Int] { (hole == nil ? stages.dropLast() : stages[...]).map(\.end) }

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

  /// How often each problem of a suite was solved at the end; nil before there is an end.
  func lastCounts(of suite: String) -> SuiteCounts.Counts? {
    guard hole == nil, let last = evaluations.last(where: { $0.suite == suite }) else { return nil }
    return .init(attempts: last.attempts, correct: last.correct)
  }

  /// What stands behind the numbers.
  func details(of trial: CompiledStudy.Trial) -> TrialDetails {
    TrialDetails(
      stages: zip(trial.compiled.stages, stages).map { part, stage in
        .init(
          name: part.name, item: part.identity.hex, step: stage.end, seconds: stage.seconds,
          policy: stage.policy)
      }, spent: spent)
  }

  /// What had been spent by each evaluation. Within a stage seconds are taken to pass evenly, for no clock is
  /// read while it trains.
  private var spent: [TrialDetails.Spent] {
    let tokens = points(of: "generated_tokens")
    var place = 0
    var found: [TrialDetails.Spent] = []
    for step in Set(evaluations.map(\.step)).sorted() where step > 0 {
      while place < tokens.count, tokens[place].step <= step { place += 1 }
      guard place > 0 else { continue }
      var (seconds, start) = (0.0, 0)
      for stage in stages where stage.end > start {
        let share = Double(min(step, stage.end) - start) / Double(stage.end - start)
        seconds += stage.seconds * max(0, share)
        start = stage.end
      }
      found.append(.init(step: step, tokens: tokens[place - 1].value, seconds: seconds))
    }
    return found
  }

  /// The initial policy's score on a suite.
  func base(_ suite: String) -> Double? { points(of: suite).first { $0.step == 0 }?.value }

  private static func hole(
    _ item: StoredItem?, _ trial: CompiledStudy.Trial, _ items: [Digest: StoredItem]
  ) -> Hole {
    if let failure = item?.failure {
      return Hole(failure.isDivergence ? .diverged : .failed, reason: failure.what)
    }
    // The item itself may never have been tried, because one that it reads failed.
    for order in trial.compiled.orders {
      if let failure = items[order.identity]?.failure {
        return Hole(
          failure.isDivergence ? .diverged : .failed, reason: "\(order.label): \(failure.what)")
      }
    }
    return Hole(.missing, reason: "not run yet")
  }
}
