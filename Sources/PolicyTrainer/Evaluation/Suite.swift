import ReasoningTasks
package import Reproducibility

/// Held-out problems with the number of attempts that each gets.
package struct Suite: Sendable {
  package let name: String
  package let entries: [PoolEntry]
  /// Attempts a problem during a stage and at its end.
  package let attempts: (during: Int, atEnd: Int)
  /// Length cap of a response, tokens.
  package let maxTokens: Int

  package init(
    name: String, entries: [PoolEntry], attempts: (during: Int, atEnd: Int), maxTokens: Int
  ) {
    self.name = name
    self.entries = entries
    self.attempts = attempts
    self.maxTokens = maxTokens
  }
}

/// What one evaluation of one suite counted.
package struct SuiteScore: Sendable, Hashable {
  package var suite: String
  /// Updates made before the evaluation, from the start of the trial.
  package var step: Int
  /// Attempts of each problem.
  package var attempts: Int
  /// Correct attempts of each problem, in the order of the suite.
  package var correct: [Int]
  /// Mean tokens of a response.
  package var meanLength: Double
  /// Responses that the cap cut off, share in 0…1.
  package var truncated: Double

  /// avg@k: mean over problems of the share solved, in 0…1.
  package var value: Double {
    Double(correct.reduce(0, +)) / Double(max(1, attempts * correct.count))
  }

  package var json: JSONValue {
    [
      "suite": .string(suite), "step": JSONValue(step), "attempts": JSONValue(attempts),
      "correct": .array(correct.map { JSONValue($0) }), "mean_length": .number(meanLength),
      "truncated": .number(truncated),
    ]
  }
}
