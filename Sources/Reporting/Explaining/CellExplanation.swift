package import ResultStatistics

/// What stands behind a number of a report: a cell of its table, or a claim. A value, so that a terminal, a
/// page or a program may show it.
package enum Explanation: Sendable, Hashable {
  case cell(CellExplanation)
  case claim(ClaimExplanation)

  package init(_ subject: ReportedNumber.Subject, of analysis: StudyAnalysis) {
    let numbers = analysis.reportedNumbers.filter { $0.subject == subject }
    switch subject {
    case .cell(let arm, let measure):
      self = .cell(CellExplanation(arm: arm, measure: measure, of: analysis, numbers))
    case .claim(let place): self = .claim(ClaimExplanation(place, of: analysis, numbers))
    }
  }
}

/// One arm in one measure.
package struct CellExplanation: Sendable, Hashable {
  package let study: String
  /// The study's question.
  package let question: String
  package let arm: ArmResult
  package let measure: Measure
  /// Label of the baseline; nil when the study has none.
  package let baseline: String?
  package let estimate: MeanEstimate
  /// Against the baseline; nil for the baseline itself.
  package let comparison: JudgedComparison?
  /// Of the study, after Holm: how many comparisons were judged together.
  package let family: Int
  package let seeds: [Seed]
  /// What the source reports for it; nil when it says nothing.
  package let paper: PaperValue?
  /// Such as `95 %`.
  package let level: String
  /// Such as `Student t`.
  package let method: String
  /// What the intervals speak about.
  package let replication: String
  /// As tables and macros print them.
  package let numbers: [ReportedNumber]

  /// One planned trial.
  package struct Seed: Sendable, Hashable {
    package let seed: Int
    package let observation: Observation
    /// Against the baseline's trial of the same seed; nil where either has no value, and for the baseline.
    package let difference: Double?
    /// Identity of the trial's last item; empty when it was never planned.
    package let item: String
    package let details: TrialDetails
  }

  init(
    arm place: Int, measure index: Int, of analysis: StudyAnalysis, _ numbers: [ReportedNumber]
  ) {
    let results = analysis.results
    let judged = analysis.comparisons[place][index]
    study = results.name
    question = results.question
    arm = results.arms[place]
    measure = results.measures[index]
    baseline = results.baseline?.label
    estimate = analysis.estimates[place][index]
    comparison = judged
    family = analysis.comparisons.joined().count { $0 != nil }
    seeds = arm.trials.enumerated().map { order, trial in
      Seed(
        seed: trial.seed, observation: trial.observations[index],
        difference: judged?.comparison.differences[order], item: trial.identity,
        details: trial.details)
    }
    paper = arm.paper.first { [measure] in $0.measure == measure.name }
    level = analysis.levelText
    method = analysis.methodText
    replication = results.replication
    self.numbers = numbers
  }

  /// How a role is printed; `–` where there is no such number.
  func text(_ role: ReportedNumber.Role) -> String {
    numbers.first { $0.role == role }?.text ?? "–"
  }

  /// Decimals of the cell in the tables.
  var digits: Int { numbers.first { $0.role == .mean }?.values.first?.digits ?? measure.digits }
}

/// One claim with its comparisons.
package struct ClaimExplanation: Sendable, Hashable {
  package let study: String
  /// From 1.
  package let number: Int
  package let judged: JudgedClaim
  /// Of the trials, in their order.
  package let seeds: [Int]
  package let numbers: [ReportedNumber]

  init(_ place: Int, of analysis: StudyAnalysis, _ numbers: [ReportedNumber]) {
    study = analysis.results.name
    number = place + 1
    judged = analysis.claims[place]
    seeds = analysis.results.seeds
    self.numbers = numbers
  }
}
