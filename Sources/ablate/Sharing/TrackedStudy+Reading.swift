import PolicyTrainer
import Reproducibility
import ResultStatistics
import RunStore
import StudyLanguage
import TrackingFormats

extension TrackedStudy {
  /// What the finished items of a study's trials measured. Of a trial that has no end, those before its hole.
  ///
  /// - Parameter hasTimes: whether the seconds that items took go with them. They differ from run to run.
  /// - Throws: ``StoreFault/damaged(path:reason:)`` for a result that is not what it was.
  init(_ compiled: CompiledStudy, in results: ResultsFolder, hasTimes: Bool) throws {
    let study = compiled.study
    let items = try MeasuredTrials.items(of: compiled, in: results)
    let settings = ArmSettings(study)
    self.init(
      name: study.name, question: study.question, axes: study.axes.map(\.name),
      settings: settings.paths,
      trials: compiled.trials.map { trial in
        let arm = study.arms[trial.arm]
        return TrackedTrial(
          TrialSeries(trial, items, countsByStage: study.isOfCommands), of: trial, items,
          arm: arm.label, countsByStage: study.isOfCommands,
          variants: study.axes.map { axis in
            arm.variants.first { $0.axis == axis.name }?.variant
          }, settings: settings.values(ofArm: trial.arm), hasTimes: hasTimes)
      })
  }
}

extension TrackedTrial {
  fileprivate init(
    _ series: TrialSeries, of trial: CompiledStudy.Trial, _ items: [Digest: StoredItem],
    arm: String, countsByStage: Bool, variants: [String?], settings: [String?], hasTimes: Bool
  ) {
    let base = trial.compiled.baseEvaluation.map { (role: StudyNote.baseRole, identity: $0) }
    let stages = trial.compiled.stages.map { (role: $0.name, identity: $0.identity) }
    var parts: [TrackedPart] = []
    if let base, let result = items[base.identity]?.result {
      parts.append(TrackedPart(result, role: base.role, steps: 0...0, seconds: 0))
    }
    var start = 0
    for (stage, done) in zip(stages, series.stages) {
      guard let result = items[stage.identity]?.result else { break }
      parts.append(
        TrackedPart(
          result, role: stage.role, steps: start...max(start, done.end),
          seconds: hasTimes ? done.seconds : 0, after: countsByStage ? start : 0))
      start = max(start, done.end)
    }
    self.init(
      arm: arm, seed: trial.seed, variants: variants, settings: settings,
      items: ((base.map { [$0] } ?? []) + stages).map {
        Item(role: $0.role, identity: $0.identity.hex)
      },
      state: State(series.hole), reason: series.hole?.reason ?? "", parts: parts)
  }
}

extension TrackedTrial.State {
  fileprivate init(_ hole: Hole?) {
    switch hole?.kind {
    case nil: self = .finished
    case .failed: self = .failed
    case .diverged: self = .diverged
    case .missing, .censored, .unplanned: self = .unfinished
    }
  }
}

extension TrackedPart {
  /// - Parameter before: steps of the trial that its own do not count.
  fileprivate init(
    _ result: StoredResult, role: String, steps: ClosedRange<Int>, seconds: Double,
    after before: Int = 0
  ) {
    self.init(
      role: role, steps: steps, seconds: seconds,
      points: result.measurements.map {
        Point(
          step: before + $0.step, metric: $0.metric,
          tags: $0.tags.isEmpty ? nil : JSONValue.object($0.tags).canonical, value: $0.value)
      })
  }
}

/// The settings in which the arms of a study differ from its baseline, and what each arm has there.
private struct ArmSettings {
  /// In the order in which the arms bring them up.
  let paths: [String]
  private let changes: [[JSONChange]]

  init(_ study: Study) {
    let baseline = study.arms[study.baseline].recipe
    changes = study.arms.map { baseline.changes(to: $0.recipe) }
    paths = changes.flatMap { $0.map(\.path) }.uniqued
  }

  /// One for each path; nil where the arm has no such setting.
  func values(ofArm arm: Int) -> [String?] {
    paths.map { path in
      if let change = changes[arm].first(where: { $0.path == path }) {
        return change.to.map(Self.text)
      }
      // Where the arm changes a part of it, or what it is a part of, the baseline's value is not the arm's.
      if changes[arm].contains(where: { Self.overlaps($0.path, path) }) { return nil }
      let elsewhere = changes.lazy.flatMap { $0 }.first { $0.path == path }
      return elsewhere?.from.map(Self.text)
    }
  }

  private static func overlaps(_ one: String, _ other: String) -> Bool {
    let (short, long) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
    guard long.hasPrefix(short) else { return false }
    return [".", "[", " "].contains { long.dropFirst(short.count).hasPrefix($0) }
  }

  /// A text as it is, anything else as JSON.
  private static func text(_ value: JSONValue) -> String { value.string ?? value.canonical }
}
