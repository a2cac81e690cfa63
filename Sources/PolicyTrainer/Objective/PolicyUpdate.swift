package import TransformerLM

/// Turns a batch into one gradient step of the policy.
///
/// The batch is packed group by group into micro-batches that fit the tape; the law of the kernels
/// makes the gradient independent of where it is cut. It keeps the memory that a step needs, so that
/// after the largest batch so far nothing more is allocated.
package final class PolicyUpdate {
  private let tape: TrainingTape
  private let gradient: Gradient
  private var packed = PackedBatch()
  /// Slopes of the loss by log-probability and by entropy, for each wanted row of `packed`.
  private var slopes: [Float] = []
  private var entropySlopes: [Float] = []

  /// - Parameter rows: rows that the tape holds; a group must fit.
  package init(tape: TrainingTape, gradient: Gradient) {
    self.tape = tape
    self.gradient = gradient
  }

  /// log π_reference of every token of every rollout, written into the batch.
  package func score(
    _ groups: inout [PromptGroup], under reference: ModelParameters, temperature: Double
  ) {
    var start = 0
    while start < groups.count {
      let chunk = start..<chunkEnd(from: start, in: groups)
      pack(groups, chunk)
      tape.forward(reference, packed, temperature: Float(temperature))
      var row = 0
      for group in chunk {
        for index in groups[group].rollouts.indices {
          let rows = row..<row + groups[group].rollouts[index].tokens.count
          groups[group].rollouts[index].referenceLogProbabilities.replaceAll(
            with: tape.logProbabilities[rows])
          row = rows.upperBound
        }
      }
      start = chunk.upperBound
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
    precondition(caps.count == groups.count)
    let weights = objective.tokenWeights(in: groups)
    var record = UpdateRecord()
    var divergence = 0.0
    gradient.clear()
    var start = 0
    while start < groups.count {
      let chunk = start..<chunkEnd(from: start, in: groups)
      pack(groups, chunk)
      tape.forward(policy, packed, temperature: Float(temperature))
      slopes.replaceAll(with: repeatElement(0, count: packed.wanted.count))
      entropySlopes.replaceAll(with: repeatElement(0, count: packed.wanted.count))
      var next = 0
      for group in chunk {
        for rollout in groups[group].rollouts {
          let rows = next..<next + rollout.tokens.count
          next = rows.upperBound
          let weight = weights.weight(of: rollout, cap: caps[group])
          guard weight > 0 else { continue }
          record.tokens += rows.count
          for (token, row) in rows.enumerated() {
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
      start = chunk.upperBound
    }
    if record.tokens > 0 {
      record.entropy /= Double(record.tokens)
      divergence /= Double(record.tokens)
    }
    record.divergence = objective.needsReference ? divergence : nil
    // A loss that is no number must not move the weights, even where its gradient is one.
    if !record.loss.isFinite {
      record.broken = .loss(of: gradient)
      return record
    }
    record.gradientNorm = Double(
      optimizer.update(policy, gradient, learningRate: Float(learningRate)))
    record.clipped = record.gradientNorm > Double(optimizer.settings.clipNorm) ? 1 : 0
    record.broken = .first(norm: record.gradientNorm, of: gradient)
    return record
  }

  /// Where the groups end that follow one another from `start` and fit the tape together.
  private func chunkEnd(from start: Int, in groups: [PromptGroup]) -> Int {
    var end = start
    var rows = 0
    while end < groups.count {
      rows += Self.rows(of: groups[end])
      if end > start && rows > tape.rowCapacity { break }
      end += 1
    }
    return end
  }

  /// Rows of the tape that a group needs: its prompt once, and each completion but its last token.
  package static func rows(of group: PromptGroup) -> Int {
    group.rollouts.reduce(group.updatePrompt.count) {
      $0 + PackedBatch.rows(completion: $1.tokens.count)
    }
  }

  /// Packs groups one after another; the tokens of their rollouts are then wanted in that order.
  private func pack(_ groups: [PromptGroup], _ chunk: Range<Int>) {
    packed.removeAll()
    for group in chunk {
      let prompt = packed.appendPrompt(groups[group].updatePrompt)
      for rollout in groups[group].rollouts { packed.appendCompletion(rollout.tokens, of: prompt) }
    }
  }
}

extension [Float] {
  /// Takes over other numbers, in the memory that is there if they fit.
  mutating func replaceAll(with numbers: some Collection<Float>) {
    removeAll(keepingCapacity: true)
    append(contentsOf: numbers)
  }
}
