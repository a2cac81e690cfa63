package import ReasoningTasks
package import Reproducibility
import StudyLanguage

/// Which problems belong to a level, for one domain.
package struct LevelMembers: Sendable, Hashable {
  package var level: String
  package var domain: Domain
  /// In the order of the pool.
  package var problems: [String]
}

/// Forms difficulty levels from pass rates.
///
/// - Source: arXiv:2504.00829, section 3.3.
package struct LevelBuilder: Sendable {
  private let rules: [LevelSettings]
  private let seed: Seed

  package init(rules: [LevelSettings], seed: Seed) {
    self.rules = rules
    self.seed = seed
  }

  /// The members of every level. Levels may overlap, as the paper's do by definition.
  ///
  /// - Parameters:
  ///   - problems: the pool; `grades`: of each solver, in the pool's order.
  ///   - strongest: who never solves a problem drops it; nil drops none.
  /// - Throws: ``WorkFault`` when a level has no problem; it shows how the pass rates are spread.
  package func build(
    problems: [Problem], grades: [Grades], strongest: Grades?
  ) throws(WorkFault) -> (levels: [LevelMembers], dropped: [String]) {
    let kept = problems.indices.filter { strongest == nil || strongest?.rates[$0].score != 0 }
    let keptSet = Set(kept)
    let dropped = problems.indices.filter { !keptSet.contains($0) }.map { problems[$0].id }
    var levels: [LevelMembers] = []
    for domain in Domain.allCases {
      let pool = kept.filter { problems[$0].domain == domain }
      if pool.isEmpty { continue }
      levels.append(
        LevelMembers(
          level: LevelSettings.wholePool, domain: domain, problems: pool.map { problems[$0].id }))
    }
    for rule in rules {
      for (domain, membership) in rule.domains {
        let pool = kept.filter { problems[$0].domain == domain }
        let members = pool.filter { index in
          let isMember = membership.rule.holds { solver in
            grades.first { $0.solver == solver }.map { $0.rates[index].value }
          }
          if isMember { return true }
          // The draw belongs to the problem, so that another rule or pool size moves nobody else's.
          let draw = seed.derive("level/\(rule.name)/\(problems[index].id)").uniform(at: 0)
          return Double(draw) < membership.shareOfRest
        }
        if members.isEmpty {
          throw emptyLevel(
            rule.name, domain, pool: pool, grades: grades, text: membership.rule.text)
        }
        levels.append(
          LevelMembers(
            level: rule.name, domain: domain, problems: members.map { problems[$0].id }))
      }
    }
    return (levels, dropped)
  }

  private func emptyLevel(
    _ level: String, _ domain: Domain, pool: [Int], grades: [Grades], text: String
  ) -> WorkFault {
    let spread = grades.map { grade -> String in
      let histogram = Histogram(rates: pool.map { grade.rates[$0] })
      return "p.\(grade.solver): \(histogram.text)"
    }
    return WorkFault(
      what: "level '\(level)' has no \(domain.rawValue) problem",
      why: """
        no problem of the \(pool.count) in the pool satisfies \(text); problems by pass rate, \
        from 0 to 1 in ten bins with 0 and 1 apart: \(spread.joined(separator: "; "))
        """,
      help: "widen the rule, add problems of other difficulty, or train the solvers longer or less")
  }
}

/// How pass rates are spread: exactly 0, ten open bins between, exactly 1.
package struct Histogram: Sendable, Hashable {
  package var counts = [Int](repeating: 0, count: 12)

  package init(rates: [PassRate]) {
    for rate in rates {
      switch rate.value {
      case 0: counts[0] += 1
      case 1: counts[11] += 1
      default: counts[1 + min(9, Int(rate.value * 10))] += 1
      }
    }
  }

  package var text: String { counts.map(String.init).joined(separator: " ") }
}
