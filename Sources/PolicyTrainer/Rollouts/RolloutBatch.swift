package import ReasoningTasks
import Reproducibility

/// A problem of the pool with what grading found out about it.
package struct PoolEntry: Sendable {
  package let problem: Problem
  /// The prompt as tokens.
  package let prompt: [Int32]
  /// Correct attempts and attempts of each solver, in the recipe's order of solvers.
  package let passRates: [(solver: String, rate: PassRate)]

  package init(problem: Problem, prompt: [Int32], passRates: [(solver: String, rate: PassRate)]) {
    self.problem = problem
    self.prompt = prompt
    self.passRates = passRates
  }

  /// The solver's pass rate in 0…1; nil when it was not asked.
  package func passRate(of solver: String) -> Double? {
    passRates.first { $0.solver == solver }?.rate.value
  }
}

/// Which policy drew a completion; its log-probabilities are those of that policy.
package enum BehaviourPolicy: Sendable, Hashable {
  /// The policy as it stood when the batch was drawn.
  case current
  /// Any other: a teacher, an older policy, a demonstration.
  case other(String)
}

/// One completion of one prompt and everything that was found out about it.
package struct Rollout: Sendable {
  /// Tokens of the completion, the end token included when it finished.
  package var tokens: [Int32]
  /// log π_behaviour of each token, at the temperature of the rollout.
  package var logProbabilities: [Float]
  package var isFinished: Bool
  package var behaviour: BehaviourPolicy
  package var verdict: Verdict
  /// What the reward terms add up to; unitless.
  package var reward: Double
  /// log π_reference of each token; empty when no regulariser asks for it.
  package var referenceLogProbabilities: [Float] = []
  /// Whether the reward enters the statistics of its group.
  package var countsInGroup = true
  /// Whether the tokens enter the loss and its denominator.
  package var countsInLoss = true
  /// Reward relative to the group; unitless.
  package var advantage: Double = 0

  package init(
    tokens: [Int32], logProbabilities: [Float], isFinished: Bool, behaviour: BehaviourPolicy,
    verdict: Verdict, reward: Double
  ) {
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.isFinished = isFinished
    self.behaviour = behaviour
    self.verdict = verdict
    self.reward = reward
  }

  /// Stopped by the length cap before the end token.
  package var isTruncated: Bool { !isFinished }
}

/// The rollouts that share one prompt. Groups of a batch may differ in size.
package struct PromptGroup: Sendable {
  package var entry: PoolEntry
  /// What the policy was shown.
  package var prompt: [Int32]
  /// What the update conditions on: the prompt shown, or the bare one when guidance changed it.
  package var updatePrompt: [Int32]
  /// The guidance's name for what it did; nil when the prompt is the problem's own.
  package var guidance: String?
  package var rollouts: [Rollout]

  package init(
    entry: PoolEntry, prompt: [Int32], updatePrompt: [Int32], guidance: String?, rollouts: [Rollout]
  ) {
    self.entry = entry
    self.prompt = prompt
    self.updatePrompt = updatePrompt
    self.guidance = guidance
    self.rollouts = rollouts
  }

  package var domain: Domain { entry.problem.domain }

  /// Mean verifier score of the group, in 0…1.
  package var passRate: Double {
    guard !rollouts.isEmpty else { return 0 }
    return rollouts.reduce(0) { $0 + $1.verdict.score } / Double(rollouts.count)
  }

  /// Whether any rollout learns something from the others.
  package var hasSignal: Bool { rollouts.contains { $0.advantage != 0 } }
}

/// What one step trains on.
package struct RolloutBatch: Sendable {
  package var groups: [PromptGroup]
  /// Groups that were rolled out but dropped by the filter; they cost tokens all the same.
  package var dropped: [PromptGroup] = []

  package init(groups: [PromptGroup]) { self.groups = groups }

  /// Feeds a digest everything that was drawn, and all of it that the update reads.
  func digest(into sha: inout SHA256) {
    for group in groups + dropped {
      sha.update("\(group.entry.problem.id) \(group.updatePrompt.count) \(group.rollouts.count)\n")
      sha.update(group.updatePrompt.span)
      for rollout in group.rollouts {
        sha.update(
          "\(rollout.tokens.count) \(rollout.countsInLoss) \(rollout.reward.bitPattern) "
            + "\(rollout.advantage.bitPattern) \(rollout.referenceLogProbabilities.count)\n")
        sha.update(rollout.tokens.span)
        sha.update(rollout.logProbabilities.span)
        sha.update(rollout.referenceLogProbabilities.span)
      }
    }
  }
}
