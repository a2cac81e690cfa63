import Reproducibility
package import StudyLanguage

/// Door: what is added to the loss of a token besides the surrogate.
package protocol Regulariser: Method {
  /// - Parameters:
  ///   - logProbability: log π(token) now.
  ///   - reference: log π_reference(token); equal to `logProbability` when ``needsReference`` is false.
  ///   - entropy: of the policy's distribution at the token, nats.
  func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm
  /// Whether the reference policy must be asked at all.
  var needsReference: Bool { get }
  /// Whether the value is taken off the reward of the rollout instead of being added to the loss.
  var isInReward: Bool { get }
}

extension Regulariser {
  package var needsReference: Bool { false }
  package var isInReward: Bool { false }
}

/// Adds nothing.
package struct NoRegulariser: Regulariser {
  package static let kind = "none"
  package static let schema = RecordSchema("none", keys: [])

  package init(_ settings: Settings) {}

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm { TokenTerm(value: 0) }
}

/// Where the divergence from the reference acts.
package enum DivergencePlacement: String, CaseIterable, Sendable {
  /// A term of the loss with a gradient of its own. GRPO, arXiv:2402.03300, equation 3.
  case loss
  /// Taken off the reward before advantages are formed. InstructGPT, arXiv:2203.02155, section 3.5.
  case reward
}

/// The two settings that every estimator of the divergence shares.
struct DivergenceSettings: Sendable {
  static func schema(_ kind: String) -> RecordSchema {
    RecordSchema(
      kind,
      keys: [
        Key(
          "coefficient", .schedule(.closed(0, 100)), default: 0.001,
          source: "arXiv:2504.00829, section 4.1", doc: "β: weight of the pull to the reference."),
        Key(
          "placement", .choice(DivergencePlacement.allCases.map(\.rawValue)), default: "loss",
          source: "GRPO, arXiv:2402.03300, equation 3; arXiv:2504.00829 does not say",
          doc: "Whether the divergence is a term of the loss or is taken off the reward."),
      ])
  }

  let coefficient: Schedule
  let placement: DivergencePlacement

  init(_ settings: Settings) {
    coefficient = settings.schedule("coefficient")
    placement = settings.choice("placement", as: DivergencePlacement.self)
  }
}

/// `k1 = log π − log π_ref`: unbiased in value; its gradient in the loss is that of the score alone.
///
/// - Source: Schulman 2020, "Approximating KL divergence".
package struct LogRatioDivergence: Regulariser {
  package static let kind = "k1"
  package static let schema = DivergenceSettings.schema(kind)
  private let settings: DivergenceSettings

  package init(_ settings: Settings) { self.settings = DivergenceSettings(settings) }
  package var needsReference: Bool { true }
  package var isInReward: Bool { settings.placement == .reward }

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm {
    let beta = settings.coefficient.value(at: place)
    return TokenTerm(value: beta * (logProbability - reference), logProbabilitySlope: beta)
  }
}

/// `k2 = ½ (log π − log π_ref)²`: biased, always positive, and its gradient is that of the true
/// divergence on policy.
///
/// - Source: Schulman 2020, "Approximating KL divergence".
package struct SquaredDivergence: Regulariser {
  package static let kind = "k2"
  package static let schema = DivergenceSettings.schema(kind)
  private let settings: DivergenceSettings

  package init(_ settings: Settings) { self.settings = DivergenceSettings(settings) }
  package var needsReference: Bool { true }
  package var isInReward: Bool { settings.placement == .reward }

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm {
    let beta = settings.coefficient.value(at: place)
    let difference = logProbability - reference
    return TokenTerm(
      value: beta * 0.5 * difference * difference, logProbabilitySlope: beta * difference)
  }
}

/// `k3 = π_ref / π − log (π_ref / π) − 1`: unbiased, always positive, low variance.
///
/// - Source: Schulman 2020, "Approximating KL divergence"; GRPO, arXiv:2402.03300, equation 4.
package struct LowVarianceDivergence: Regulariser {
  package static let kind = "k3"
  package static let schema = DivergenceSettings.schema(kind)
  private let settings: DivergenceSettings

  package init(_ settings: Settings) { self.settings = DivergenceSettings(settings) }
  package var needsReference: Bool { true }
  package var isInReward: Bool { settings.placement == .reward }

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm {
    let beta = settings.coefficient.value(at: place)
    // Beyond e²⁰ the estimator says only "far away"; the bound keeps one token from ending a run.
    let difference = min(reference - logProbability, 20)
    let ratio = portableExp(difference)
    return TokenTerm(
      value: beta * (ratio - difference - 1), logProbabilitySlope: beta * (1 - ratio))
  }
}

/// `−c H`: rewards a policy that keeps its options open.
///
/// - Source: coefficient 0.001 in stage 1, none in stage 2: arXiv:2504.00829, sections 4.1 and 4.3.
package struct EntropyBonus: Regulariser {
  package static let kind = "bonus"
  package static let schema = RecordSchema(
    "bonus",
    keys: [
      Key(
        "coefficient", .schedule(.closed(-10, 10)), default: 0.001,
        source: "arXiv:2504.00829, section 4.1",
        doc: "Weight of the mean entropy; negative values punish it.")
    ])

  private let coefficient: Schedule

  package init(_ settings: Settings) { coefficient = settings.schedule("coefficient") }

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm {
    let c = coefficient.value(at: place)
    return TokenTerm(value: -c * entropy, entropySlope: -c)
  }
}
