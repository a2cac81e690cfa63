package import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// `grading`: who attempts the pool, how often, and how.
package struct GradingSettings: Sendable {
  package static let schema = RecordSchema(
    "grading",
    keys: [
      Key(
        "solvers", .list(of: .text, nonEmpty: true), unit: "solver",
        source: "arXiv:2504.00829, section 3.3: three distilled models of 1.5B, 7B and 32B",
        doc: "Solvers of rising strength whose pass rates level rules may read as `p.NAME`."),
      Key(
        "strongest", .text, default: "reference", unit: "solver",
        source: "arXiv:2504.00829, section 3.3: DeepSeek-R1",
        doc:
          "Problems that this solver never solves are dropped. `reference` is the problem's own worked answer."
      ),
      Key(
        "attempts", .record(AttemptSettings.schema), default: [:],
        source: "arXiv:2504.00829, section 3.3", doc: "How a solver attempts a problem."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, source: "ours",
        doc: "Root of the random numbers by which `share_of_rest` draws."),
    ])

  package let solvers: [String]
  package let strongest: String
  package let attempts: AttemptSettings
  package let seed: Int

  /// The name under which the problem's own worked answer stands as a solver.
  package static let reference = "reference"

  package init(_ settings: Settings) {
    solvers = settings.list("solvers").map(\.text)
    strongest = settings.text("strongest")
    attempts = AttemptSettings(settings.record("attempts"))
    seed = settings.integer("seed")
  }
}

/// `grading.attempts`: what every solver is given alike.
package struct AttemptSettings: Sendable {
  package static let schema = RecordSchema(
    "attempts",
    keys: [
      Key(
        "count", .integer(1...1024), default: 8, unit: "attempts",
        source: "ours; arXiv:2504.00829 says \"multiple\", DeepDistill has 4",
        doc: "Attempts of each solver at each problem."),
      Key(
        "temperature", .number(.open(above: 0, through: 10)), default: 1,
        source: "ours: that of the rollouts; arXiv:2504.00829 does not say",
        doc: "Divides the logits."),
      Key(
        "top_p", .number(.open(above: 0, through: 1)), default: 1,
        source: "ours: that of the rollouts; arXiv:2504.00829 does not say", doc: "Nucleus mass."),
      Key(
        "max_tokens", .record(StageSettings.domainCaps(math: 56, code: 56)), default: [:],
        unit: "tokens", source: "ours: above the longest thorough answer",
        doc: "Length cap of an attempt, for each domain."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, source: "ours",
        doc: "Root of the attempts' random numbers."),
    ])

  package let count: Int
  package let temperature: Double
  package let topP: Double
  package let maxTokens: PerDomain
  package let seed: Int

  package init(_ settings: Settings) {
    count = settings.integer("count")
    temperature = settings.number("temperature")
    topP = settings.number("top_p")
    let caps = settings.record("max_tokens")
    maxTokens = PerDomain(math: caps.integer("math"), code: caps.integer("code"))
    seed = settings.integer("seed")
  }
}

/// One entry of `levels`: the rule of each domain.
package struct LevelSettings: Sendable {
  /// The level that every pool has: all of its problems.
  package static let wholePool = "all"

  package struct Membership: Sendable {
    package let rule: LevelRule
    /// Share of the problems outside the rule that are drawn in all the same.
    package let shareOfRest: Double
  }

  private static let membership = RecordSchema(
    "level rule",
    keys: [
      Key(
        "rule", .expression, source: "arXiv:2504.00829, section 3.3",
        doc: "True for the problems of the level; reads pass rates as `p.NAME`."),
      Key(
        "share_of_rest", .number(.closed(0, 1)), default: 0,
        source: "arXiv:2504.00829, section 3.3: 0.5 for math, 0.1 for code in level 3",
        doc: "Random share of the other problems that joins the level."),
    ])

  package static let schema = RecordSchema(
    "level",
    keys: [
      Key(
        "math", .nullable(.record(membership)), isOptional: true,
        doc: "Which math problems belong to the level."),
      Key(
        "code", .nullable(.record(membership)), isOptional: true,
        doc: "Which code problems belong to the level."),
    ])

  package let name: String
  package let domains: [(domain: Domain, membership: Membership)]

  package init(name: String, _ settings: Settings) {
    self.name = name
    domains = Domain.allCases.compactMap { domain in
      settings.optionalRecord(domain.rawValue).map { membership in
        (
          domain,
          Membership(
            rule: LevelRule(membership.expression("rule")),
            shareOfRest: membership.number("share_of_rest"))
        )
      }
    }
  }
}
