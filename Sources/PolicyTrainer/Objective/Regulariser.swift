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

/// An estimate of the divergence from the reference at one sampled token, and its slope.
package protocol DivergenceEstimator: Sendable {
  static var kind: String { get }
  /// - Parameter difference: log π − log π_reference of the token.
  /// - Returns: the estimate, and its derivative by log π.
  static func estimate(_ difference: Double) -> (value: Double, slope: Double)
}

/// The pull to the reference policy, by any of the estimators.
package struct Divergence<Estimator: DivergenceEstimator>: Regulariser {
  package static var kind: String { Estimator.kind }
  package static var schema: RecordSchema {
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

  private let coefficient: Schedule
  private let placement: DivergencePlacement

  package init(_ settings: Settings) {
    coefficient = settings.schedule("coefficient")
    placement = settings.choice("placement", as: DivergencePlacement.self)
  }

  package var needsReference: Bool { true }
  package var isInReward: Bool { placement == .reward }

  package func term(
    logProbability: Double, reference: Double, entropy: Double, at place: StepPlace
  ) -> TokenTerm {
    let beta = coefficient.value(at: place)
    let (value, slope) = Estimator.estimate(logProbability - reference)
    return TokenTerm(value: beta * value, logProbabilitySlope: beta * slope)
  }
}

package typealias LogRatioDivergence = Divergence<LogRatioEstimator>
package typealias SquaredDivergence = Divergence<SquaredEstimator>
package typealias LowVarianceDivergence = Divergence<LowVarianceEstimator>

/// `k1 = log π − log π_ref`: unbiased in value; its gradient in the loss is that of the score alone.
///
/// - Source: Schulman 2020, "Approximating KL divergence".
package enum LogRatioEstimator: DivergenceEstimator {
  package static let kind = "k1"

  package static func estimate(_ difference: Double) -> (value: Double, slope: Double) {
    (difference, 1)
  }
}

/// `k2 = ½ (log π − log π_ref)²`: biased, never negative, and its gradient is that of the true
/// divergence on policy.
///
/// - Source: Schulman 2020, "Approximating KL divergence".
package enum SquaredEstimator: DivergenceEstimator {
  package static let kind = "k2"

  package static func estimate(_ difference: Double) -> (value: Double, slope: Double) {
    (0.5 * difference * difference, difference)
  }
}

/// `k3 = π_ref / π − log (π_ref / π) − 1`: unbiased, never negative, low variance.
///
/// - Source: Schulman 2020, "Approximating KL divergence"; GRPO, arXiv:2402.03300, equation 4.
package enum LowVarianceEstimator: DivergenceEstimator {
  package static let kind = "k3"

  package static func estimate(_ difference: Double) -> (value: Double, slope: Double) {
    // Beyond e²⁰ the estimator says only "far away"; the bound keeps one token from ending a run.
    let toReference = min(-difference, 20)
    let ratio = portableExp(toReference)
    return (ratio - toReference - 1, 1 - ratio)
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
