package import ReasoningTasks
package import Reproducibility

/// What a re-implementation of the paper must say about its levels.
///
/// - Source: arXiv:2504.00829 gives only the mean initial rewards 0.58, 0.50 and 0.17.
package struct LevelReport: Sendable {
  private let pool: [Problem]
  private let levels: [LevelMembers]
  private let dropped: [String]
  private let grades: [Grades]
  private let fresh: Grades

  /// - Parameter fresh: attempts of the initial policy that no rule has seen: the pass rates that
  ///   formed a level are those of the lucky and the unlucky, and flatter or wrong it.
  package init(
    pool: [Problem], levels: [LevelMembers], dropped: [String], grades: [Grades], fresh: Grades
  ) {
    self.pool = pool
    self.levels = levels
    self.dropped = dropped
    self.grades = grades
    self.fresh = fresh
  }

  /// - Parameter members: whether to list each level's problems with their pass rates too.
  package func json(members: Bool) -> JSONValue {
    let place = Dictionary(uniqueKeysWithValues: pool.enumerated().map { ($1.id, $0) })
    let entries = levels.map { level -> JSONValue in
      let indices = level.problems.compactMap { place[$0] }
      var entry: JSONObject = [
        "level": .string(level.level), "domain": .string(level.domain.rawValue),
        "size": JSONValue(indices.count), "initial_reward": .number(mean(fresh, indices)),
        "pass_rates": .object(
          JSONObject(grades.map { ($0.solver, .number(mean($0, indices))) })),
        "histograms": .object(
          JSONObject(
            grades.map { grade in
              let histogram = Histogram(rates: indices.map { grade.rates[$0] })
              return (grade.solver, .array(histogram.counts.map { JSONValue($0) }))
            })),
        "overlap": .object(overlap(of: level)),
      ]
      if members { entry["problems"] = .array(level.problems.map { .string($0) }) }
      return .object(entry)
    }
    var report: JSONObject = [
      "pool": JSONValue(pool.count), "dropped": JSONValue(dropped.count), "levels": .array(entries),
    ]
    if members {
      report["pass_rates"] = .object(
        JSONObject(
          grades.map { grade in
            (
              grade.solver,
              .array(grade.rates.map { [.number($0.score), JSONValue($0.attempts)] })
            )
          }))
    }
    return .object(report)
  }

  /// How many problems a level shares with each level of its domain, itself included.
  private func overlap(of level: LevelMembers) -> JSONObject {
    let own = Set(level.problems)
    return JSONObject(
      levels.filter { $0.domain == level.domain }.map { other in
        (other.level, JSONValue(other.problems.count { own.contains($0) }))
      })
  }

  private func mean(_ grades: Grades, _ indices: [Int]) -> Double {
    indices.isEmpty ? 0 : indices.reduce(0) { $0 + grades.rates[$1].value } / Double(indices.count)
  }
}

/// The levels as a stage reads them.
package struct StoredLevels: Sendable {
  /// Problems of each level and domain, by id.
  package let members: [LevelMembers]
  /// Each graded solver's pass rates, in the order of the pool.
  package let rates: [(solver: String, rates: [PassRate])]

  /// - Throws: ``WorkFault`` when the bytes are not what ``LevelReport/json(members:)`` writes.
  package init(_ bytes: [UInt8]) throws(WorkFault) {
    guard let value = try? JSONValue(parsing: bytes), let entries = value["levels"]?.array,
      let solvers = value["pass_rates"]?.object
    else { throw Self.unreadable }
    var members: [LevelMembers] = []
    for entry in entries {
      guard let level = entry["level"]?.string,
        let domain = entry["domain"]?.string.flatMap(Domain.init(rawValue:)),
        let problems = entry["problems"]?.array
      else { throw Self.unreadable }
      members.append(
        LevelMembers(level: level, domain: domain, problems: problems.compactMap(\.string)))
    }
    var rates: [(solver: String, rates: [PassRate])] = []
    for (solver, list) in solvers.members {
      var solverRates: [PassRate] = []
      for pair in list.array ?? [] {
        guard let score = pair.array?.first?.double, let attempts = pair.array?.last?.int,
          attempts > 0, score >= 0, score <= Double(attempts)
        else { throw Self.unreadable }
        solverRates.append(PassRate(score: score, attempts: attempts))
      }
      rates.append((solver, solverRates))
    }
    self.members = members
    self.rates = rates
  }

  private static var unreadable: WorkFault {
    WorkFault(
      what: "the levels cannot be read", why: "a stage trains on exactly the problems of its level",
      help: "remove the item; the same command forms the levels again")
  }
}
