import TransformerLM

/// The whole loss of a batch: the surrogate, what is added to it, and how tokens add up.
package struct Objective: Sendable {
  package let loss: any PolicyLoss
  package let regularisers: [any Regulariser]

  package init(loss: any PolicyLoss, regularisers: [any Regulariser]) {
    self.loss = loss
    self.regularisers = regularisers
  }

  package var needsReference: Bool { regularisers.contains(where: \.needsReference) }

  /// How much each token weighs in the loss of groups that enter an update together.
  package func tokenWeights(in groups: [PromptGroup]) -> TokenWeights {
    var weights = TokenWeights(aggregation: loss.aggregation)
    for group in groups {
      for rollout in group.rollouts { weights.count(rollout) }
    }
    return weights
  }

  /// The loss at one token: surrogate plus regularisers.
  package func term(
    logProbability: Double, behaviour: Double, reference: Double, entropy: Double,
    advantage: Double, at place: StepPlace
  ) -> TokenTerm {
    var sum = loss.term(
      logProbability: logProbability, behaviour: behaviour, advantage: advantage, at: place)
    for regulariser in regularisers where !regulariser.isInReward {
      let term = regulariser.term(
        logProbability: logProbability, reference: reference, entropy: entropy, at: place)
      sum.value += term.value
      sum.logProbabilitySlope += term.logProbabilitySlope
      sum.entropySlope += term.entropySlope
    }
    return sum
  }
}

/// Weight of each token of a rollout in the loss of a batch. Masked rollouts weigh nothing and count in
/// no denominator (AM-Thinking-v1, arXiv:2505.08311; Skywork-OR1, arXiv:2505.22312, section 3.2).
package struct TokenWeights: Sendable {
  private let aggregation: TokenAggregation
  /// Rollouts that are not masked, and their tokens.
  private var rollouts = 0
  private var tokens = 0

  fileprivate init(aggregation: TokenAggregation) { self.aggregation = aggregation }

  fileprivate mutating func count(_ rollout: Rollout) {
    guard rollout.countsInLoss else { return }
    rollouts += 1
    tokens += rollout.tokens.count
  }

  /// - Parameter cap: length cap of the rollout, tokens; read by `constant` aggregation alone.
  package func weight(of rollout: Rollout, cap: Int) -> Double {
    guard rollout.countsInLoss, !rollout.tokens.isEmpty else { return 0 }
    return switch aggregation {
    case .token: 1 / Double(tokens)
    case .sequence: 1 / (Double(rollouts) * Double(rollout.tokens.count))
    case .constant: 1 / (Double(rollouts) * Double(cap))
    }
  }
}

/// What the updates of one step did, summed over its mini-batches.
package struct UpdateRecord: Sendable {
  /// How many were made; 0 when no group was left to train on.
  package var updates = 0
  /// Mean over mini-batches.
  package var loss = 0.0
  /// Norm of the gradient before clipping, mean over mini-batches.
  package var gradientNorm = 0.0
  /// Mini-batches whose gradient was longer than the clipping norm and so scaled down.
  package var clipped = 0
  /// Mean entropy of the policy at the trained tokens, nats.
  package var entropy = 0.0
  /// Mean of the k3 estimate of KL(π ‖ π_ref) over the trained tokens, nats; nil without reference.
  package var divergence: Double?
  /// Largest |log ρ| seen; exactly 0 on the first update of an on-policy batch.
  package var largestLogRatio = 0.0
  /// Tokens that entered the loss.
  package var tokens = 0

  /// What stopped being a number, if anything did; the update was then not made.
  package var broken: BrokenNumber?

  package init() {}
}

/// Where a loss or a gradient stopped being a number.
package enum BrokenNumber: Sendable, Hashable {
  /// With the first tensor of the model whose gradient it took along, if any.
  case loss(tensor: String?)
  /// The first tensor of the model, in the order of its file, whose gradient is not finite, and how
  /// many more there are.
  case gradient(tensor: String, others: Int)
  /// Every element is finite, but the sum of their squares is not.
  case gradientNorm
}

extension BrokenNumber: CustomStringConvertible {
  package var description: String {
    switch self {
    case .loss(nil): "the loss"
    case .loss(let tensor?): "the loss, and with it the gradient of '\(tensor)',"
    case .gradient(let tensor, 0): "the gradient of '\(tensor)'"
    case .gradient(let tensor, let others):
      "the gradient of '\(tensor)' (and of \(others) more tensor\(others == 1 ? "" : "s"))"
    case .gradientNorm: "the norm of the gradient"
    }
  }

  /// A loss that is no number, after the backward pass that followed it.
  static func loss(of gradient: Gradient) -> BrokenNumber {
    .loss(tensor: gradient.namesOfBrokenTensors.first)
  }

  /// What is wrong with a gradient of that norm; nil when nothing is.
  static func first(norm: Double, of gradient: Gradient) -> BrokenNumber? {
    if norm.isFinite { return nil }
    let names = gradient.namesOfBrokenTensors
    return names.first.map { .gradient(tensor: $0, others: names.count - 1) } ?? .gradientNorm
  }
}
