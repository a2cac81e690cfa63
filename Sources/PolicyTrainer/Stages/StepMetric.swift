import ReasoningTasks

/// What one step did, as metrics see it.
package struct StepRecord: Sendable {
  package var batch: RolloutBatch
  package var update: UpdateRecord
  package var learningRate: Double
  /// Tokens drawn since the start of the trial, those of dropped groups included.
  package var generatedTokens: Int

  package init(
    batch: RolloutBatch, update: UpdateRecord, learningRate: Double, generatedTokens: Int
  ) {
    self.batch = batch
    self.update = update
    self.learningRate = learningRate
    self.generatedTokens = generatedTokens
  }
}

/// Door: one number of a step. `docs/grpo.md` explains each.
package struct StepMetric: Sendable {
  package let name: String
  package let unit: String
  /// What the number says, in a sentence for the reference page.
  package let meaning: String
  /// nil when the step has nothing to measure; then nothing is recorded, not zero.
  package let value: @Sendable (StepRecord) -> Double?

  package static let all: [StepMetric] = [
    StepMetric(
      name: "reward", unit: "reward", meaning: "Mean reward of the rollouts that were drawn.",
      value: { mean($0.batch.allRollouts.map(\.reward)) }),
    StepMetric(
      name: "score", unit: "share", meaning: "Mean verifier score of the rollouts.",
      value: { mean($0.batch.allRollouts.map(\.verdict.score)) }),
    StepMetric(
      name: "score.math", unit: "share", meaning: "The same, math problems alone.",
      value: { mean($0.batch.rollouts(of: .math).map(\.verdict.score)) }),
    StepMetric(
      name: "score.code", unit: "share", meaning: "The same, code problems alone.",
      value: { mean($0.batch.rollouts(of: .code).map(\.verdict.score)) }),
    StepMetric(
      name: "well_formed", unit: "share", meaning: "Responses that end in exactly one answer box.",
      value: { mean($0.batch.allRollouts.map { $0.verdict.isWellFormed ? 1 : 0 }) }),
    StepMetric(
      name: "length", unit: "tokens", meaning: "Mean length of a response.",
      value: { mean($0.batch.allRollouts.map { Double($0.tokens.count) }) }),
    StepMetric(
      name: "truncated", unit: "share", meaning: "Responses that the length cap cut off.",
      value: { mean($0.batch.allRollouts.map { $0.isTruncated ? 1 : 0 }) }),
    StepMetric(
      name: "silent_groups", unit: "share",
      meaning: "Groups in the update without any advantage, so without gradient of the surrogate.",
      value: { mean($0.batch.groups.map { $0.hasSignal ? 0 : 1 }) }),
    StepMetric(
      name: "dropped_groups", unit: "groups", meaning: "Groups that the filter dropped.",
      value: { Double($0.batch.dropped.count) }),
    StepMetric(
      name: "entropy", unit: "nats", meaning: "Mean entropy of the policy at the trained tokens.",
      value: { $0.update.tokens > 0 ? $0.update.entropy : nil }),
    StepMetric(
      name: "kl", unit: "nats",
      meaning: "Mean k3 estimate of the divergence from the reference at the trained tokens.",
      value: { $0.update.tokens > 0 ? $0.update.divergence : nil }),
    StepMetric(
      name: "loss", unit: "loss", meaning: "Value of the whole loss, regularisers included.",
      value: { $0.update.updates > 0 ? $0.update.loss : nil }),
    StepMetric(
      name: "gradient_norm", unit: "norm", meaning: "Norm of the gradient before clipping.",
      value: { $0.update.updates > 0 ? $0.update.gradientNorm : nil }),
    StepMetric(
      name: "gradient_clipped", unit: "share",
      meaning: "Updates of the step whose gradient was scaled down to `clip_norm`.",
      value: { record in
        let update = record.update
        return update.updates > 0 ? Double(update.clipped) / Double(update.updates) : nil
      }),
    StepMetric(
      name: "log_ratio", unit: "nats",
      meaning: "Largest |log ρ| met; exactly 0 while every batch makes one update.",
      value: { $0.update.updates > 0 ? $0.update.largestLogRatio : nil }),
    StepMetric(
      name: "learning_rate", unit: "1", meaning: "Step size of the update.",
      value: { $0.learningRate }),
    StepMetric(
      name: "generated_tokens", unit: "tokens",
      meaning: "Tokens drawn for training since the start of the trial, dropped groups included.",
      value: { Double($0.generatedTokens) }),
  ]
}

extension RolloutBatch {
  /// Every rollout that was drawn, also those that the filter dropped.
  var allRollouts: [Rollout] { (groups + dropped).flatMap(\.rollouts) }

  func rollouts(of domain: Domain) -> [Rollout] {
    (groups + dropped).filter { $0.domain == domain }.flatMap(\.rollouts)
  }
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
