import Diagnostics
import PolicyTrainer
import Reporting
import ResultStatistics
import StudyLanguage

/// A measure of a study, `final(contest)`, as something that can be read off a trial.
struct MeasureReading {
  /// How a curve becomes one number.
  enum Reduction: String, CaseIterable {
    /// The last value.
    case final
    /// The mean over all evaluations after the first step, equally weighted: steadier than the
    /// last point.
    case mean
    /// The largest value; flatters whoever is evaluated more often.
    case best
    /// The first value: before any training.
    case initial
  }

  let measure: Measure
  private let reduction: Reduction
  private let metric: String
  private let factor: Double

  /// Metrics that a study may ask for beside its suites, with what they are.
  static let stepMetrics = StepMetric.all

  init(_ call: MeasureCall, of compiled: CompiledStudy) throws {
    guard let reduction = Reduction(rawValue: call.function) else {
      throw compiled.study.fault(
        in: call, what: "unknown reduction '\(call.function)'", word: call.function,
        among: Reduction.allCases.map(\.rawValue),
        why: "a measure says how a curve becomes one number")
    }
    let suites = compiled.suiteNames
    let known = suites + Self.stepMetrics.map(\.name)
    guard call.arguments.count == 1, known.contains(call.arguments[0]) else {
      let word = call.arguments.first ?? ""
      throw compiled.study.fault(
        in: call, what: "unknown metric '\(call.arguments.joined(separator: ", "))'", word: word,
        among: known, why: "a measure reads one suite of the recipe or one metric of the training")
    }
    let metric = call.arguments[0]
    self.metric = metric
    self.reduction = reduction
    let isSuite = suites.contains(metric)
    factor = isSuite ? 100 : 1
    let unit = isSuite ? "%" : Self.stepMetrics.first { $0.name == metric }?.unit ?? ""
    measure = Measure(
      name: call.text,
      heading: compiled.study.headings[call.text]
        ?? Self.heading(compiled.study.headings[metric] ?? metric, reduction),
      unit: unit == "1" || unit == metric ? "" : unit,
      direction: Self.isCost(metric) ? .lowerIsBetter : .higherIsBetter, digits: isSuite ? 1 : 3)
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

  private static func heading(_ metric: String, _ reduction: Reduction) -> String {
    reduction == .final ? metric : "\(metric), \(reduction.rawValue)"
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
    let points = series.points(of: metric)
    let later = points.filter { $0.step > 0 }
    let value: Double? =
      switch reduction {
      case .final: later.last?.value
      case .mean: later.isEmpty ? nil : later.reduce(0) { $0 + $1.value } / Double(later.count)
      case .best: later.map(\.value).max()
      case .initial: points.first?.value
      }
    guard let value else {
      return .hole(Hole(.missing, reason: "the trial measured no '\(metric)'"))
    }
    return Observation(measured: value * factor)
  }
}
