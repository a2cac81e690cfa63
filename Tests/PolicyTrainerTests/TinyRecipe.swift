import PolicyTrainer
import ReasoningTasks
import Reproducibility
import TransformerLM

@testable import StudyLanguage

/// A recipe as settings, as methods, and as what identities are taken of.
struct ReadRecipe {
  var recipe: Recipe
  var settings: Settings
  var canonical: JSONValue

  init(_ json: JSONValue, log: ReadLog? = nil) throws {
    settings = try Settings(normalising: json, as: Recipe.schema, log: log)
    recipe = Recipe(settings)
    var normaliser = Normaliser()
    let normalised = normaliser.normalise(SourcedJSON(json), as: .record(Recipe.schema), at: SettingPlace())
    canonical = normalised?.canonical ?? .null
  }

  func compile(seed: Int = 1, texts: [String: String] = [:]) -> CompiledTrial {
    var compiler = TrialCompiler(numerics: numericsVersion, texts: texts)
    return compiler.compile(recipe, canonical: canonical, seeds: [seed])[0]
  }
}

extension JSONValue {
  /// The value with one member changed; nil takes it away. Path elements are names or list indices.
  func with(_ path: String, _ value: JSONValue?) -> JSONValue {
    with(path.split(separator: ".").map(String.init)[...], value)
  }

  private func with(_ path: ArraySlice<String>, _ value: JSONValue?) -> JSONValue {
    guard let name = path.first else { return value ?? .null }
    let rest = path.dropFirst()
    if case .array(var elements) = self, let index = Int(name) {
      elements[index] = elements[index].with(rest, value)
      return .array(elements)
    }
    var object = self.object ?? [:]
    object[name] = rest.isEmpty ? value : (object[name] ?? [:]).with(rest, value)
    return .object(object)
  }
}

/// A recipe that is through in a second: one layer of 32 channels, one operation, a handful of steps.
/// Two solvers, so that a level can be formed; the policy solves about half of its problems, so that
/// there is something to learn.
let tinyRecipe: JSONValue = [
  "model": [
    "width": 32, "layers": 1, "heads": 2, "key_value_heads": 2, "head_width": 16,
    "feed_forward": 48, "context": 64,
  ],
  "tasks": ["limit": 9],
  "cold_start": [
    "math": ["operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0],
    "code": ["families": ["1": 1], "magnitudes": [1]],
  ],
  "solvers": [
    "S": [
      "steps": 450, "batch": 32, "jump": 0.7,
      "optimizer": [
        "learning_rate": ["kind": "cosine", "from": 0.008, "to": 0.0008, "warm_up": 10]
      ],
    ],
    "M": [
      "from": "S", "steps": 150, "batch": 32, "jump": 0.3,
      "optimizer": ["learning_rate": 0.004],
    ],
  ],
  "policy": "S",
  "problems": [
    "math": [
      "count": 40, "operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0,
    ],
    "code": ["count": 16, "families": ["1": 1], "magnitudes": [1]],
  ],
  "grading": [
    "solvers": ["S", "M"], "attempts": ["count": 4, "max_tokens": ["math": 12, "code": 16]],
  ],
  "levels": ["some": ["math": ["rule": "p.S < 1"], "code": ["rule": "p.M < 1"]]],
  "stages": [
    [
      "name": "first", "problems": ["math": "some", "code": "some"], "ratio": ["math": 2.1],
      "steps": 6, "prompts": 4, "rollouts": ["per_prompt": 4],
      "max_tokens": ["math": 9, "code": 12],
      "optimizer": ["learning_rate": 0.0005], "checkpoint_every": 2,
    ]
  ],
  "evaluation": [
    "every": 2,
    "suites": [
      "sums": [
        "math": ["operations_to": 1, "magnitudes": [1], "multiplication": 0, "brackets": 0],
        "count": 12, "attempts": 4, "attempts_during": 2,
      ],
      "lines": [
        "code": ["families": ["1": 1], "magnitudes": [1]], "count": 6, "attempts": 2,
        "attempts_during": 1,
      ],
    ],
  ],
]

/// The tiny recipe's shared items, made once for all tests.
enum Workshop {
  private static let made = Result { () throws -> MemoryStore in
    var store = MemoryStore()
    for order in try ReadRecipe(tinyRecipe).compile().orders where order.kind != "stage" {
      try store.finish(order)
    }
    return store
  }

  /// A store in which everything before the stages is done.
  static func store() throws -> MemoryStore { try made.get() }

  /// The order of a stage of the tiny recipe with changes, by path below that stage.
  static func stageOrder(
    _ changes: [String: JSONValue] = [:], stage: Int = 0, of recipe: JSONValue = tinyRecipe
  ) throws -> WorkOrder {
    let changed = changes.sorted { $0.key < $1.key }.reduce(recipe) { recipe, change in
      recipe.with("stages.\(stage).\(change.key)", change.value)
    }
    let trial = try ReadRecipe(changed).compile()
    return trial.orders.filter { $0.kind == "stage" }[stage]
  }

  /// Runs a stage of the tiny recipe with changes from beginning to end.
  static func runStage(_ changes: [String: JSONValue] = [:]) throws -> MemoryBench {
    let order = try stageOrder(changes)
    let bench = try store().bench(for: order)
    _ = try WorkPerformer.perform(order, on: bench)
    return bench
  }
}

// MARK: Parts by hand

/// A method's settings from what a recipe would write.
func settings(_ json: JSONValue = [:], of schema: RecordSchema) throws -> Settings {
  try Settings(normalising: json, as: schema)
}

/// A method as a recipe would name it.
func make<Product>(_ door: Door<Product>, _ json: JSONValue) throws -> Product {
  let schema = RecordSchema("door", keys: [Key(door.name, door.type, doc: "a door")])
  return door.make(try settings([door.name: json], of: schema).record(door.name))
}

let anywhere = StepPlace(step: 0, steps: 10, stageSeed: Seed(1))

func sum(_ a: Int, _ b: Int) -> Problem { .math(prompt: "M\(a)+\(b)=", answer: "\(a + b)") }

func entry(
  _ problem: Problem, _ rates: [(solver: String, rate: PassRate)] = []
) throws -> PoolEntry {
  PoolEntry(
    problem: problem, prompt: try Vocabulary.standard.encode(problem.prompt), passRates: rates)
}

/// A rollout of which only length, reward and end matter.
func rollout(
  tokens: Int, reward: Double = 0, isFinished: Bool = true, advantage: Double = 0
) -> Rollout {
  var rollout = Rollout(
    tokens: [Int32](repeating: 30, count: tokens),
    logProbabilities: [Float](repeating: -1, count: tokens), isFinished: isFinished,
    behaviour: .current, verdict: verdict(reward), reward: reward)
  rollout.advantage = advantage
  return rollout
}

func verdict(_ score: Double) -> Verdict {
  Verdict(
    score: score, reason: score == 1 ? .correct : .noBox, passed: score == 1 ? 1 : 0, total: 1,
    isWellFormed: score == 1)
}

func group(_ rollouts: [Rollout], problem: Problem = sum(1, 2)) throws -> PromptGroup {
  let entry = try entry(problem)
  return PromptGroup(
    entry: entry, prompt: entry.prompt, updatePrompt: entry.prompt, guidance: nil,
    rollouts: rollouts)
}

/// A stage's settings from the tiny recipe's with changes.
func stageSettings(_ changes: [String: JSONValue] = [:]) throws -> StageSettings {
  let changed = changes.sorted { $0.key < $1.key }.reduce(tinyRecipe) { recipe, change in
    recipe.with("stages.0.\(change.key)", change.value)
  }
  return try ReadRecipe(changed).recipe.stages[0]
}

func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}
