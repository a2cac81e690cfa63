import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@Suite("Policy update")
struct UpdateTests {
  static let shape = ModelShape(
    vocabulary: Vocabulary.standard.size, width: 32, layers: 1, heads: 2, feedForward: 48,
    context: 48)
  static let temperature = 0.8

  /// Groups drawn from the policy as a stage draws them, with random advantages; one rollout in three
  /// is masked. The reference is another model.
  static func groups(
    _ policy: ModelParameters, reference: ModelParameters, seed: UInt64 = 1, count: Int = 5
  ) throws -> [PromptGroup] {
    var random = RandomStream(Seed(seed).derive("groups"))
    let collector = RolloutCollector(
      sampler: Sampler(shape, slots: 16), vocabulary: .standard, verifier: Verifier())
    var groups = collector.collect(
      try (0..<count).map { index in
        let entry = try entry(sum(index + 1, 2 * index))
        return RolloutCollector.Request(
          entry: entry,
          prompt: GuidedPrompt(shown: entry.prompt, update: entry.prompt, note: nil),
          count: 2 + index % 3, cap: 5 + index % 6, seed: Seed(seed).derive(index))
      }, from: policy, temperature: temperature, topP: 1)
    for group in groups.indices {
      for index in groups[group].rollouts.indices {
        groups[group].rollouts[index].advantage = random.normal()
        groups[group].rollouts[index].countsInLoss = !random.chance(1 / 3)
      }
    }
    PolicyUpdate(tape: TrainingTape(shape, rows: 256), gradient: Gradient(shape)).score(
      &groups, under: reference, temperature: temperature)
    return groups
  }

  static func objective(
    aggregation: String = "token", kl: JSONValue = ["kind": "k3", "coefficient": 0.5]
  ) throws -> Objective {
    Objective(
      loss: try make(
        MethodCatalog.policyLosses, ["kind": "clipped", "aggregation": .string(aggregation)]),
      regularisers: [
        try make(MethodCatalog.divergences, kl),
        try make(MethodCatalog.entropies, ["kind": "bonus", "coefficient": 0.3]),
      ])
  }

  static func model(_ seed: UInt64) -> ModelParameters {
    ModelParameters(shape, seed: Seed(seed).derive("model"))
  }

  /// The loss by definition: clipped surrogate at 0.2, β k3 with β = 0.5, 0.3 H, mean over tokens.
  static func loss(_ policy: ModelParameters, _ groups: [PromptGroup]) -> Double {
    let tape = TrainingTape(shape, rows: 256)
    var total = 0.0
    var tokens = 0
    for group in groups {
      for rollout in group.rollouts where rollout.countsInLoss {
        var packed = PackedBatch()
        let places = packed.appendGroup(prompt: group.prompt, completions: [rollout.tokens])[0]
        tape.forward(policy, packed, temperature: Float(temperature))
        for (token, place) in places.enumerated() {
          let now = Double(tape.logProbabilities[place])
          let ratio = portableExp(now - Double(rollout.logProbabilities[token]))
          let held = min(max(ratio, 0.8), 1.2)
          let toReference = Double(rollout.referenceLogProbabilities[token]) - now
          total -= min(ratio * rollout.advantage, held * rollout.advantage)
          total += 0.5 * (portableExp(toReference) - toReference - 1)
          total -= 0.3 * Double(tape.entropies[place])
          tokens += 1
        }
      }
    }
    return total / Double(tokens)
  }

  /// AdamW that moves by the gradient itself: no momentum, and an epsilon beside which the second
  /// moment vanishes. A learning rate of `h` then moves the weights by `h · g`.
  static func plainDescent() -> AdamW {
    AdamW(
      shape,
      settings: AdamWSettings(
        beta1: 0, beta2: 0, epsilon: 1e6, weightDecay: 0, clipNorm: .infinity))
  }

  static func update(
    _ policy: ModelParameters, _ groups: [PromptGroup], rate: Double, optimizer: AdamW,
    rows: Int = 256, objective: Objective? = nil
  ) throws -> UpdateRecord {
    PolicyUpdate(tape: TrainingTape(shape, rows: rows), gradient: Gradient(shape)).update(
      policy, groups, caps: groups.map { _ in 12 }, objective: try objective ?? Self.objective(),
      optimizer: optimizer, learningRate: rate, temperature: temperature, at: anywhere)
  }

  @Test("the loss is the definition's, and on policy every ratio is exactly 1", arguments: 1..<4)
  func loss(seed: UInt64) throws {
    let policy = Self.model(seed)
    let groups = try Self.groups(policy, reference: Self.model(9), seed: seed)
    let record = try Self.update(policy, groups, rate: 0, optimizer: Self.plainDescent())
    #expect(isClose(record.loss, Self.loss(policy, groups), 1e-9))
    #expect(record.largestLogRatio == 0)
    let trained = groups.flatMap(\.rollouts).filter(\.countsInLoss)
    #expect(trained.count < groups.flatMap(\.rollouts).count)
    #expect(record.tokens == trained.reduce(0) { $0 + $1.tokens.count })
    #expect(try #require(record.divergence) > 0 && record.entropy > 0)
  }

  @Test("the gradient is the central difference of the loss along itself", arguments: 1..<5)
  func gradient(seed: UInt64) throws {
    let start = Self.model(seed)
    let groups = try Self.groups(start, reference: Self.model(9), seed: seed)
    // Off the place where the batch was drawn, so that ratios, clipping and k3 are all at work.
    let policy = ModelParameters(copying: start)
    _ = try Self.update(policy, groups, rate: 0.02 * 1e6, optimizer: Self.plainDescent())
    func moved(_ h: Double) throws -> (loss: Double, norm: Double) {
      let copy = ModelParameters(copying: policy)
      let record = try Self.update(copy, groups, rate: h * 1e6, optimizer: Self.plainDescent())
      return (Self.loss(copy, groups), record.gradientNorm)
    }
    let h = 1e-3
    let ahead = try moved(h)
    let behind = try moved(-h)
    // Along the gradient the loss changes by its squared norm.
    let difference = (behind.loss - ahead.loss) / (2 * h)
    #expect(
      isClose(difference, ahead.norm * ahead.norm, 5e-3), "\(difference) \(ahead.norm * ahead.norm)"
    )
  }

  @Test(
    "one step of AdamW lowers the loss of its own batch", arguments: TokenAggregation.allCases)
  func descent(aggregation: TokenAggregation) throws {
    let policy = Self.model(4)
    let groups = try Self.groups(policy, reference: Self.model(9))
    let objective = try Self.objective(aggregation: aggregation.rawValue)
    let optimizer = AdamW(Self.shape)
    func step() throws -> UpdateRecord {
      try Self.update(policy, groups, rate: 1e-3, optimizer: optimizer, objective: objective)
    }
    let before = try step()
    let after = try step()
    #expect(after.loss < before.loss)
    #expect(after.largestLogRatio > 0)
  }

  @Test("where the batch is cut into micro-batches changes no bit", arguments: [44, 64, 90])
  func microBatches(rows: Int) throws {
    let first = Self.model(2)
    let second = ModelParameters(copying: first)
    let groups = try Self.groups(first, reference: Self.model(9), count: 6)
    #expect(groups.allSatisfy { PolicyUpdate.rows(of: $0) <= 44 }, "a group must fit the tape")
    let optimizers = (AdamW(Self.shape), AdamW(Self.shape))
    let whole = try Self.update(first, groups, rate: 1e-3, optimizer: optimizers.0)
    let cut = try Self.update(second, groups, rate: 1e-3, optimizer: optimizers.1, rows: rows)
    #expect(first.digest == second.digest)
    #expect(optimizers.0.digest == optimizers.1.digest)
    #expect(whole.loss == cut.loss && whole.gradientNorm == cut.gradientNorm)
    #expect(whole.tokens == cut.tokens && whole.entropy == cut.entropy)
  }

  @Test("tapes of 64, 512 and 2048 rows lead to the same weights over several updates")
  func tapes() throws {
    let groups = try Self.groups(Self.model(2), reference: Self.model(9), count: 40)
    let rows = groups.reduce(0) { $0 + PolicyUpdate.rows(of: $1) }
    #expect(rows > 600 && groups.allSatisfy { PolicyUpdate.rows(of: $0) <= 64 }, "\(rows) rows")
    let ends = try [64, 512, 2048].map { rows in
      let policy = Self.model(2)
      let optimizer = AdamW(Self.shape)
      let update = PolicyUpdate(
        tape: TrainingTape(Self.shape, rows: rows), gradient: Gradient(Self.shape))
      let objective = try Self.objective()
      let losses = (0..<5).map { _ in
        update.update(
          policy, groups, caps: groups.map { _ in 12 }, objective: objective, optimizer: optimizer,
          learningRate: 1e-3, temperature: Self.temperature, at: anywhere
        ).loss
      }
      #expect(Set(losses).count == 5, "every update moves the policy")
      return "\(policy.digest) \(optimizer.digest) \(losses)"
    }
    #expect(Set(ends).count == 1, "\(ends)")
  }

  @Test("a batch in which nothing learns has no gradient")
  func nothing() throws {
    let policy = Self.model(2)
    var groups = try Self.groups(policy, reference: Self.model(9))
    for group in groups.indices {
      for index in groups[group].rollouts.indices {
        groups[group].rollouts[index].countsInLoss = false
      }
    }
    let before = policy.digest
    let record = try Self.update(policy, groups, rate: 1, optimizer: AdamW(Self.shape))
    #expect(record.gradientNorm == 0 && record.loss == 0 && record.tokens == 0)
    #expect(policy.digest == before)
  }

  @Test("without a reference the divergence is not measured")
  func noReference() throws {
    let policy = Self.model(2)
    var groups = try Self.groups(policy, reference: Self.model(9))
    for group in groups.indices {
      for index in groups[group].rollouts.indices {
        groups[group].rollouts[index].referenceLogProbabilities = []
      }
    }
    let record = try Self.update(
      policy, groups, rate: 0, optimizer: AdamW(Self.shape), objective: Self.objective(kl: "none"))
    #expect(record.divergence == nil)
  }
}
