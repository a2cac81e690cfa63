package import TransformerLM

/// Turns a batch of demonstrations into one gradient step. Like ``PolicyUpdate`` it cuts the batch to
/// what the tape holds, and keeps the memory that a step needs.
package final class SupervisedUpdate {
  private let tape: TrainingTape
  private let gradient: Gradient
  private var packed = PackedBatch()
  /// Slope of the loss by each log-probability of `packed`.
  private var slopes: [Float] = []

  /// What one update did.
  package struct Record: Sendable {
    /// Mean over the response tokens, nats; before the step.
    package var loss = 0.0
    /// Response tokens.
    package var tokens = 0
    /// Norm of the gradient before clipping.
    package var gradientNorm = 0.0
    /// Whether the gradient was longer than the clipping norm and so scaled down.
    package var isClipped = false
    /// What stopped being a number, if anything did; the update was then not made.
    package var broken: BrokenNumber?
  }

  /// - Parameter tape: must hold the rows of at least one demonstration.
  package init(tape: TrainingTape, gradient: Gradient) {
    self.tape = tape
    self.gradient = gradient
  }

  /// One update on these demonstrations.
  ///
  /// - Throws: ``WorkFault`` when one of them does not fit the context; the weights are then as before.
  package func update(
    _ policy: ModelParameters, _ samples: [DemonstrationSource.Sample], optimizer: AdamW,
    learningRate: Double
  ) throws(WorkFault) -> Record {
    var record = Record()
    for sample in samples { record.tokens += sample.response.count }
    let slope = Float(-1 / Double(record.tokens))
    gradient.clear()
    packed.removeAll()
    for sample in samples {
      let count = sample.prompt.count + sample.response.count
      // The last token is only predicted, never fed.
      guard count - 1 <= tape.shape.context else {
        throw WorkFault(
          what: "a demonstration has \(count) tokens, the model a context of \(tape.shape.context)",
          why: "prompt and response together must fit into the context",
          help: "raise 'model.context', or demonstrate shorter problems ('cold_start')")
      }
      if packed.rows + count > tape.rowCapacity { flush(policy, slope: slope, &record) }
      packed.appendSequence(prompt: sample.prompt, response: sample.response)
    }
    flush(policy, slope: slope, &record)
    record.loss /= Double(record.tokens)
    if !record.loss.isFinite {
      record.broken = .loss(of: gradient)
      return record
    }
    record.gradientNorm = Double(
      optimizer.update(policy, gradient, learningRate: Float(learningRate)))
    record.isClipped = record.gradientNorm > Double(optimizer.settings.clipNorm)
    record.broken = .first(norm: record.gradientNorm, of: gradient)
    return record
  }

  /// Adds the gradient of what is packed, and its loss to the sum.
  private func flush(_ policy: ModelParameters, slope: Float, _ record: inout Record) {
    guard !packed.isEmpty else { return }
    tape.forward(policy, packed, temperature: 1)
    for index in packed.wanted.indices { record.loss -= Double(tape.logProbabilities[index]) }
    slopes.replaceAll(with: repeatElement(slope, count: packed.wanted.count))
    tape.backward(policy, packed, logProbabilityGradient: slopes, into: gradient)
    packed.removeAll()
  }
}
