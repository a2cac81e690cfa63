import Reporting
import StudyLanguage

/// How the curve of a trial becomes one number: the functions that a measure may name.
enum MeasureReduction: String, CaseIterable {
  /// The last value.
  case final
  /// The mean over all evaluations after the first step, equally weighted: steadier than the last point.
  case mean
  /// The mean over the last part of the training, by default its last third.
  case plateau
  /// The area under the curve over its span: how good it was along the way, from the first evaluation on.
  case area
  /// The largest value; flatters whoever is evaluated more often.
  case best
  /// The first value: before any training.
  case initial
  /// The best value minus the last one.
  case forgetting
  /// The first evaluated step at which the value is as good as the threshold.
  case stepsTo = "steps_to"
  /// pass@k in per cent at the end, without bias (Chen et al. 2021, arXiv:2107.03374).
  case pass

  /// What the function takes besides its metric.
  private struct Parameter {
    var name: String
    var range: ClosedRange<Double>
    var isWhole = false
    /// nil when it must be given.
    var standard: Double?
  }

  private var parameter: Parameter? {
    switch self {
    case .plateau:
      // Steps 1000 to 1480 of 1480: arXiv:2504.00829, Fig. 1, as measured.
      Parameter(name: "share of the training", range: 0.01...1, standard: 1 / 3)
    case .stepsTo:
      Parameter(
        name: "threshold", range: -Double.greatestFiniteMagnitude...(.greatestFiniteMagnitude))
    case .pass: Parameter(name: "k", range: 1...10_000, isWhole: true)
    default: nil
    }
  }

  /// Whether it counts solved problems, which only suites have.
  var isOfSuites: Bool { self == .pass }

  /// Whether less of it is better, whatever the metric.
  var isCost: Bool { self == .stepsTo || self == .forgetting }

  /// - Throws: ``StudyFaults`` for too many numbers, one that is missing, or one out of range.
  func number(_ call: MeasureCall, in study: Study) throws -> Double? {
    func fault(_ what: String, why: String) -> StudyFaults {
      study.fault(in: call, what: what, why: why, help: "write for example \(example)")
    }
    guard let parameter else {
      if call.numbers.isEmpty { return nil }
      throw fault("'\(rawValue)' takes a metric alone", why: "it has nothing to do with a number")
    }
    if call.numbers.count > 1 {
      throw fault("'\(rawValue)' takes one number", why: "it is its \(parameter.name)")
    }
    guard let number = call.numbers.first ?? parameter.standard else {
      throw fault(
        "'\(call.text)' lacks its \(parameter.name)", why: "there is no value that fits all studies"
      )
    }
    guard parameter.range.contains(number), !parameter.isWhole || number == number.rounded() else {
      let range = parameter.range
      throw fault(
        "the \(parameter.name) of '\(call.text)' is out of range",
        why:
          "it is \(parameter.isWhole ? "a whole number" : "a number") from \(NumberText.full(range.lowerBound)) to \(NumberText.full(range.upperBound))"
      )
    }
    return number
  }

  private var example: String {
    switch self {
    case .plateau: "plateau(contest, 0.25)"
    case .stepsTo: "steps_to(contest, 40)"
    case .pass: "pass(contest, 4)"
    default: "\(rawValue)(contest)"
    }
  }

  /// Of a table's column.
  func heading(_ metric: String, number: Double?) -> String {
    switch self {
    case .final: metric
    case .stepsTo: "steps to \(metric) \(NumberText.full(number ?? 0))"
    case .pass: "\(metric), pass@\(NumberText.full(number ?? 0))"
    default: "\(metric), \(rawValue)"
    }
  }
}
