package import Reproducibility
internal import ResultStatistics

/// Why results cannot be accepted, or why an accepted file cannot be read.
package enum ExpectationFault: Error, Sendable, Hashable {
  /// Results with holes describe nothing that could be compared with later.
  case holes([String])
  case noTrials
  /// Not a file that `accept` writes; the place inside it and what was expected there.
  case malformed(place: String, expected: String)
  case format(found: Int)
  case otherStudy(found: String, expected: String)
}

extension ExpectationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .holes(let places):
      "results with holes cannot be accepted: " + places.prefix(5).joined(separator: "; ")
        + (places.count > 5 ? " and \(places.count - 5) more" : "")
    case .noTrials: "there is no trial to accept"
    case .malformed(let place, let expected): "\(place): expected \(expected)"
    case .format(let found):
      "accepted values of format \(found); this version reads format \(AcceptedResults.format)"
    case .otherStudy(let found, let expected):
      "accepted values of the study '\(found)', not of '\(expected)'"
    }
  }
}

/// How far a value may lie from the accepted one: `absolute + relative · |accepted|`.
package struct Tolerance: Sendable, Hashable {
  package let absolute: Double
  package let relative: Double

  package init(absolute: Double = 0, relative: Double = 0) {
    precondition(absolute >= 0 && relative >= 0, "a tolerance is not negative")
    self.absolute = absolute
    self.relative = relative
  }

  package static let exact = Tolerance()

  func allowed(around value: Double) -> (lower: Double, upper: Double) {
    let room = absolute + relative * abs(value)
    return (value - room, value + room)
  }
}

/// The values that `check` compares with: `results/accepted/<study>.json`, reviewed and committed.
package struct AcceptedResults: Sendable, Hashable {
  /// Raised when the file's layout changes.
  package static let format = 1

  package struct Value: Sendable, Hashable {
    package let arm: String
    /// The measure's name.
    package let measure: String
    package let seed: Int
    package let value: Double
  }

  /// A known failure that is not held against a run.
  package struct Excuse: Sendable, Hashable {
    package let arm: String
    package let measure: String
    package let reason: String

    package init(arm: String, measure: String, reason: String) {
      self.arm = arm
      self.measure = measure
      self.reason = reason
    }
  }

  package let study: String
  package let numerics: Int
  package let machine: String
  /// The command that rebuilds the results.
  package let command: String
  /// In the order of the file: arm, measure, seed.
  package let values: [Value]
  /// By measure name, where bits are not promised; a measure that is absent here allows nothing.
  package let tolerances: [String: Tolerance]
  package let excuses: [Excuse]

  /// The results as accepted values; refuses holes.
  ///
  /// - Parameters:
  ///   - tolerances: by measure name, for machines that do not share bits.
  ///   - excuses: carried over from the file that is being replaced.
  package init(
    _ results: StudyResults, tolerances: [String: Tolerance] = [:], excuses: [Excuse] = []
  ) throws(ExpectationFault) {
    var (values, holes): ([Value], [String]) = ([], [])
    for arm in results.arms {
      for (index, measure) in results.measures.enumerated() {
        for trial in arm.trials {
          if let value = trial.observations[index].value {
            values.append(
              Value(arm: arm.label, measure: measure.name, seed: trial.seed, value: value))
          } else {
            holes.append("\(arm.label), \(measure.name), seed \(trial.seed)")
          }
        }
      }
    }
    if !holes.isEmpty { throw .holes(holes) }
    if values.isEmpty { throw .noTrials }
    study = results.name
    numerics = results.provenance.numerics
    machine = results.provenance.machine
    command = results.command
    self.values = values
    self.tolerances = tolerances
    self.excuses = excuses
  }
}

/// The accepted form of results, ready to be written with `pretty`: one value a line, in the study's
/// order, so that a change reads well in a diff.
package func accept(
  _ results: StudyResults, tolerances: [String: Tolerance] = [:],
  excuses: [AcceptedResults.Excuse] = []
) throws(ExpectationFault) -> JSONValue {
  try AcceptedResults(results, tolerances: tolerances, excuses: excuses).json
}
