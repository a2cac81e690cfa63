import CommandTrainer
import Diagnostics
import PolicyTrainer
import Reporting
import ResultStatistics
import StudyLanguage

/// A measure of a study, `final(contest)`, as something that can be read off a trial.
struct MeasureReading {
  let measure: Measure
  private let reduction: MeasureReduction
  private let number: Double?
  private let metric: String
  private let factor: Double
  /// Of the metric itself: a cost may be forgotten as a score may be.
  private let direction: Direction
  /// Whether a command measured it: then nothing but its own first step says where it began.
  private let isOfCommands: Bool

  /// Metrics that a study may ask for beside its suites, with what they are.
  static let stepMetrics = StepMetric.all

  init(_ call: MeasureCall, of compiled: CompiledStudy) throws {
    let study = compiled.study
    guard let reduction = MeasureReduction(rawValue: call.function) else {
      throw study.fault(
        in: call, what: "unknown reduction '\(call.function)'", word: call.function,
        among: MeasureReduction.allCases.map(\.rawValue),
        why: "a measure says how a curve becomes one number")
    }
    let suites = compiled.suiteNames
    let declared = compiled.commands?.metrics
    let known =
      suites
      + (reduction.isOfSuites
        ? [] : declared?.map(\.name) ?? Self.stepMetrics.map(\.name))
    guard known.contains(call.metric) else {
      throw study.fault(
        in: call, what: "unknown metric '\(call.metric)'", word: call.metric, among: known,
        why: reduction.isOfSuites
          ? "'\(reduction.rawValue)' counts the solved attempts of a suite's problems"
          : declared == nil
            ? "a measure reads one suite of the recipe or one metric of the training"
            : "a measure reads one of the 'metrics' that the recipe's commands declare")
    }
    let number = try reduction.number(call, in: study)
    let metric = call.metric
    self.number = number
    self.metric = metric
    self.reduction = reduction
    isOfCommands = declared != nil
    let own = declared?.first { $0.name == metric }
    let isSuite = suites.contains(metric)
    factor = isSuite ? 100 : 1
    let unit =
      isSuite
      ? "%" : own?.unit ?? Self.stepMetrics.first { $0.name == metric }?.unit ?? ""
    let isSteps = reduction == .stepsTo
    let isCost = own.map { $0.better == .lower } ?? Self.isCost(metric)
    measure = Measure(
      name: call.text,
      heading: study.headings[call.text]
        ?? reduction.heading(study.headings[metric] ?? metric, number: number),
      unit: isSteps ? "steps" : unit == "1" || unit == metric ? "" : unit,
      direction: reduction.isCost || isCost ? .lowerIsBetter : .higherIsBetter,
      digits: isSteps ? 0 : isSuite ? 1 : 3,
      range: isSuite && !isSteps ? Interval(lower: 0, upper: 100) : nil)
    direction = isCost ? .lowerIsBetter : .higherIsBetter
  }

  /// - Throws: ``StudyFaults`` with every measure of the study and its claims that cannot be read.
  static func check(_ compiled: CompiledStudy) throws {
    var faults: [Diagnostic] = []
    for call in compiled.study.measures + compiled.study.claims.flatMap(\.calls) {
      do {
        _ = try MeasureReading(call, of: compiled)
      } catch let unreadable as StudyFaults {
        faults += unreadable.diagnostics
      }
    }
    if !faults.isEmpty { throw StudyFaults(faults, first: compiled.study.path) }
  }

  /// Metrics of which less is better.
  private static func isCost(_ metric: String) -> Bool {
    [
      "truncated", "kl", "loss", "silent_groups", "dropped_groups", "generated_tokens",
      "gradient_norm", "gradient_clipped", "log_ratio",
    ].contains(metric)
  }

  func observe(_ series: TrialSeries) -> Observation {
    if let hole = series.hole { return .hole(hole) }
    let points = series.points(of: metric).map {
      LearningCurve.Point(step: Double($0.step), value: $0.value * factor)
    }
    switch reduction {
    case .initial: return observed(points.first?.value)
    case .final: return observed(points.last { $0.step > 0 || isOfCommands }?.value)
    case .pass: return passRate(series)
    default: break
    }
    if let broken = points.first(where: { !$0.value.isFinite }) {
      return Observation(measured: broken.value)
    }
    var trained = points.filter { $0.step > 0 }
    // A command that measures once need not call it a step.
    if trained.isEmpty && isOfCommands { trained = points }
    guard let curve = LearningCurve(trained) else { return observed(nil) }
    switch reduction {
    case .mean: return observed(curve.plateauMean(lastShare: 1))
    case .best: return observed(curve.points.map(\.value).max())
    case .plateau: return observed(curve.plateauMean(lastShare: number ?? 1))
    case .area: return observed((LearningCurve(points) ?? curve).meanArea)
    case .forgetting: return observed(curve.forgetting(direction: direction))
    case .stepsTo:
      let time = curve.stepsTo(number ?? 0, direction: direction)
      return time.isCensored
        ? .hole(
          Hole(.censored, reason: "not reached within \(Int(time.time)) steps", after: time.time))
        : .value(time.time)
    case .initial, .final, .pass: return observed(nil)
    }
  }

  private func observed(_ value: Double?) -> Observation {
    value.map { Observation(measured: $0) }
      ?? .hole(Hole(.missing, reason: "the trial measured no '\(metric)'"))
  }

  private func passRate(_ series: TrialSeries) -> Observation {
    guard let counts = series.lastCounts(of: metric), let number else { return observed(nil) }
    let k = Int(number)
    guard k <= counts.attempts else {
      return .hole(
        Hole(
          .missing, reason: "the end was judged with \(counts.attempts) attempts, fewer than \(k)"))
    }
    let shares = counts.correct.compactMap {
      passAtK(Proportion(successes: $0, trials: counts.attempts), k: k)
    }
    return observed(ResultStatistics.mean(shares).map { 100 * $0 })
  }
}
