package import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// Door: one addend of a rollout's reward. The recipe lists terms, each with its weight.
package protocol RewardTerm: Method {
  /// Reward of one completion before its weight; unitless.
  func reward(verdict: Verdict, tokens: Int, cap: Int, isFinished: Bool, at place: StepPlace)
    -> Double
}

/// The verifier's score: 1 for a right answer, the share of tests passed for a program.
///
/// - Source: arXiv:2504.00829, section 3.2.
package struct VerifierReward: RewardTerm {
  package static let kind = "verifier"
  package static let schema = RecordSchema("verifier", keys: [])

  package init(_ settings: Settings) {}

  package func reward(
    verdict: Verdict, tokens: Int, cap: Int, isFinished: Bool, at place: StepPlace
  ) -> Double { verdict.score }
}

/// 1 when the response ends in exactly one answer box, whatever is in it; otherwise 0.
///
/// - Source: the format reward of DeepSeek-R1, arXiv:2501.12948, section 2.2.2.
package struct FormatReward: RewardTerm {
  package static let kind = "format"
  package static let schema = RecordSchema("format", keys: [])

  package init(_ settings: Settings) {}

  package func reward(
    verdict: Verdict, tokens: Int, cap: Int, isFinished: Bool, at place: StepPlace
  ) -> Double { verdict.isWellFormed ? 1 : 0 }
}

/// Soft overlong punishment: 0 up to `cap − margin` tokens, then falling in a line to −1 at the cap.
///
/// - Source: DAPO, arXiv:2503.14476, equation 13.
package struct OverlongPenalty: RewardTerm {
  package static let kind = "overlong"
  package static let schema = RecordSchema(
    "overlong",
    keys: [
      Key(
        "margin", .integer(1...65_536), default: 8, unit: "tokens",
        source: "DAPO, arXiv:2503.14476, section 4.1, has 4,096 of 20,480: a fifth of the cap",
        doc: "How many tokens below the cap the punishment begins.")
    ])

  private let margin: Int

  package init(_ settings: Settings) { margin = settings.integer("margin") }

  package func reward(
    verdict: Verdict, tokens: Int, cap: Int, isFinished: Bool, at place: StepPlace
  ) -> Double {
    if !isFinished { return -1 }
    let excess = tokens - (cap - margin)
    return excess <= 0 ? 0 : -Double(excess) / Double(margin)
  }
}

/// The terms of a recipe with their weights.
package struct RewardSum: Sendable {
  package let terms: [(weight: Schedule, term: any RewardTerm)]

  package init(terms: [(weight: Schedule, term: any RewardTerm)]) { self.terms = terms }

  package func reward(
    verdict: Verdict, tokens: Int, cap: Int, isFinished: Bool, at place: StepPlace
  ) -> Double {
    terms.reduce(0) { sum, entry in
      let reward = entry.term.reward(
        verdict: verdict, tokens: tokens, cap: cap, isFinished: isFinished, at: place)
      return sum + entry.weight.value(at: place) * reward
    }
  }
}
