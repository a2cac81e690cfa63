import Reproducibility
package import StudyLanguage

/// Every method the trainer has, door by door. A new one is named here, and only here.
package enum MethodCatalog {
  package static let problemSamplers = Door<any ProblemSampler>(
    "problem sampler", [UniformSampler.self, SortedSampler.self])
  package static let guidance = Door<any Guidance>("guidance", [NoGuidance.self])
  package static let rolloutPlans = Door<any RolloutPlan>("rollout plan", [FixedRollouts.self])
  package static let rewardTerms = Door<any RewardTerm>(
    "reward term", [VerifierReward.self, FormatReward.self, OverlongPenalty.self],
    shared: [
      Key(
        "weight", .schedule(.closed(-1000, 1000)), default: 1,
        source: "arXiv:2504.00829, section 3.2",
        doc: "What the term is multiplied by.")
    ])
  package static let groupFilters = Door<any GroupFilter>(
    "group filter", [KeepAllGroups.self, DynamicSampling.self])
  package static let advantages = Door<any AdvantageEstimator>(
    "advantage",
    [
      GroupRelativeAdvantage.self, GroupCenteredAdvantage.self, LeaveOneOutAdvantage.self,
      RewardAsAdvantage.self,
    ])
  package static let policyLosses = Door<any PolicyLoss>("policy loss", [ClippedLoss.self])
  package static let divergences = Door<any Regulariser>(
    "divergence",
    [
      NoRegulariser.self, LogRatioDivergence.self, SquaredDivergence.self,
      LowVarianceDivergence.self,
    ])
  package static let entropies = Door<any Regulariser>(
    "entropy", [NoRegulariser.self, EntropyBonus.self])
  package static let stageEnds = Door<any StageEnd>(
    "stage end", [EndAfterSteps.self, EndOnPlateau.self, EndOnSuccess.self])
}

/// The methods behind one door: what a recipe may write there, and how to make what it wrote.
package struct Door<Product>: Sendable {
  package let name: String
  package let methods: [any Method.Type]
  private let shared: [Key]

  /// - Parameter shared: settings that every method behind this door has beside its own.
  init(_ name: String, _ methods: [any Method.Type], shared: [Key] = []) {
    self.name = name
    self.methods = methods
    self.shared = shared
  }

  /// `{"kind": …, settings of that kind …}`
  package var type: ValueType {
    .union(
      tag: "kind",
      cases: methods.map { RecordSchema($0.schema.name, keys: $0.schema.keys + shared) })
  }

  /// The method that settings of ``type`` name.
  package func make(_ settings: Settings) -> Product {
    let kind = settings.text("kind")
    guard let method = methods.first(where: { $0.kind == kind }),
      let product = method.init(settings) as? Product
    else {
      preconditionFailure("'\(kind)' stands in no recipe that was read: the door lists it not")
    }
    return product
  }
}
