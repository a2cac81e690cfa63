import Reproducibility
import StudyLanguage
import TransformerLM

/// Makes a solver: from random weights, or from its parent's, by supervised training.
struct SolverWork: ItemWork {
  static let kind = WorkKind.solver
  static let schema = RecordSchema(
    "solver item",
    keys: [
      Key("model", .record(ModelSettings.schema), default: [:], doc: "Size."),
      Key("tasks", .record(TaskSettings.schema), default: [:], doc: "Families of problems."),
      Key("cold_start", .record(ColdStartSettings.schema), default: [:], doc: "Demonstrations."),
      Key("solver", .record(SolverSettings.schema), default: [:], doc: "Its own training."),
    ])

  /// Demonstrations: steps × batch.
  static func amount(_ settings: JSONObject) -> Double {
    guard let solver = amountSchema.settings(from: settings) else { return 1 }
    return Double(max(1, solver.integer("steps") * solver.integer("batch")))
  }

  static func amountSettings(_ configuration: JSONValue) -> JSONObject {
    amountSchema.part(of: configuration["solver"])
  }

  private static let amountSchema = SolverSettings.schema.part("steps", "batch")

  private let settings: Settings
  private let order: WorkOrder

  init(_ settings: Settings, order: WorkOrder) {
    self.settings = settings
    self.order = order
  }

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let setup = try TrainingSetup(model: settings.record("model"), tasks: settings.record("tasks"))
    let solver = SolverSettings(name: order.label, settings.record("solver"))
    // An initial policy of a trial's own follows the trial's seed too.
    let root = Seed(UInt64(solver.seed))
    let seed = (order.seedPath.map(root.derive) ?? root).derive("solver")
    let start =
      order.inputs.contains { $0.name == "parent" }
      ? try setup.parameters("parent", "policy.safetensors", on: bench)
      : ModelParameters(setup.shape, seed: seed.derive("weights"))
    let trainer = ColdStartTrainer(
      settings: solver,
      source: try DemonstrationSource(
        tasks: TaskSettings(settings.record("tasks")),
        coldStart: ColdStartSettings(settings.record("cold_start")), style: solver.style,
        vocabulary: setup.vocabulary, keptOut: HeldOutProblems(on: bench).canonicalForms),
      tape: setup.tape(atLeast: setup.shape.context), gradient: Gradient(setup.shape),
      optimizer: setup.optimizer(solver.optimizer.adamW), seed: seed.derive("demonstrations"))
    let policy = try trainer.run(start, on: bench)
    try bench.write("policy.safetensors", policy.safetensors)
    return [
      "policy": .string(policy.digest.hex), "parameters": JSONValue(setup.shape.parameterCount),
    ]
  }
}
