import ReasoningTasks
import Reproducibility
import StudyLanguage
import TransformerLM

/// The settings that every item with an evaluation reads.
struct JudgingSettings {
  static let keys = [
    Key("model", .record(ModelSettings.schema), default: [:], doc: "Size."),
    Key("tasks", .record(TaskSettings.schema), default: [:], doc: "How answers are verified."),
    Key("evaluation", .record(EvaluationSettings.schema), doc: "Suites."),
    Key(
      "evaluation_caps", .record(StageSettings.domainCaps(math: 56, code: 96)),
      doc: "Length caps of evaluations, from the trial's first stage."),
    Key(
      "streams", .record(StreamSettings.schema), default: [:],
      doc: "Which random numbers it shares; the initial policy is an input."),
  ]

  let setup: TrainingSetup
  let evaluation: EvaluationSettings
  private let caps: PerDomain

  init(_ settings: Settings) throws {
    setup = try TrainingSetup(model: settings.record("model"), tasks: settings.record("tasks"))
    evaluation = EvaluationSettings(settings.record("evaluation"))
    let record = settings.record("evaluation_caps")
    caps = PerDomain(math: record.integer("math"), code: record.integer("code"))
  }

  /// The evaluator over the suites that the input `suites` left.
  func evaluator(_ collector: RolloutCollector, on bench: any WorkBench) throws -> Evaluator {
    let suites = try evaluation.suites.map { suite in
      let file = SuitesWork.file(of: suite.name)
      let problems = try ProblemFile.read(
        String(decoding: bench.input("suites", file: file), as: UTF8.self), name: file)
      let cap = problems.map { caps[$0.domain] }.max() ?? 1
      let entries = try setup.entries(problems, caps: PerDomain(math: cap, code: cap))
      return Suite(
        name: suite.name, entries: entries, attempts: suite.attempts, maxTokens: cap)
    }
    return Evaluator(suites: suites, settings: evaluation, collector: collector)
  }
}

/// A solver judged on the suites as it is: the first point of every curve.
struct EvaluationWork: ItemWork {
  static let kind = WorkKind.evaluation
  static let schema = RecordSchema("evaluation item", keys: JudgingSettings.keys)

  private let settings: Settings
  private let order: WorkOrder

  init(_ settings: Settings, order: WorkOrder) {
    self.settings = settings
    self.order = order
  }

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let judging = try JudgingSettings(settings)
    let evaluator = try judging.evaluator(judging.setup.collector(), on: bench)
    let policy = try judging.setup.parameters("policy", "policy.safetensors", on: bench)
    let scores = evaluator.evaluate(
      policy, step: 0, isFinal: true, seed: evaluationSeed(order, settings))
    try bench.record(scores.flatMap(\.measurements))
    try bench.write("evaluations.jsonl", lines(scores.map(\.json)))
    return JSONObject(scores.map { ($0.suite, .number($0.value)) })
  }
}

/// One phase of reinforcement learning.
struct StageWork: ItemWork {
  static let kind = WorkKind.stage
  static let schema = RecordSchema(
    "stage item",
    keys: JudgingSettings.keys + [
      Key("stage", .record(StageSettings.schema), doc: "The phase itself.")
    ])

  /// Tokens that the stage samples at most: steps × prompts × group size × length cap; where prompts come
  /// from several domains, the mean of their caps by the stage's ratio.
  static func amount(_ settings: JSONObject) -> Double {
    guard let stage = amountSchema.settings(from: settings) else { return 1 }
    let (ratio, caps) = (stage.map("ratio"), stage.record("max_tokens"))
    var (parts, tokens) = (0.0, 0.0)
    for domain in stage.map("problems") where !domain.value.value.isNull {
      let part = ratio.first { $0.name == domain.name }?.value.number ?? 1
      guard Domain(rawValue: domain.name) != nil else { continue }
      parts += part
      tokens += part * Double(caps.integer(domain.name))
    }
    let group = MethodCatalog.rolloutPlans.make(stage.record("rollouts")).largestGroup
    return Double(stage.integer("steps") * stage.integer("prompts") * group)
      * (parts > 0 ? max(1, tokens / parts) : 1)
  }

  static func amountSettings(_ configuration: JSONValue) -> JSONObject {
    amountSchema.part(of: configuration["stage"])
  }

  private static let amountSchema = StageSettings.schema.part(
    "problems", "ratio", "steps", "prompts", "rollouts", "max_tokens")

  private let settings: Settings
  private let order: WorkOrder

  init(_ settings: Settings, order: WorkOrder) {
    self.settings = settings
    self.order = order
  }

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let judging = try JudgingSettings(settings)
    let setup = judging.setup
    let stage = StageSettings(settings.record("stage"))
    let collector = setup.collector()
    let pools = try pools(of: stage, setup, on: bench)
    let update = PolicyUpdate(
      tape: setup.tape(atLeast: largestGroup(of: stage, in: pools)),
      gradient: Gradient(setup.shape))
    let runner = StageRunner(
      stage: stage, pools: pools, collector: collector, update: update,
      evaluator: try judging.evaluator(collector, on: bench),
      evaluationInterval: judging.evaluation.every,
      seeds: seeds)
    let end = try runner.run(from: start(stage, setup, on: bench), on: bench)
    return [
      "step": JSONValue(end.step), "generated_tokens": JSONValue(end.generatedTokens),
      "policy": .string(end.policy.digest.hex), "optimizer": .string(end.optimizer.digest.hex),
    ]
  }

  private var seeds: StageRunner.Seeds {
    let streams = StreamSettings(settings.record("streams"))
    let path = order.seedPath ?? ""
    return StageRunner.Seeds(
      stage: streams.sampling.seed(path, identity: order.identity),
      order: streams.order.seed(path, identity: order.identity),
      evaluation: evaluationSeed(order, settings))
  }

  /// What the stage before left, or the solver as it is.
  private func start(
    _ stage: StageSettings, _ setup: TrainingSetup, on bench: any WorkBench
  ) throws -> StagePolicy {
    let optimizer = setup.optimizer(stage.optimizer.adamW)
    guard order.inputs.contains(where: { $0.name == "parent" }) else {
      let policy = try setup.parameters("policy", "policy.safetensors", on: bench)
      return StagePolicy(
        policy: policy, reference: ModelParameters(copying: policy), optimizer: optimizer, step: 0,
        generatedTokens: 0)
    }
    let record = try JSONValue(parsing: bench.input("parent", file: "stage.json"))
    try optimizer.load(
      safetensors: bench.input("parent", file: "optimizer.safetensors"),
      name: "optimizer.safetensors")
    return StagePolicy(
      policy: try setup.parameters("parent", "policy.safetensors", on: bench),
      reference: try setup.parameters("parent", "reference.safetensors", on: bench),
      optimizer: optimizer, step: record["step"]?.int ?? 0,
      generatedTokens: record["generated_tokens"]?.int ?? 0)
  }

  /// The problems of the stage's levels, with what every graded solver scored on them.
  private func pools(
    of stage: StageSettings, _ setup: TrainingSetup, on bench: any WorkBench
  ) throws -> [Domain: [PoolEntry]] {
    let pool = try ProblemFile.read(
      String(decoding: bench.input("problems", file: ProblemsWork.file), as: UTF8.self),
      name: ProblemsWork.file)
    let levels = try StoredLevels(bench.input("levels", file: LevelsWork.file))
    let entries = try setup.entries(pool, caps: stage.maxTokens) { index in
      levels.rates.map { ($0.solver, $0.rates[index]) }
    }
    let byID = Dictionary(uniqueKeysWithValues: entries.map { ($0.problem.id, $0) })
    var pools: [Domain: [PoolEntry]] = [:]
    for (domain, level) in stage.problems {
      let members = levels.members.first { $0.level == level && $0.domain == domain }
      pools[domain] = (members?.problems ?? []).compactMap { byID[$0] }
      if pools[domain]?.isEmpty != false {
        throw WorkFault(
          what: "level '\(level)' has no \(domain.rawValue) problem",
          why: "stage '\(stage.name)' trains on it", help: "widen the level's rule")
      }
    }
    return pools
  }

  /// Rows that the largest possible group takes on the tape.
  private func largestGroup(of stage: StageSettings, in pools: [Domain: [PoolEntry]]) -> Int {
    let prompt = pools.values.flatMap { $0 }.map(\.prompt.count).max() ?? 1
    let cap = stage.problems.map { stage.maxTokens[$0.domain] }.max() ?? 1
    return prompt + stage.rollouts.largestGroup * cap
  }
}

/// Root of a trial's evaluations: by its seed alone, so that arms and stages share it, unless the study says
/// otherwise.
private func evaluationSeed(_ order: WorkOrder, _ settings: Settings) -> Seed {
  let trial = (order.seedPath ?? "").split(separator: "/").prefix(2).joined(separator: "/")
  return StreamSettings(settings.record("streams")).evaluation.seed(
    trial, identity: order.identity
  ).derive("evaluations")
}
