import Reproducibility
package import StudyLanguage

/// Value of a term of the loss at one token and its slopes there.
package struct TokenTerm: Sendable, Hashable {
  package var value: Double
  /// d value / d log π(token).
  package var logProbabilitySlope: Double
  /// d value / d entropy of the policy at the token.
  package var entropySlope: Double

  package init(value: Double, logProbabilitySlope: Double = 0, entropySlope: Double = 0) {
    self.value = value
    self.logProbabilitySlope = logProbabilitySlope
    self.entropySlope = entropySlope
  }
}

/// How the terms of single tokens add up to one loss.
package enum TokenAggregation: String, CaseIterable, Sendable {
  /// Mean over all tokens of the batch: long responses weigh more. DAPO, arXiv:2503.14476, eq. 12.
  case token
  /// Mean over the tokens of a response, then over responses. GRPO, arXiv:2402.03300, eq. 3.
  case sequence
  /// Sum over tokens, divided by responses times the cap: no length bias. Dr. GRPO,
  /// arXiv:2503.20783, section 3.1.
  case constant
}

/// Door: the surrogate whose descent improves the policy.
package protocol PolicyLoss: Method {
  /// The loss at one token.
  ///
  /// - Parameters:
  ///   - logProbability: log π of the token now; `behaviour`: of the policy that drew it.
  ///   - advantage: of the token's rollout.
  func term(
    logProbability: Double, behaviour: Double, advantage: Double, at place: StepPlace
  ) -> TokenTerm
  var aggregation: TokenAggregation { get }
}

/// `−min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A)` with ρ = π / π_behaviour. On the first update of a
/// batch ρ is exactly 1, because the sampler's log-probabilities are the trainer's, bit for bit.
///
/// - Source: PPO, arXiv:1707.06347, equation 7; separate bounds after DAPO, arXiv:2503.14476, eq. 10.
package struct ClippedLoss: PolicyLoss {
  package static let kind = "clipped"
  package static let schema = RecordSchema(
    "clipped",
    keys: [
      Key(
        "clip_low", .number(.closed(0, 1)), default: 0.2,
        source: "PPO, arXiv:1707.06347, section 6.1; arXiv:2504.00829 does not say",
        doc: "How far the ratio may fall below 1 before its gradient stops."),
      Key(
        "clip_high", .number(.closed(0, 100)), default: 0.2,
        source: "PPO, arXiv:1707.06347, section 6.1; DAPO uses 0.28",
        doc: "How far the ratio may rise above 1 before its gradient stops."),
      Key(
        "aggregation", .choice(TokenAggregation.allCases.map(\.rawValue)), default: "token",
        source: "arXiv:2504.00829 does not say; token mean after DAPO, arXiv:2503.14476, eq. 12",
        doc: "How tokens add up: mean over tokens, over sequences, or over a constant length."),
    ])

  package let aggregation: TokenAggregation
  private let lower: Double
  private let upper: Double

  package init(_ settings: Settings) {
    lower = 1 - settings.number("clip_low")
    upper = 1 + settings.number("clip_high")
    aggregation = settings.choice("aggregation", as: TokenAggregation.self)
  }

  package func term(
    logProbability: Double, behaviour: Double, advantage: Double, at place: StepPlace
  ) -> TokenTerm {
    let ratio =
      logProbability == behaviour ? 1 : portableExp(min(logProbability - behaviour, 50))
    let clipped = min(max(ratio, lower), upper)
    let free = ratio * advantage
    let held = clipped * advantage
    // The minimum is the clipped branch only when the ratio left its range on the profitable side.
    return held < free
      ? TokenTerm(value: -held) : TokenTerm(value: -free, logProbabilitySlope: -free)
  }
}
