internal import ResultStatistics

/// The values that `check` compares with: `results/accepted/<study>.json`, reviewed and committed. One value a
/// line, in the study's order, so that a change reads well in a diff.
package struct AcceptedResults: Sendable, Hashable {
  /// Raised when an older version of the program could not read what is written. 2: tolerances may differ
  /// downwards and upwards, or be equivalence tests. 3: a value may be censored, and a
  /// claim excused.
  package static let format = 3

  package struct Value: Sendable, Hashable {
    package let arm: String
    /// The measure's name.
    package let measure: String
    package let seed: Int
    package let answer: Answer
  }

  /// A known failure that is not held against a run.
  package struct Excuse: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
      /// The values of a measure in an arm, of all seeds.
      case values(arm: String, measure: String)
      /// A claim that is not supported, by its sentence.
      case claim(String)
    }

    package let subject: Subject
    package let reason: String

    package init(_ subject: Subject, reason: String) {
      self.subject = subject
      self.reason = reason
    }

    package init(arm: String, measure: String, reason: String) {
      self.init(.values(arm: arm, measure: measure), reason: reason)
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
        for trial in arm.trials where trial.isPlanned {
          if let answer = Answer(trial.observations[index]) {
            values.append(
              Value(arm: arm.label, measure: measure.name, seed: trial.seed, answer: answer))
          } else {
            holes.append("\(arm.label), \(measure.name), seed \(trial.seed)")
          }
        }
      }
    }
    if !holes.isEmpty { throw .holes(holes) }
    if values.isEmpty { throw .noTrials }
    try Self.checkSeeds(values, tolerances)
    study = results.name
    numerics = results.provenance.numerics
    machine = results.provenance.machine
    command = results.command
    self.values = values
    self.tolerances = tolerances
    self.excuses = excuses
  }
}

extension AcceptedResults {
  /// Refuses an equivalence test that rests on one seed.
  static func checkSeeds(
    _ values: [Value], _ tolerances: [String: Tolerance]
  ) throws(ExpectationFault) {
    struct Place: Hashable {
      let arm: String
      let measure: String
    }
    var counts: [Place: Int] = [:]
    for value in values { counts[Place(arm: value.arm, measure: value.measure), default: 0] += 1 }
    for value in values {
      guard case .equivalence = tolerances[value.measure] else { continue }
      if counts[Place(arm: value.arm, measure: value.measure)] == 1 {
        throw .oneSeed(arm: value.arm, measure: value.measure)
      }
    }
  }
}
