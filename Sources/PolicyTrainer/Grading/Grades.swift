import Reproducibility

/// The pass rates of one solver on a pool, in the order of the pool.
package struct Grades: Sendable, Hashable {
  package var solver: String
  package var problems: [String]
  package var rates: [PassRate]

  package init(solver: String, problems: [String], rates: [PassRate]) {
    precondition(problems.count == rates.count)
    self.solver = solver
    self.problems = problems
    self.rates = rates
  }

  /// JSON Lines: `{"id", "score", "attempts"}`.
  package var jsonLines: [UInt8] {
    lines(
      zip(problems, rates).map { id, rate in
        ["id": .string(id), "score": .number(rate.score), "attempts": JSONValue(rate.attempts)]
      })
  }

  /// - Throws: ``WorkFault`` when the lines are not what ``jsonLines`` writes.
  package init(solver: String, jsonLines bytes: [UInt8]) throws(WorkFault) {
    self.init(solver: solver, problems: [], rates: [])
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let value = try? JSONValue(parsing: Array(line)), let id = value["id"]?.string,
        let score = value["score"]?.double, let attempts = value["attempts"]?.int, attempts > 0,
        score >= 0, score <= Double(attempts)
      else {
        throw WorkFault(
          what: "the grades of solver '\(solver)' cannot be read",
          why: "a level must rest on every attempt that was made",
          help: "remove the item; the same command grades again")
      }
      problems.append(id)
      rates.append(PassRate(score: score, attempts: attempts))
    }
  }
}
