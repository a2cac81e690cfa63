internal import KernelInterface
internal import Reproducibility
internal import TransformerLM

/// Steps of policy optimisation without problems to solve: rollouts of full length, a reward that
/// costs nothing, group-relative advantages, one update on the packed groups.
enum PolicyStepCases {
  static func contenders(_ kernels: [KernelSet]) -> [Contender] {
    kernels.map {
      step(.oneMillion, prompts: 8, completions: 8, prompt: 20, new: 40, seesReference: false, $0)
    }
      + kernels.map {
        step(
          .oneMillion, prompts: 4, completions: 16, prompt: 48, new: 24, seesReference: false, $0)
      } + kernels.map { standard($0) }
  }

  /// What a step of a `standard` trial amounts to when every rollout is as long as its cap: with
  /// log-probabilities under the reference policy, and an entropy term.
  static func standard(_ kernels: KernelSet) -> Contender {
    step(.standard, prompts: 8, completions: 16, prompt: 15, new: 28, seesReference: true, kernels)
  }

  /// - Parameter seesReference: whether the loss asks for a reference policy and the entropy.
  static func step(
    _ model: BenchModel, prompts: Int, completions: Int, prompt: Int, new: Int,
    seesReference: Bool, _ kernels: KernelSet
  ) -> Contender {
    step(
      model.shape,
      name: "\(model.rawValue), \(prompts) × \(completions), prompt \(prompt), new \(new)"
        + (seesReference ? ", with reference" : ""),
      prompts: prompts, completions: completions, prompt: prompt, new: new,
      seesReference: seesReference, kernels)
  }

  static func step(
    _ shape: ModelShape, name: String, prompts: Int, completions: Int, prompt: Int, new: Int,
    seesReference: Bool, _ kernels: KernelSet
  ) -> Contender {
    let step = PolicyStep(
      shape, prompts: prompts, completions: completions, prompt: prompt, new: new,
      seesReference: seesReference, kernels)
    let tokens = Double(prompts * completions * new)
    let count = OperationCount(shape)
    let drawing = count.sampling(
      prompts: prompts, prompt: prompt, completions: completions, new: new)
    let forward = count.forward(step.exampleBatch)
    var parts = [
      Contender.Part(
        name: "drawing", work: Work(operations: drawing, tokens: tokens), run: step.draw)
    ]
    if seesReference {
      parts.append(
        Contender.Part(
          name: "reference", work: Work(operations: forward, tokens: tokens), run: step.score))
    }
    parts.append(
      Contender.Part(
        name: "update", work: Work(operations: 3 * forward, tokens: tokens), run: step.update))
    return Contender(
      name, products: kernels.products.name,
      work: Work(
        operations: parts.reduce(0) { $0 + ($1.work.operations ?? 0) }, tokens: tokens),
      parts: parts)
  }
}

/// A policy and what one of its steps needs.
private final class PolicyStep {
  private let shape: ModelShape
  private let prompts: Int
  private let completions: Int
  private let prompt: Int
  private let rule: SamplingRule
  private let seesReference: Bool
  private let parameters: ModelParameters
  private let reference: ModelParameters
  private let sampler: Sampler
  private let tape: TrainingTape
  private let gradient: Gradient
  private let optimizer: AdamW
  private var step = 0
  private var requests: [SampleRequest] = []
  private var rollouts: [[Completion]] = []
  private var packed = PackedBatch()

  init(
    _ shape: ModelShape, prompts: Int, completions: Int, prompt: Int, new: Int,
    seesReference: Bool, _ kernels: KernelSet
  ) {
    self.shape = shape
    self.prompts = prompts
    self.completions = completions
    self.prompt = prompt
    self.seesReference = seesReference
    rule = SamplingRule(maxNewTokens: new, endToken: noToken)
    parameters = ModelParameters(shape, seed: Seed(1))
    reference = ModelParameters(copying: parameters)
    sampler = Sampler(shape, slots: prompts * completions, kernels: kernels)
    // As a work item's tape: at least the largest group.
    let group = PackedBatch.rows(
      prompt: prompt, completions: [Int](repeating: new, count: completions))
    tape = TrainingTape(shape, rows: max(BenchModel.tapeRows, group), kernels: kernels)
    gradient = Gradient(shape)
    optimizer = AdamW(shape, kernels: kernels)
  }

  func draw() {
    requests = sampleRequests(
      prompts: prompts, length: prompt, completions: completions, shape: shape,
      seed: Seed(1).derive("bench/step").derive(step))
    rollouts = sampler.sample(parameters, requests, rule: rule)
    step += 1
  }

  func score() {
    for groups in chunks {
      pack(groups)
      tape.forward(reference, packed, temperature: rule.temperature)
    }
  }

  func update() {
    gradient.clear()
    for groups in chunks {
      pack(groups)
      tape.forward(parameters, packed, temperature: rule.temperature)
      let tokens = Float(prompts * completions * rule.maxNewTokens)
      let slopes = groups.flatMap { group in
        zip(rollouts[group], advantages(of: rollouts[group])).flatMap { rollout, advantage in
          [Float](repeating: -advantage / tokens, count: rollout.tokens.count)
        }
      }
      tape.backward(
        parameters, packed, logProbabilityGradient: slopes,
        entropyGradient: seesReference
          ? [Float](repeating: -0.001 / tokens, count: slopes.count) : nil,
        into: gradient)
    }
    _ = optimizer.update(parameters, gradient, learningRate: 1e-4)
  }

  /// All groups in one batch, for counting operations.
  var exampleBatch: PackedBatch {
    var batch = PackedBatch()
    let completion = [Int32](repeating: 0, count: rule.maxNewTokens)
    for _ in 0..<prompts {
      batch.appendGroup(
        prompt: [Int32](repeating: 0, count: prompt),
        completions: [[Int32]](repeating: completion, count: completions))
    }
    return batch
  }

  /// Groups that fit the tape together.
  private var chunks: [Range<Int>] {
    let rows = PackedBatch.rows(
      prompt: prompt,
      completions: [Int](repeating: rule.maxNewTokens, count: completions))
    let together = max(1, tape.rowCapacity / rows)
    return stride(from: 0, to: prompts, by: together).map { $0..<min($0 + together, prompts) }
  }

  private func pack(_ groups: Range<Int>) {
    packed.removeAll()
    for group in groups {
      packed.appendGroup(
        prompt: requests[group].prompt, completions: rollouts[group].map(\.tokens))
    }
  }

  /// Reward is the share of even tokens; its mean comes off, and its deviation divides.
  private func advantages(of group: [Completion]) -> [Float] {
    let rewards = group.map { completion in
      Float(completion.tokens.count { $0.isMultiple(of: 2) }) / Float(completion.tokens.count)
    }
    let mean = rewards.reduce(0, +) / Float(rewards.count)
    let variance = rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(rewards.count)
    return rewards.map { ($0 - mean) / (variance.squareRoot() + 1e-4) }
  }
}
