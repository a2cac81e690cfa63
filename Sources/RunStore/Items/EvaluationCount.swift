package import Reproducibility

/// How often each problem of a suite was solved when a policy was evaluated: a line of `evaluations.jsonl`.
package struct EvaluationCount: Sendable, Hashable {
  package var suite: String
  /// Updates since the start of the trial.
  package var step: Int
  /// Attempts of each problem.
  package var attempts: Int
  /// Correct attempts of each problem, 0…`attempts`, in the order of the suite.
  package var correct: [Int]

  package init(suite: String, step: Int, attempts: Int, correct: [Int]) {
    self.suite = suite
    self.step = step
    self.attempts = attempts
    self.correct = correct
  }

  /// The file of an item's result that holds such lines.
  package static let file = "evaluations.jsonl"

  /// Reads a line; further members are left alone. nil for anything else.
  package init?(json: JSONValue) {
    guard let suite = json["suite"]?.string, let step = json["step"]?.int,
      let attempts = json["attempts"]?.int, let list = json["correct"]?.array
    else { return nil }
    let correct = list.compactMap(\.int)
    guard correct.count == list.count, correct.allSatisfy({ 0 <= $0 && $0 <= attempts })
    else { return nil }
    self.init(suite: suite, step: step, attempts: attempts, correct: correct)
  }
}

extension ItemFolder {
  /// The evaluations of a finished item; empty when it made none.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` with the number of the first bad line.
  package func evaluations() throws(StoreFault) -> [EvaluationCount] {
    guard let note = try done(), note.file(EvaluationCount.file) != nil else { return [] }
    let bytes = try artifactBytes(EvaluationCount.file)
    var counts: [EvaluationCount] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSONValue(parsing: [UInt8](line)),
        let count = EvaluationCount(json: json)
      else {
        throw .damaged(
          path: path(EvaluationCount.file), reason: "line \(index + 1) is not an evaluation")
      }
      counts.append(count)
    }
    return counts
  }
}
