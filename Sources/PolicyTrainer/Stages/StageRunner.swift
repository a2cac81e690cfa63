package import ReasoningTasks
package import Reproducibility
package import TransformerLM

/// What a stage starts from and what it hands on.
package struct StagePolicy {
  package var policy: ModelParameters
  package var reference: ModelParameters
  package var optimizer: AdamW
  /// Updates made before, since the start of the trial.
  package var step: Int
  /// Tokens drawn for training before, since the start of the trial.
  package var generatedTokens: Int

  package init(
    policy: ModelParameters, reference: ModelParameters, optimizer: AdamW, step: Int,
    generatedTokens: Int
  ) {
    self.policy = policy
    self.reference = reference
    self.optimizer = optimizer
    self.step = step
    self.generatedTokens = generatedTokens
  }
}

/// The loss or a gradient stopped being a number.
package struct TrainingDiverged: Error, Sendable, Hashable {
  package var stage: String
  package var step: Int
  package var broken: BrokenNumber
  /// The last step that was kept; nil before the first.
  package var lastCheckpoint: Int?
}

/// The loop of docs/grpo.md: propose problems, guide, roll out, verify and reward, filter, advantage,
/// loss, update, measure; with an evaluation every so many steps and a checkpoint now and then.
///
/// Group-relative policy optimisation as printed in arXiv:2504.00829, section 4.1, with every choice
/// that the paper leaves open behind a door.
package final class StageRunner {
  private let stage: StageSettings
  private let batches: BatchBuilder
  private let update: PolicyUpdate
  private let evaluator: Evaluator
  private let evaluationInterval: Int
  private let collector: RolloutCollector
  private let seeds: Seeds
  private let observer: ((StepRecord) -> Void)?

  /// Where a stage's random numbers come from.
  package struct Seeds: Sendable {
    /// Rollouts.
    package var stage: Seed
    /// Problem order.
    package var order: Seed
    /// Evaluations; shared by all arms of a trial seed.
    package var evaluation: Seed

    /// For the digest chain: the key of the rollouts, and that of the order where it is another.
    fileprivate var words: String {
      order == stage ? "\(stage.key)" : "\(stage.key) \(order.key)"
    }

    /// - Parameter order: nil for that of the rollouts.
    package init(stage: Seed, order: Seed? = nil, evaluation: Seed) {
      self.stage = stage
      self.order = order ?? stage
      self.evaluation = evaluation
    }
  }

  /// - Parameter observer: shown each step after its update, rollouts and all, of which a bench is
  ///   told the metrics only; what it does with them changes no result.
  package init(
    stage: StageSettings, pools: [Domain: [PoolEntry]], collector: RolloutCollector,
    update: PolicyUpdate, evaluator: Evaluator, evaluationInterval: Int, seeds: Seeds,
    observer: ((StepRecord) -> Void)? = nil
  ) {
    self.stage = stage
    self.collector = collector
    self.update = update
    self.evaluator = evaluator
    self.evaluationInterval = evaluationInterval
    self.seeds = seeds
    self.observer = observer
    batches = BatchBuilder(stage: stage, pools: pools, collector: collector)
  }

  /// Runs the stage to its end and leaves its files on the bench.
  ///
  /// - Throws: ``TrainingDiverged``, ``WorkStopped`` after saving, or what the bench throws.
  /// - Returns: what the next stage starts from.
  package func run(from start: StagePolicy, on bench: any WorkBench) throws -> StagePolicy {
    var model = start
    if stage.refreshesReference { model.reference = ModelParameters(copying: model.policy) }
    if !stage.carriesOptimizer { model.optimizer.reset() }
    model.optimizer.settings = stage.optimizer.adamW
    var state = StageState(generatedTokens: start.generatedTokens)
    var lastCheckpoint: Int?
    if let saved = try bench.checkpoint() {
      state = try restore(saved.files, into: &model)
      lastCheckpoint = state.step
    }
    // Asked once a step, before its evaluation: an end that reads scores acts one step later, and
    // the last step always has its evaluation.
    var isOver = false
    while !isOver {
      if bench.isStopRequested {
        try save(state, model, on: bench)
        throw WorkStopped(step: start.step + state.step)
      }
      if state.step > lastCheckpoint ?? 0 && state.step.isMultiple(of: stage.checkpointInterval) {
        try save(state, model, on: bench)
        lastCheckpoint = state.step
      }
      let place = StepPlace(
        step: state.step, steps: stage.steps, stageSeed: seeds.stage, orderSeed: seeds.order)
      let record = step(&model, &state, at: place)
      observer?(record)
      let made = start.step + state.step
      if let broken = record.update.broken {
        throw TrainingDiverged(
          stage: stage.name, step: made, broken: broken,
          lastCheckpoint: lastCheckpoint.map { start.step + $0 })
      }
      try bench.record(
        StepMetric.all.compactMap { metric in
          metric.value(record).map { Measurement(step: made, metric: metric.name, value: $0) }
        })
      isOver = state.step == stage.steps || stage.end.isReached(state.history)
      if isOver || made.isMultiple(of: stage.digestInterval) {
        state.chain.close(
          step: made, policy: model.policy, optimizer: model.optimizer,
          random: seeds.words + " \(batches.state.canonical)")
      }
      if isOver || made.isMultiple(of: evaluationInterval) {
        try look(at: model, record, &state, step: made, isFinal: isOver, on: bench)
      }
      report(record, state, on: bench)
    }
    model.step = start.step + state.step
    model.generatedTokens = state.generatedTokens
    try leave(state, model, on: bench)
    return model
  }

  // MARK: One step

  private func step(
    _ model: inout StagePolicy, _ state: inout StageState, at place: StepPlace
  ) -> StepRecord {
    let temperature = stage.rollouts.allot(to: [], at: place).temperature
    var batch = batches.build(from: model.policy, at: place)
    if stage.objective.loss.needsReference {
      update.score(&batch.groups, under: model.reference, temperature: temperature)
    }
    batches.takeDivergenceOffRewards(of: &batch, at: place)
    batches.estimateAdvantages(of: &batch, at: place)
    let rate = stage.optimizer.learningRate.value(at: place)
    state.chain.add { batch.digest(into: &$0) }
    let record = descend(&model, batch, rate: rate, temperature: temperature, at: place)
    batches.observe(batch, at: place)
    state.step += 1
    state.generatedTokens += batch.allRollouts.reduce(0) { $0 + $1.tokens.count }
    let rewards = batch.allRollouts.map(\.reward)
    state.history.rewards.append(rewards.reduce(0, +) / Double(max(1, rewards.count)))
    state.samplers = batches.state
    let interval = stage.referenceRefreshInterval
    if interval > 0 && state.step.isMultiple(of: interval) {
      model.reference = ModelParameters(copying: model.policy)
      state.referenceWasRefreshed = true
    }
    return StepRecord(
      batch: batch, update: record, learningRate: rate, generatedTokens: state.generatedTokens)
  }

  /// The mini-batches of the step, one update each.
  private func descend(
    _ model: inout StagePolicy, _ batch: RolloutBatch, rate: Double, temperature: Double,
    at place: StepPlace
  ) -> UpdateRecord {
    let groups =
      stage.objective.silentGroups == .train ? batch.groups : batch.groups.filter(\.hasSignal)
    let parts = min(stage.updates, max(1, groups.count))
    var sum = UpdateRecord()
    var entropy = 0.0
    var divergence: Double?
    for part in 0..<parts where !groups.isEmpty {
      // Dealt out like cards: a batch has its domains one after another, and each mini-batch
      // should have its share of both.
      let slice = stride(from: part, to: groups.count, by: parts).map { groups[$0] }
      let record = update.update(
        model.policy, slice, caps: slice.map { stage.maxTokens[$0.domain] },
        objective: stage.objective.loss, optimizer: model.optimizer, learningRate: rate,
        temperature: temperature, at: place)
      sum.updates += 1
      sum.loss += record.loss / Double(parts)
      sum.gradientNorm += record.gradientNorm / Double(parts)
      sum.clipped += record.clipped
      sum.largestLogRatio = max(sum.largestLogRatio, record.largestLogRatio)
      sum.tokens += record.tokens
      entropy += record.entropy * Double(record.tokens)
      if let value = record.divergence {
        divergence = (divergence ?? 0) + value * Double(record.tokens)
      }
      if let broken = record.broken {
        sum.broken = broken
        return sum
      }
    }
    if sum.tokens > 0 {
      sum.entropy = entropy / Double(sum.tokens)
      sum.divergence = divergence.map { $0 / Double(sum.tokens) }
    }
    return sum
  }

  // MARK: Looking

  private func look(
    at model: StagePolicy, _ record: StepRecord, _ state: inout StageState, step: Int,
    isFinal: Bool, on bench: any WorkBench
  ) throws {
    let scores = evaluator.evaluate(
      model.policy, step: step, isFinal: isFinal, seed: seeds.evaluation)
    for score in scores { state.history.add(score) }
    state.scores += scores
    state.examples += examples(of: record, step: step)
    try bench.record(scores.flatMap(\.measurements))
  }

  /// The first group of a step as people read it.
  private func examples(of record: StepRecord, step: Int) -> [JSONValue] {
    guard let group = record.batch.groups.first else { return [] }
    return group.rollouts.map { rollout in
      [
        "step": JSONValue(step), "problem": .string(group.entry.problem.id),
        "prompt": .string(group.entry.problem.prompt),
        "response": .string(collector.text(of: rollout.tokens)),
        "reward": .number(rollout.reward), "reason": .string(rollout.verdict.reason.description),
        "advantage": .number(rollout.advantage),
      ]
    }
  }

  private func report(_ record: StepRecord, _ state: StageState, on bench: any WorkBench) {
    var values = [(name: "reward", value: state.history.rewards.last ?? 0)]
    values += (state.history.evaluations.last?.scores ?? []).map { ($0.suite, 100 * $0.score) }
    bench.report(WorkProgress(step: state.step, steps: stage.steps, values: values))
  }

  // MARK: Keeping

  private func save(_ state: StageState, _ model: StagePolicy, on bench: any WorkBench) throws {
    var files: [(name: String, bytes: [UInt8])] = [
      ("policy.safetensors", model.policy.safetensors),
      ("optimizer.safetensors", model.optimizer.safetensors),
      ("state.json", Array(state.json.line.utf8)),
    ]
    if state.referenceWasRefreshed {
      files.append(("reference.safetensors", model.reference.safetensors))
    }
    try bench.saveCheckpoint(step: state.step, files: files)
  }

  private func restore(
    _ files: [String: [UInt8]], into model: inout StagePolicy
  ) throws -> StageState {
    guard let text = files["state.json"], let policy = files["policy.safetensors"],
      let moments = files["optimizer.safetensors"],
      let state = try StageState(json: JSONValue(parsing: text))
    else {
      throw WorkFault(
        what: "the checkpoint of stage '\(stage.name)' is incomplete",
        why: "a stage goes on only from a state that it can read whole",
        help: "remove the item's checkpoint; the stage then starts again from its parent")
    }
    model.policy = try ModelParameters(
      safetensors: policy, name: "policy.safetensors", shape: model.policy.shape)
    try model.optimizer.load(safetensors: moments, name: "optimizer.safetensors")
    if state.referenceWasRefreshed, let reference = files["reference.safetensors"] {
      model.reference = try ModelParameters(
        safetensors: reference, name: "reference.safetensors", shape: model.policy.shape)
    }
    batches.state = state.samplers
    return state
  }

  /// The files that later stages and people read.
  private func leave(_ state: StageState, _ model: StagePolicy, on bench: any WorkBench) throws {
    try bench.write("policy.safetensors", model.policy.safetensors)
    try bench.write("optimizer.safetensors", model.optimizer.safetensors)
    try bench.write("reference.safetensors", model.reference.safetensors)
    try bench.write("evaluations.jsonl", lines(state.scores.map(\.json)))
    try bench.write(DigestChain.file, state.chain.bytes)
    try bench.write("rollouts.jsonl", lines(state.examples))
    try bench.write(
      "stage.json",
      Array(
        JSONValue.object([
          "stage": .string(stage.name), "step": JSONValue(model.step),
          "generated_tokens": JSONValue(model.generatedTokens),
        ]).pretty.utf8))
  }
}

/// JSON Lines: one value a line.
func lines(_ values: [JSONValue]) -> [UInt8] {
  Array(values.map { $0.line + "\n" }.joined().utf8)
}
