import ReasoningTasks
package import Reproducibility
package import TransformerLM

/// Supervised training on worked demonstrations: the cold start that gives a solver its skill.
///
/// The loss is the mean negative log-likelihood of the response tokens, end token included; prompts
/// are read, not learned. Each step draws new demonstrations, so none comes twice but by chance.
package final class ColdStartTrainer {
  private let settings: SolverSettings
  private let source: DemonstrationSource
  private let update: SupervisedUpdate
  private let optimizer: AdamW
  private let seed: Seed

  /// - Parameter tape: must hold the rows of at least one demonstration.
  package init(
    settings: SolverSettings, source: DemonstrationSource, tape: TrainingTape, gradient: Gradient,
    optimizer: AdamW, seed: Seed
  ) {
    self.settings = settings
    self.source = source
    update = SupervisedUpdate(tape: tape, gradient: gradient)
    self.optimizer = optimizer
    self.seed = seed
  }

  /// Trains to the last step; measures `loss`, `gradient_norm`, `tokens`, and `gradient_clipped`, the
  /// share of the steps since the last measurement whose gradient was scaled down.
  ///
  /// - Throws: ``TrainingDiverged``, ``WorkStopped`` after saving, or what the bench throws.
  package func run(_ start: ModelParameters, on bench: any WorkBench) throws -> ModelParameters {
    var policy = start
    var chain = DigestChain()
    var clipped = 0
    var step = 0
    var lastCheckpoint: Int?
    if let saved = try bench.checkpoint() {
      (policy, chain, clipped) = try restore(saved.files, shape: start.shape)
      step = saved.step
      lastCheckpoint = step
    }
    while step < settings.steps {
      let isDue = step > lastCheckpoint ?? 0 && step.isMultiple(of: Self.checkpointInterval)
      if bench.isStopRequested || isDue {
        let state: JSONValue = ["chain": chain.json, "clipped": JSONValue(clipped)]
        try bench.saveCheckpoint(
          step: step,
          files: [
            ("policy.safetensors", policy.safetensors),
            ("optimizer.safetensors", optimizer.safetensors),
            ("state.json", Array(state.line.utf8)),
          ])
        lastCheckpoint = step
        if bench.isStopRequested { throw WorkStopped(step: step) }
      }
      let place = StepPlace(step: step, steps: settings.steps, stageSeed: seed)
      let samples = try (0..<settings.batch).map { try source.sample(place.seed.derive($0)) }
      chain.add { sha in
        for sample in samples {
          sha.update("\(sample.prompt.count) \(sample.response.count)\n")
          sha.update(sample.prompt.span)
          sha.update(sample.response.span)
        }
      }
      let record = try update.update(
        policy, samples, optimizer: optimizer,
        learningRate: settings.optimizer.learningRate.value(at: place))
      step += 1
      if let broken = record.broken {
        throw TrainingDiverged(
          stage: "cold start of \(settings.name)", step: step, broken: broken,
          lastCheckpoint: lastCheckpoint)
      }
      clipped += record.isClipped ? 1 : 0
      if step.isMultiple(of: Self.digestInterval) || step == settings.steps {
        chain.close(step: step, policy: policy, optimizer: optimizer, random: "\(seed.key)")
      }
      if step.isMultiple(of: Self.measurementInterval) || step == settings.steps {
        try bench.record([
          Measurement(step: step, metric: "loss", value: record.loss),
          Measurement(step: step, metric: "gradient_norm", value: record.gradientNorm),
          Measurement(
            step: step, metric: "gradient_clipped",
            value: Double(clipped) / Double((step - 1) % Self.measurementInterval + 1)),
          Measurement(step: step, metric: "tokens", value: Double(record.tokens)),
        ])
        clipped = 0
      }
      bench.report(WorkProgress(step: step, steps: settings.steps, values: [("loss", record.loss)]))
    }
    try bench.write(DigestChain.file, chain.bytes)
    return policy
  }

  /// Steps between two kept states: a few seconds of work.
  private static let checkpointInterval = 500
  /// Steps between two measurements: a curve of some dozens of points.
  private static let measurementInterval = 50
  /// Steps between two links of the chain of digests: some hundredth of the work.
  private static let digestInterval = 100

  /// Takes up the state that an earlier attempt kept.
  private func restore(
    _ files: [String: [UInt8]], shape: ModelShape
  ) throws -> (policy: ModelParameters, chain: DigestChain, clipped: Int) {
    guard let weights = files["policy.safetensors"],
      let moments = files["optimizer.safetensors"],
      let state = try files["state.json"].map({ try JSONValue(parsing: $0) }),
      let chain = state["chain"].flatMap(DigestChain.init(json:)),
      let clipped = state["clipped"]?.int
    else {
      throw WorkFault(
        what: "the checkpoint of solver '\(settings.name)' is incomplete",
        why: "a cold start goes on only from a state that it can read whole",
        help: "remove the item's checkpoint; the solver then starts again")
    }
    try optimizer.load(safetensors: moments, name: "optimizer.safetensors")
    return (
      try ModelParameters(safetensors: weights, name: "policy.safetensors", shape: shape), chain,
      clipped
    )
  }
}
