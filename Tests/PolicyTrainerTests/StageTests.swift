import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@Suite("Stages")
struct StageTests {
  // MARK: Killed and resumed

  /// Settings under which a stage has something to lose: each changes what a checkpoint must hold.
  static let variants: [(name: String, changes: [String: JSONValue])] = [
    ("plain", [:]),
    ("two updates a batch", ["updates": 2]),
    (
      "a moving reference",
      ["refresh_reference_every": 3, "objective": ["kl": ["coefficient": 0.1]]]
    ),
    ("sorted problems", ["sampler": ["kind": "sorted", "by": "S"]]),
    ("a plateau", ["steps": 12, "until": ["kind": "plateau", "window": 3, "rise": 0.9]]),
    ("refilled groups", ["filter": ["kind": "dynamic", "refill_rounds": 2]]),
    ("schedules", ["optimizer": ["learning_rate": ["kind": "cosine", "from": 1e-3, "to": 0]]]),
  ]

  /// The stage of a variant, interrupted as told, again and again until it is through.
  static func run(
    _ changes: [String: JSONValue], interruptions: [MemoryBench.Interruption]
  ) throws -> MemoryBench {
    let order = try Workshop.stageOrder(changes)
    let bench = try Workshop.store().bench(for: order)
    for interruption in interruptions + [.none] {
      bench.beginAgain(interruption)
      do {
        _ = try WorkPerformer.perform(order, on: bench)
        break
      } catch is WorkStopped {
      } catch is MemoryBench.Killed {
      }
    }
    return bench
  }

  @Test(
    "a stage stopped or killed anywhere ends with the same bytes as an unbroken one",
    arguments: variants.indices)
  func resume(variant: Int) throws {
    let (name, changes) = Self.variants[variant]
    let whole = try Self.run(changes, interruptions: [])
    #expect(whole.files.count == 7 && whole.checkpoints.count > 1)
    for interruptions: [MemoryBench.Interruption] in [
      [.stop(afterReports: 0)], [.stop(afterReports: 1)], [.stop(afterReports: 3)],
      [.stop(afterReports: 1), .stop(afterReports: 1), .stop(afterReports: 2)],
      [.kill(atRecord: 0)], [.kill(atRecord: 1)], [.kill(atRecord: 2)], [.kill(atRecord: 4)],
      [.kill(atRecord: 5)], [.kill(atRecord: 6), .stop(afterReports: 1), .kill(atRecord: 3)],
    ] {
      let broken = try Self.run(changes, interruptions: interruptions)
      #expect(broken.files.keys.sorted() == whole.files.keys.sorted())
      // Kept from the macro, which would print every byte of a difference.
      let differing = whole.files.filter { broken.files[$0.key] != $0.value }.keys.sorted()
      let isMeasuredAlike = broken.measurements == whole.measurements
      #expect(differing == [] && isMeasuredAlike, "\(name), \(interruptions)")
    }
  }

  @Test("how often state is kept changes no result", arguments: [1, 3, 100])
  func checkpointInterval(every: Int) throws {
    let whole = try Self.run([:], interruptions: [])
    let other = try Self.run(["checkpoint_every": .number(Double(every))], interruptions: [])
    #expect(other.files == whole.files && other.measurements == whole.measurements)
    #expect(other.checkpoints == (every == 1 ? [1, 2, 3, 4, 5] : every == 3 ? [3] : []))
  }

  @Test("an observer is shown every step with its rollouts, and changes no weight")
  func observer() throws {
    let stage = try stageSettings(["steps": 3, "problems": ["math": "all"], "ratio": [:]])
    let collector = RolloutCollector(
      sampler: Sampler(UpdateTests.shape, slots: 16), vocabulary: .standard, verifier: Verifier())
    func run(_ observer: ((StepRecord) -> Void)?) throws -> Digest {
      let policy = UpdateTests.model(1)
      let runner = StageRunner(
        stage: stage, pools: [.math: try (1...4).map { try entry(sum($0, 2)) }],
        collector: collector,
        update: PolicyUpdate(
          tape: TrainingTape(policy.shape, rows: 256), gradient: Gradient(policy.shape)),
        evaluator: Evaluator(
          suites: [], settings: try ReadRecipe(tinyRecipe).recipe.evaluation, collector: collector),
        evaluationInterval: 3, seeds: .init(stage: Seed(1), evaluation: Seed(2)),
        observer: observer)
      let start = StagePolicy(
        policy: policy, reference: ModelParameters(copying: policy),
        optimizer: AdamW(policy.shape), step: 0, generatedTokens: 0)
      return try runner.run(from: start, on: MemoryBench(inputs: [:])).policy.digest
    }
    var seen: [Int] = []
    let observed = try run { seen.append($0.batch.groups.flatMap(\.rollouts).count) }
    #expect(try observed == run(nil) && observed != UpdateTests.model(1).digest)
    #expect(seen == [16, 16, 16])
  }

  @Test("a checkpoint that is not whole is refused")
  func damagedCheckpoint() throws {
    let order = try Workshop.stageOrder()
    let bench = try Workshop.store().bench(for: order)
    try bench.saveCheckpoint(step: 1, files: [("state.json", Array("{}".utf8))])
    let fault = #expect(throws: WorkFault.self) { try WorkPerformer.perform(order, on: bench) }
    #expect(fault?.what == "the checkpoint of stage 'first' is incomplete")
  }

  // MARK: What a step does

  @Test("with one update a batch the ratio is exactly 1, step after step")
  func onPolicy() throws {
    let bench = try Workshop.runStage(["steps": 8, "rollouts": ["temperature": 0.7, "top_p": 0.9]])
    #expect(bench.values(of: "log_ratio") == [Double](repeating: 0, count: 8))
    #expect(bench.values(of: "gradient_norm").allSatisfy { $0 > 0 })
  }

  @Test("the second mini-batch of a step is off policy")
  func offPolicy() throws {
    let bench = try Workshop.runStage(["updates": 2])
    #expect(bench.values(of: "log_ratio").count == 6)
    #expect(bench.values(of: "log_ratio").allSatisfy { $0 > 0 })
  }

  @Test("the share of clipped updates is measured", arguments: [(0, 1.0), (1e9, 0.0)])
  func clipped(norm: Double, share: Double) throws {
    let clip = norm > 0 ? norm : 1e-6
    let bench = try Workshop.runStage(["optimizer": ["clip_norm": .number(clip)], "updates": 2])
    #expect(bench.values(of: "gradient_clipped") == [Double](repeating: share, count: 6))
  }

  @Test("the learning rate follows its schedule")
  func schedule() throws {
    let bench = try Workshop.runStage([
      "optimizer": ["learning_rate": ["kind": "linear", "from": 1e-3, "to": 0, "over": 4]]
    ])
    for (rate, share) in zip(bench.values(of: "learning_rate"), [1, 0.75, 0.5, 0.25, 0, 0]) {
      #expect(isClose(rate, 1e-3 * share))
    }
  }

  @Test("a learning rate of 0 leaves the policy as it is, and the divergence at 0")
  func standstill() throws {
    let bench = try Workshop.runStage(["optimizer": ["learning_rate": 0], "digest_every": 2])
    let digests = try Self.lines(bench, "digests.jsonl").compactMap { $0["policy"]?.string }
    #expect(digests.count == 3 && Set(digests).count == 1)
    #expect(bench.values(of: "kl") == [Double](repeating: 0, count: 6))
  }

  @Test("arms of a seed are judged with the same random numbers, other seeds with others")
  func sharedEvaluation() throws {
    // At a learning rate of 0 all arms keep one policy, so only the random numbers could differ.
    func evaluations(_ changes: [String: JSONValue], seed: Int = 1) throws -> [UInt8]? {
      let still = changes.reduce(tinyRecipe.with("stages.0.optimizer", ["learning_rate": 0])) {
        $0.with("stages.0.\($1.key)", $1.value)
      }
      let order = try #require(try ReadRecipe(still).compile(seed: seed).orders.last)
      let bench = try Workshop.store().bench(for: order)
      _ = try WorkPerformer.perform(order, on: bench)
      return bench.files["evaluations.jsonl"]
    }
    let plain = try evaluations([:])
    #expect(try evaluations(["prompts": 2]) == plain)
    #expect(try evaluations(["problems": ["math": "all"], "ratio": [:]]) == plain)
    #expect(try evaluations([:], seed: 2) != plain)
  }

  @Test("where a trial is cut into stages does not change how a step is judged")
  func evaluationAcrossStages() throws {
    var store = try Workshop.store()
    func lastLook(_ recipe: JSONValue) throws -> [Measurement] {
      let trial = try ReadRecipe(recipe).compile()
      for order in trial.orders { try store.finish(order) }
      let end = try #require(trial.stages.last)
      return store.items[end.identity]?.measurements.filter {
        $0.step == 4 && ($0.metric == "sums" || $0.metric == "lines.length")
      } ?? []
    }
    let still = Self.twoStages.with("stages.0.optimizer", ["learning_rate": 0])
      .with("stages.1.optimizer", ["learning_rate": 0])
    let cut = try lastLook(still.with("stages.0.steps", 2).with("stages.1.steps", 2))
    let first = still["stages"]?.array?[0] ?? .null
    let whole = try lastLook(still.with("stages", [first.with("steps", 4)]))
    #expect(cut == whole && cut.count == 2)
  }

  @Test("both domains get their share of the prompts, and every rollout is counted")
  func domains() throws {
    let bench = try Workshop.runStage(["steps": 4])
    // 16 prompts at 2.1 : 1 are 10 or 11 math; each step has both.
    #expect(bench.values(of: "score.math").count == 4)
    #expect(bench.values(of: "score.code").count == 4)
    let tokens = bench.values(of: "generated_tokens")
    let lengths = bench.values(of: "length")
    for step in 0..<4 {
      // 4 prompts of 4 rollouts.
      #expect(isClose(tokens[step] - (step > 0 ? tokens[step - 1] : 0), 16 * lengths[step], 1e-9))
    }
    let one = try Workshop.runStage(["problems": ["code": "some"], "ratio": [:]])
    #expect(one.values(of: "score.math").isEmpty && one.values(of: "score.code").count == 6)
  }

  @Test("a divergence in the reward comes off it, token by token")
  func divergenceInReward() throws {
    // Against a reference that is the policy itself, the first step pays nothing; later ones do.
    let kl: JSONValue = ["kind": "k3", "coefficient": 20, "placement": "reward"]
    let bench = try Workshop.runStage(["objective": ["kl": kl]])
    let rewards = bench.values(of: "reward")
    let scores = bench.values(of: "score")
    #expect(isClose(rewards[0], scores[0]))
    let tokens = zip(bench.values(of: "kl"), bench.values(of: "length"))
    for (step, (divergence, length)) in tokens.enumerated() {
      // Mean over 16 rollouts of 20 · Σ k3 = 20 · mean k3 · mean length.
      #expect(isClose(scores[step] - rewards[step], 20 * divergence * length, 1e-6), "\(step)")
    }
    #expect(rewards[5] < scores[5])
  }

  @Test("a refreshed reference is the policy: the divergence begins again at 0")
  func refreshedReference() throws {
    let bench = try Workshop.runStage(["refresh_reference_every": 2])
    let divergences = bench.values(of: "kl")
    for step in 0..<6 { #expect((divergences[step] == 0) == step.isMultiple(of: 2), "\(step)") }
    #expect(bench.files["reference.safetensors"] == bench.files["policy.safetensors"])
  }

  @Test("dynamic sampling draws until the batch is full or the rounds are over")
  func refill() throws {
    let stage = try stageSettings(["filter": ["kind": "dynamic", "refill_rounds": 3]])
    let unfiltered = try stageSettings([:])
    let (policy, pools, collector) = try Self.parts()
    var refilled = 0
    for step in 0..<10 {
      let place = StepPlace(step: step, steps: 10, stageSeed: Seed(2))
      let batch = BatchBuilder(stage: stage, pools: pools, collector: collector)
        .build(from: policy, at: place)
      let plain = BatchBuilder(stage: unfiltered, pools: pools, collector: collector)
        .build(from: policy, at: place)
      #expect(batch.groups.allSatisfy { $0.passRate > 0 && $0.passRate < 1 })
      #expect(batch.dropped.allSatisfy { $0.passRate == 0 || $0.passRate == 1 })
      #expect(plain.groups.count == 4 && plain.dropped.isEmpty)
      #expect(batch.groups.count <= 4)
      // Four rounds of at most four prompts; never more once the batch is full.
      let drawn = batch.groups.count + batch.dropped.count
      #expect(drawn <= 16)
      if batch.groups.count < 4 { #expect(drawn > 4, "the rounds were not used") }
      if drawn > 4 { refilled += 1 }
      // A refill is a new draw of a new problem, not the old one again.
      let all = batch.groups + batch.dropped
      #expect(Set(all.map(\.entry.problem.id)).count == all.count)
      let first = plain.groups.map(\.entry.problem.id)
      #expect(Set(first).isSubset(of: Set(all.map(\.entry.problem.id))))
    }
    #expect(refilled > 0, "nothing was refilled, so nothing was tested")
  }

  @Test("rollouts of one step have random numbers of their own, equal ones when drawn again")
  func rolloutSeeds() throws {
    let stage = try stageSettings(["rollouts": ["per_prompt": 16]])
    let (policy, pools, collector) = try Self.parts()
    func draw(_ seed: UInt64) -> [[[Int32]]] {
      BatchBuilder(stage: stage, pools: pools, collector: collector).build(
        from: policy, at: StepPlace(step: 0, steps: 10, stageSeed: Seed(seed))
      ).groups.map { $0.rollouts.map(\.tokens) }
    }
    #expect(draw(1) == draw(1))
    #expect(draw(1) != draw(2))
    #expect(draw(1).contains { Set($0).count > 1 })
  }

  @Test("a stage ends early on its plateau and is judged at that step")
  func earlyEnd() throws {
    let bench = try Workshop.runStage([
      "steps": 50, "until": ["kind": "success", "reward": 0, "window": 3],
    ])
    #expect(bench.values(of: "reward").count == 3)
    let evaluations = try Self.lines(bench, "evaluations.jsonl")
    #expect(evaluations.map { $0["step"]?.int } == [2, 2, 3, 3])
    // A look in between has fewer attempts than the end.
    #expect(evaluations.map { $0["attempts"]?.int } == [2, 1, 4, 2])
  }

  @Test("numbers that stop being numbers end the stage and say where")
  func divergence() throws {
    let order = try Workshop.stageOrder([
      "optimizer": ["learning_rate": 10, "clip_norm": 1e9, "weight_decay": 10], "steps": 200,
    ])
    let bench = try Workshop.store().bench(for: order)
    let fault = #expect(throws: TrainingDiverged.self) {
      try WorkPerformer.perform(order, on: bench)
    }
    let diverged = try #require(fault)
    #expect(diverged.stage == "first" && diverged.step > 1)
    guard case .gradient(let tensor, _) = diverged.broken else {
      Issue.record("the gradient's tensor must be named, not \(diverged.broken)")
      return
    }
    #expect(tensor.hasPrefix("model."))
    // Every second step is kept; whoever breaks in the first two has nothing to go back to.
    let kept = diverged.lastCheckpoint
    #expect(kept == nil ? diverged.step <= 3 : true)
    #expect((kept ?? 0) < diverged.step && (kept ?? 0).isMultiple(of: 2))
    #expect(bench.files.isEmpty, "nothing half-done is left as a result")
  }

  // MARK: Two stages

  @Test("the second stage goes on from policy, moments, reference and counts of the first")
  func secondStage() throws {
    let trial = try ReadRecipe(Self.twoStages).compile()
    var store = try Workshop.store()
    for order in trial.orders { try store.finish(order) }
    let first = try #require(store.items[trial.stages[0].identity])
    let second = try #require(store.items[trial.stages[1].identity])
    #expect(first.values["step"]?.int == 6 && second.values["step"]?.int == 9)
    #expect(second.measurements.first?.step == 7)
    #expect(first.files["reference.safetensors"] == second.files["reference.safetensors"])
    let moments = AdamW(try ReadRecipe(tinyRecipe).recipe.model.shape)
    try moments.load(
      safetensors: try #require(second.files["optimizer.safetensors"]), name: "moments")
    #expect(moments.step == 9)
    let tokens = [first, second].map { $0.measurements.filter { $0.metric == "generated_tokens" } }
    #expect(try #require(tokens[1].first).value > (try #require(tokens[0].last).value))
    // The stage runs from the parent's files alone: done again from them, it is the same.
    let order = try #require(trial.orders.last)
    let bench = store.bench(for: order)
    _ = try WorkPerformer.perform(order, on: bench)
    #expect(bench.files == second.files && bench.measurements == second.measurements)
  }

  @Test("moments and reference are reset by their switches")
  func switches() throws {
    var store = try Workshop.store()
    func end(_ changes: [(String, JSONValue)]) throws -> (moments: Int, first: Double?, isNew: Bool)
    {
      let recipe = changes.reduce(Self.twoStages) { $0.with("stages.1.\($1.0)", $1.1) }
      let trial = try ReadRecipe(recipe).compile()
      for order in trial.orders { try store.finish(order) }
      let parent = try #require(store.items[trial.stages[0].identity])
      let item = try #require(store.items[trial.stages[1].identity])
      let moments = AdamW(try ReadRecipe(recipe).recipe.model.shape)
      try moments.load(
        safetensors: try #require(item.files["optimizer.safetensors"]), name: "moments")
      return (
        moments.step, item.measurements.first { $0.metric == "kl" }?.value,
        item.files["reference.safetensors"] == parent.files["policy.safetensors"]
      )
    }
    let carried = try end([])
    #expect(carried.moments == 9 && !carried.isNew && (carried.first ?? 0) > 0)
    #expect(try end([("carry_optimizer", false)]).moments == 3)
    let fresh = try end([("refresh_reference", true)])
    #expect(fresh.moments == 9 && fresh.isNew && fresh.first == 0)
  }

  @Test("a refreshed reference survives a kill in the second stage", arguments: [0, 1, 2, 3])
  func resumedSecondStage(kill: Int) throws {
    let recipe = Self.twoStages.with("stages.1.refresh_reference", true)
    let trial = try ReadRecipe(recipe).compile()
    var store = try Workshop.store()
    for order in trial.orders { try store.finish(order) }
    let order = try #require(trial.orders.last)
    let bench = store.bench(for: order, interruption: .kill(atRecord: kill))
    #expect(throws: MemoryBench.Killed.self) { try WorkPerformer.perform(order, on: bench) }
    bench.beginAgain()
    _ = try WorkPerformer.perform(order, on: bench)
    #expect(bench.files == store.items[order.identity]?.files)
    #expect(bench.measurements == store.items[order.identity]?.measurements)
  }

  /// The tiny recipe with a second stage of three steps on all math problems.
  static let twoStages: JSONValue = {
    let first = tinyRecipe["stages"]?.array?[0] ?? [:]
    let second = first.with("name", "second").with("steps", 3).with("ratio", nil)
      .with("problems", ["math": "all"])
    return tinyRecipe.with("stages", [first, second])
  }()

  static func lines(_ bench: MemoryBench, _ file: String) throws -> [JSONValue] {
    try (bench.files[file] ?? []).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue(parsing: Array($0))
    }
  }

  /// The tiny policy, the level's problems, and a collector.
  static func parts() throws -> (ModelParameters, [Domain: [PoolEntry]], RolloutCollector) {
    let bench = try Workshop.store().bench(for: Workshop.stageOrder())
    let recipe = try ReadRecipe(tinyRecipe).recipe
    let policy = try ModelParameters(
      safetensors: bench.input("policy", file: "policy.safetensors"), name: "policy",
      shape: recipe.model.shape)
    let pool = try ProblemFile.read(bench.input("problems", file: "pool.jsonl"), name: "pool")
    let entries = try pool.map { try entry($0) }
    return (
      policy, Dictionary(grouping: entries, by: \.problem.domain),
      RolloutCollector(
        sampler: Sampler(recipe.model.shape, slots: 16), vocabulary: .standard,
        verifier: recipe.tasks.verifier)
    )
  }
}
