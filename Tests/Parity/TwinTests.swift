import Foundation
import KernelInterface
import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing

@testable import TransformerLM

/// A hundred steps of the real trainer, and the same hundred of a second trainer that is written in
/// plain PyTorch, in double precision, and given the rollouts that ours drew: if anything between rollout and weight were
/// another formula than we say, their losses would part.
@Suite("A twin in PyTorch", .comparesWithPython, .reportsErrors)
struct TwinTests {
  static let steps = 100

  /// What both trainers are told. Two updates a batch, so that ratios leave 1 and are clipped; a norm
  /// that clips some steps; decay; a rate that falls; cut responses without loss.
  static let told = (
    temperature: 0.9, clipLow: 0.1, clipHigh: 0.15, beta: 0.05, entropy: 0.01, updates: 2,
    clipNorm: 1.0, weightDecay: 0.01, beta2: 0.95
  )

  static func stage() throws -> StageSettings {
    try stageSettings([
      "steps": .number(Double(steps)), "prompts": 6, "problems": ["math": "all"], "ratio": [:],
      "rollouts": ["per_prompt": 6, "temperature": .number(told.temperature)],
      "max_tokens": ["math": 9], "updates": .number(Double(told.updates)),
      "optimizer": [
        "learning_rate": ["kind": "cosine", "from": 1e-3, "to": 1e-4],
        "beta2": .number(told.beta2), "weight_decay": .number(told.weightDecay),
        "clip_norm": .number(told.clipNorm),
      ],
      "objective": [
        "truncated": "masked",
        "loss": [
          "kind": "clipped", "clip_low": .number(told.clipLow),
          "clip_high": .number(told.clipHigh),
        ],
        "kl": ["kind": "k3", "coefficient": .number(told.beta)],
        "entropy": ["kind": "bonus", "coefficient": .number(told.entropy)],
      ],
    ])
  }

  struct Run: Sendable {
    var start: [UInt8]
    var steps: [StepRecord]
    var last: [(name: String, values: [Float])]
  }

  /// Both kinds of model: one whose ends share the embedding, and one whose output projection begins as
  /// the embedding's equal and goes its own way.
  enum Ends: String, CaseIterable, Sendable {
    case tied
    case untied
  }

  /// The tiny recipe's first solver, which solves about half of its sums.
  static func solver(_ ends: Ends) throws -> ModelParameters {
    let order = try #require(
      try ReadRecipe(tinyRecipe).compile().orders.first { $0.kind == "solver" })
    let item = try #require(try Workshop.store().items[order.identity])
    let file = try #require(item.files["policy.safetensors"])
    let tied = try ModelParameters(safetensors: file, name: "solver")
    if ends == .tied { return tied }
    var shape = tied.shape
    shape.tiedEmbeddings = false
    let untied = ModelParameters(shape, seed: Seed(0))
    let weights = tied.named.map(\.values) + [tied.named[0].values]
    for (tensor, values) in zip(untied.layout.tensors(of: shape), weights) {
      tensor.write(values, to: untied.values.all)
    }
    untied.refresh(referenceKernels.products)
    return untied
  }

  static let runs = Result { () throws -> [Ends: Run] in
    Dictionary(uniqueKeysWithValues: try Ends.allCases.map { ($0, try run(solver($0))) })
  }

  /// The stage from a policy.
  static func run(_ policy: ModelParameters) throws -> Run {
    let start = policy.safetensors
    let stage = try Self.stage()
    let collector = RolloutCollector(
      sampler: Sampler(policy.shape, slots: 36), vocabulary: .standard,
      verifier: Verifier())
    let problems = (0...9).flatMap { a in (0...9 - a).map { sum(a, $0) } }
    var records: [StepRecord] = []
    let runner = StageRunner(
      stage: stage, pools: [.math: try problems.map { try entry($0) }], collector: collector,
      update: PolicyUpdate(
        tape: TrainingTape(policy.shape, rows: 512), gradient: Gradient(policy.shape)),
      evaluator: Evaluator(
        suites: [], settings: try ReadRecipe(tinyRecipe).recipe.evaluation, collector: collector),
      evaluationInterval: steps, seeds: .init(stage: Seed(5), evaluation: Seed(6)),
      observer: { records.append($0) })
    let end = try runner.run(
      from: StagePolicy(
        policy: policy, reference: ModelParameters(copying: policy),
        optimizer: AdamW(policy.shape), step: 0, generatedTokens: 0),
      on: MemoryBench(inputs: [:]))
    return Run(start: start, steps: records, last: end.policy.named)
  }

  static func json(_ run: Run) -> JSONValue {
    let steps: [JSONValue] = run.steps.map { step in
      let groups: [JSONValue] = step.batch.groups.map { group in
        let rollouts: [JSONValue] = group.rollouts.map { rollout in
          [
            "tokens": JSONValue(rollout.tokens), "behaviour": JSONValue(rollout.logProbabilities),
            "reward": .number(rollout.reward), "truncated": .bool(rollout.isTruncated),
          ]
        }
        return ["prompt": JSONValue(group.updatePrompt), "rollouts": .array(rollouts)]
      }
      return ["learning_rate": .number(step.learningRate), "groups": .array(groups)]
    }
    return [
      "temperature": .number(told.temperature), "clip_low": .number(told.clipLow),
      "clip_high": .number(told.clipHigh), "beta": .number(told.beta),
      "entropy": .number(told.entropy), "updates": .number(Double(told.updates)),
      "clip_norm": .number(told.clipNorm), "weight_decay": .number(told.weightDecay),
      "beta1": 0.9, "beta2": .number(told.beta2), "epsilon": 1e-8, "advantage_epsilon": 1e-4,
      "steps": .array(steps),
    ]
  }

  struct Answers: Sendable {
    var run: Run
    var losses: [Double]
    var norms: [Double]
    var last: [String: [Float]]
  }

  static let answers = Result { () throws -> [Ends: Answers] in
    try runs.get().mapValues(answer)
  }

  static func answer(_ run: Run) throws -> Answers {
    let exchange = try Exchange()
    try Data(run.start).write(to: URL(fileURLWithPath: exchange.path("start.safetensors")))
    try exchange.write("run.json", Self.json(run))
    try Python.run("twin.py", on: exchange.path(""))
    let json = try exchange.json("answers.json")
    return Answers(
      run: run, losses: json["losses"]?.numbers ?? [], norms: json["norms"]?.numbers ?? [],
      last: try exchange.tensors("answers.safetensors"))
  }

  @Test("the run is one in which everything happens", arguments: Ends.allCases)
  func lively(ends: Ends) throws {
    let steps = try #require(try Self.runs.get()[ends]).steps
    #expect(steps.count == Self.steps)
    let rollouts = steps.flatMap { $0.batch.groups.flatMap(\.rollouts) }
    #expect(rollouts.contains { $0.advantage > 0 } && rollouts.contains { $0.advantage < 0 })
    #expect(rollouts.contains { $0.isTruncated }, "nothing is masked")
    #expect(steps.contains { $0.update.largestLogRatio > 0.14 }, "no ratio leaves its range")
    #expect(steps.contains { $0.update.gradientNorm > Self.told.clipNorm }, "no gradient is cut")
    #expect(steps.contains { $0.update.gradientNorm < Self.told.clipNorm })
    #expect(try #require(steps.last?.update.divergence) > 0.01, "the policy has not moved")
  }

  /// Absolute, because the surrogate of a batch on policy cancels to nearly nothing: its terms are of
  /// size 1, whatever is left of them.
  @Test(
    "every one of a hundred steps has the twin's loss, and its gradient's norm",
    arguments: Ends.allCases)
  func losses(ends: Ends) throws {
    let answers = try #require(try Self.answers.get()[ends])
    try #require(answers.losses.count == Self.steps && answers.norms.count == Self.steps)
    for (step, record) in answers.run.steps.enumerated() {
      Agreement.expect(
        abs(record.update.loss - answers.losses[step]), within: 1e-4, "loss of the twin",
        "\(ends) step \(step)")
      Agreement.expect(
        abs(record.update.gradientNorm / answers.norms[step] - 1), within: 2e-3,
        "gradient norm of the twin", "\(ends) step \(step)")
    }
  }

  @Test("after a hundred steps the weights are the twin's", arguments: Ends.allCases)
  func weights(ends: Ends) throws {
    let answers = try #require(try Self.answers.get()[ends])
    #expect(answers.run.last.count == answers.last.count)
    for (name, values) in answers.run.last {
      Agreement.expect(
        Agreement.relative(values, answers.last[name]), within: 1e-3, "weights of the twin",
        "\(ends) \(name)")
    }
  }
}
