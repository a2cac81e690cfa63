package import TransformerLM

/// Turns a batch into one gradient step of the policy.
///
/// The batch is packed group by group into micro-batches that fit the tape; the law of the kernels
/// makes the gradient independent of where it is cut.
package final class PolicyUpdate {
  private let tape: TrainingTape
  private let gradient: Gradient
  private var packed = PackedBatch()

  /// - Parameter rows: rows that the tape holds; a group must fit.
  package init(tape: TrainingTape, gradient: Gradient) {
    self.tape = tape
    self.gradient = gradient
  }

  /// log π_reference of every token of every rollout, written into the batch.
  package func score(
    _ groups: inout [PromptGroup], under reference: ModelParameters, temperature: Double
  ) {
    for chunk in chunks(of: groups) {
      let ranges = pack(groups[chunk])
      tape.forward(reference, packed, temperature: Float(temperature))
      for (group, rows) in zip(chunk, ranges) {
        for (index, range) in rows.enumerated() {
          groups[group].rollouts[index].referenceLogProbabilities =
            Array(tape.logProbabilities[range])
        }
      }
    }
  }

  /// One update on these groups.
  ///
  /// - Parameters:
  ///   - caps: length cap of each group, tokens.
  ///   - temperature: at which the rollouts were drawn; the loss uses the same.
  package func update(
    _ policy: ModelParameters, _ groups: [PromptGroup], caps: [Int], objective: Objective,
    optimizer: AdamW, learningRate: Double, temperature: Double, at place: StepPlace
  ) -> UpdateRecord {
    let rollouts = groups.flatMap(\.rollouts)
    let groupCaps = zip(groups, caps).flatMap { group, cap in group.rollouts.map { _ in cap } }
    let weights = objective.tokenWeights(of: rollouts, caps: groupCaps)
    var record = UpdateRecord()
    var divergence = 0.0
    var first = 0
    gradient.clear()
    for chunk in chunks(of: groups) {
      let ranges = pack(groups[chunk])
      tape.forward(policy, packed, temperature: Float(temperature))
      var slopes = [Float](repeating: 0, count: packed.wanted.count)
      var entropySlopes = [Float](repeating: 0, count: packed.wanted.count)
      for (group, rows) in zip(chunk, ranges) {
        for (rollout, range) in zip(groups[group].rollouts, rows) {
          let weight = weights[first]
          first += 1
          guard weight > 0 else { continue }
          record.tokens += range.count
          for (token, row) in range.enumerated() {
            let now = Double(tape.logProbabilities[row])
            let entropy = Double(tape.entropies[row])
            let behaviour = Double(rollout.logProbabilities[token])
            let reference =
              objective.needsReference ? Double(rollout.referenceLogProbabilities[token]) : now
            let term = objective.term(
              logProbability: now, behaviour: behaviour, reference: reference, entropy: entropy,
              advantage: rollout.advantage, at: place)
            slopes[row] = Float(weight * term.logProbabilitySlope)
            entropySlopes[row] = Float(weight * term.entropySlope)
            record.loss += weight * term.value
            record.entropy += entropy
            divergence += LowVarianceEstimator.estimate(now - reference).value
            record.largestLogRatio = max(record.largestLogRatio, abs(now - behaviour))
          }
        }
      }
      tape.backward(
        policy, packed, logProbabilityGradient: slopes, entropyGradient: entropySlopes,
        into: gradient)
    }
    if record.tokens > 0 {
      record.entropy /= Double(record.tokens)
      divergence /= Double(record.tokens)
    }
    record.divergence = objective.needsReference ? divergence : nil
    // Before the update: a loss that is no number must not move the weights even where its gradient is.
    if !record.loss.isFinite {
      record.broken = .loss
      return record
    }
    record.gradientNorm = Double(
      optimizer.update(policy, gradient, learningRate: Float(learningRate)))
    record.clipped = record.gradientNorm > Double(optimizer.settings.clipNorm) ? 1 : 0
    record.broken = .first(loss: record.loss, norm: record.gradientNorm, of: gradient)
    return record
  }

  /// Consecutive groups that fit the tape together.
  private func chunks(of groups: [PromptGroup]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    var rows = 0
    for (index, group) in groups.enumerated() {
      let needed = Self.rows(of: group)
      if index > start && rows + needed > tape.rowCapacity {
        chunks.append(start..<index)
        start = index
        rows = 0
      }
      rows += needed
    }
    if start < groups.count { chunks.append(start..<groups.count) }
    return chunks
  }

  /// Rows of the tape that a group needs: its prompt once, and each completion but its last token.
  package static func rows(of group: PromptGroup) -> Int {
    PackedBatch.rows(
      prompt: group.updatePrompt.count, completions: group.rollouts.map(\.tokens.count))
  }

  private func pack(_ groups: ArraySlice<PromptGroup>) -> [[Range<Int>]] {
    packed.removeAll()
    return groups.map { group in
      packed.appendGroup(prompt: group.updatePrompt, completions: group.rollouts.map(\.tokens))
    }
  }
}
