import Reproducibility

/// What the stages of an arm may spend at most, for seeing whether arms are compared at equal cost.
package struct TrainingBudget: Sendable, Hashable {
  /// Updates of the policy.
  package var updates: Int
  /// Responses that are sampled for them.
  package var rollouts: Int
  /// Tokens of these responses.
  package var tokens: Int
}

extension Recipe {
  package var budget: TrainingBudget {
    var budget = TrainingBudget(updates: 0, rollouts: 0, tokens: 0)
    for stage in stages {
      let cap = stage.problems.map { stage.maxTokens[$0.domain] }.max() ?? 0
      let rollouts = stage.steps * stage.prompts * stage.rollouts.largestGroup
      budget.updates += stage.steps
      budget.rollouts += rollouts
      budget.tokens += rollouts * cap
    }
    return budget
  }
}
