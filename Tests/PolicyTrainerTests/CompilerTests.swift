import PolicyTrainer
import Reproducibility
import StudyLanguage
import Testing
import TransformerLM

@Suite("Trial compiler")
struct CompilerTests {
  static let twoStages = StageTests.twoStages

  static func identities(_ recipe: JSONValue, seed: Int = 1) throws -> [Digest] {
    try ReadRecipe(recipe).compile(seed: seed).orders.map(\.identity)
  }

  @Test(
    "a trial is suites, solvers, problems, grades, levels, an evaluation and its stages, in order")
  func orders() throws {
    let trial = try ReadRecipe(Self.twoStages.with("grading.strongest", "M")).compile()
    #expect(
      trial.orders.map(\.kind) == [
        "suites", "solver", "solver", "problems", "grades", "grades", "grades", "levels",
        "evaluation", "stage", "stage",
      ])
    #expect(
      trial.orders.map(\.label) == [
        "suites", "solver S", "solver M", "problems", "grades of S", "grades of M", "fresh of S",
        "levels", "base S, seed 1", "first: math some + code some, seed 1",
        "second: math all, seed 1",
      ])
    #expect(trial.stages.map(\.name) == ["first", "second"])
    #expect(trial.stages.map(\.identity) == trial.orders.suffix(2).map(\.identity))
    #expect(trial.levels == trial.orders[7].identity)
    #expect(trial.baseEvaluation == trial.orders[8].identity)
    // Each item after those it reads.
    for (index, order) in trial.orders.enumerated() {
      let before = Set(trial.orders[..<index].map(\.identity))
      for input in order.inputs { #expect(before.contains(input.identity), "\(order.label)") }
    }
    #expect(Set(trial.orders.map(\.identity)).count == trial.orders.count)
    // Whatever trains, draws training problems or scores has the suites before it.
    let suites = WorkOrder.Input(name: "suites", identity: trial.orders[0].identity)
    #expect(
      trial.orders.indices.filter { trial.orders[$0].inputs.contains(suites) }
        == [1, 2, 3, 8, 9, 10])
  }

  @Test("seeds share everything before the trial itself")
  func seeds() throws {
    let first = try Self.identities(Self.twoStages, seed: 1)
    let second = try Self.identities(Self.twoStages, seed: 2)
    #expect(first.prefix(8) == second.prefix(8))
    #expect(zip(first, second).dropFirst(8).allSatisfy { $0 != $1 })
  }

  @Test("a change of the second stage keeps the first, a change of the first moves both")
  func stagePrefixes() throws {
    let plain = try Self.identities(Self.twoStages)
    let later = try Self.identities(Self.twoStages.with("stages.1.max_tokens", ["math": 50]))
    #expect(later.dropLast() == plain.dropLast() && later.last != plain.last)
    let earlier = try Self.identities(Self.twoStages.with("stages.0.steps", 7))
    #expect(earlier.dropLast(2) == plain.dropLast(2))
    #expect(zip(earlier, plain).suffix(2).allSatisfy { $0 != $1 })
  }

  /// A setting, another value, and the places of the eleven items of ``twoStages`` that it moves.
  static let reaches: [(path: String, value: JSONValue, moved: [Int])] = [
    ("evaluation.every", 3, [8, 9, 10]),
    ("evaluation.suites.sums.attempts", 5, [8, 9, 10]),
    ("evaluation.suites.sums.attempts_during", 3, [8, 9, 10]),
    ("evaluation.suites.sums.count", 13, Array(0...10)),
    ("evaluation.suites.sums.seed", 2, Array(0...10)),
    ("tasks.limit", 10, Array(0...10)),
    ("tasks.code_scoring", "all-or-nothing", [4, 5, 6, 7, 8, 9, 10]),
    ("levels.some.math.rule", "p.S < 0.9", [7, 9, 10]),
    ("grading.seed", 2, [7, 9, 10]),
    ("grading.attempts", ["count": 5], [4, 5, 6, 7, 9, 10]),
    ("cold_start.math_share", 0.5, [1, 2, 4, 5, 6, 7, 8, 9, 10]),
    ("solvers.M.steps", 151, [2, 5, 7, 9, 10]),
    ("solvers.S.steps", 451, [1, 2, 4, 5, 6, 7, 8, 9, 10]),
    ("problems.seed", 2, [3, 4, 5, 6, 7, 9, 10]),
    ("model.feed_forward", 64, [1, 2, 4, 5, 6, 7, 8, 9, 10]),
    ("model.tied_embeddings", false, [1, 2, 4, 5, 6, 7, 8, 9, 10]),
    ("stages.1.updates", 2, [10]),
    ("streams.evaluation", 3, [8, 9, 10]),
    ("streams.sampling", 3, [9, 10]),
    ("streams.order", "arm", [9, 10]),
  ]

  @Test("a setting moves the items that read it and no others", arguments: reaches.indices)
  func reach(index: Int) throws {
    let (path, value, moved) = Self.reaches[index]
    let plain = try Self.identities(Self.twoStages)
    let changed = try Self.identities(Self.twoStages.with(path, value))
    try #require(plain.count == 11 && changed.count == 11)
    #expect((0..<11).filter { plain[$0] != changed[$0] } == moved, "\(path)")
  }

  @Test("writing a default out keeps every identity")
  func defaults() throws {
    let plain = try Self.identities(Self.twoStages)
    // Every setting of the recipe, written out in full.
    let full = try ReadRecipe(Self.twoStages).settings.value
    #expect(try Self.identities(full) == plain)
    for (path, value) in [
      ("stages.1.updates", JSONValue(1)), ("stages.1.objective", ["loss": ["clip_low": 0.2]]),
      ("cold_start.math_share", 0.6), ("evaluation.temperature", 0.6), ("grading.seed", 1),
      ("stages.1.sampler", ["kind": "uniform"]), ("model.products", "tiles"),
      ("model.tied_embeddings", true),
    ] {
      #expect(try Self.identities(Self.twoStages.with(path, value)) == plain, "\(path)")
    }
  }

  @Test("the order of keys decides no identity")
  func keyOrder() throws {
    #expect(
      try Self.identities(Self.reversed(Self.twoStages)).map(\.hex).sorted()
        == Self.identities(Self.twoStages).map(\.hex).sorted())
  }

  @Test("nor does it decide a bit of the work")
  func keyOrderOfWork() throws {
    let families: JSONValue = ["1": 1, "3": 2, "8": 0.5]
    let recipe = tinyRecipe.with("problems.code.families", families)
      .with("cold_start.code.families", families).with("solvers.S.steps", 3)
    func made(_ recipe: JSONValue) throws -> [Digest: StoredItem] {
      var store = MemoryStore()
      for order in try ReadRecipe(recipe).compile().orders.prefix(4) { try store.finish(order) }
      return store.items.mapValues {
        StoredItem(files: $0.files, measurements: $0.measurements, values: $0.values)
      }
    }
    #expect(try made(recipe) == made(Self.reversed(recipe)))
  }

  private static func reversed(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(JSONObject(object.members.reversed().map { ($0.key, reversed($0.value)) }))
    case .array(let elements): .array(elements.map(reversed))
    default: value
    }
  }

  @Test("what a solver is called does not matter")
  func solverNames() throws {
    let text = Self.twoStages.line
      .replacing("\"S\"", with: "\"tiny\"").replacing("\"M\"", with: "\"larger\"")
      .replacing("p.S", with: "p.tiny").replacing("p.M", with: "p.larger")
    let renamed = try Self.identities(try JSONValue(parsing: text))
    let plain = try Self.identities(Self.twoStages)
    // All before the levels and the base are the same; levels hold names in their rules.
    #expect((0..<11).filter { renamed[$0] == plain[$0] } == [0, 1, 2, 3, 4, 5, 6, 8])
  }

  @Test("two solvers of equal settings are one item")
  func equalSolvers() throws {
    let twin = tinyRecipe.with("solvers.T", tinyRecipe["solvers"]?["M"])
      .with("grading.solvers", ["S", "M", "T"])
    let orders = try ReadRecipe(twin).compile().orders
    #expect(orders.count == 12)
    #expect(Set(orders.map(\.identity)).count == 10)
  }

  @Test("solvers that nothing reads are not made")
  func unusedSolver() throws {
    let more = tinyRecipe.with("solvers.X", ["steps": 9])
    #expect(try Self.identities(more) == Self.identities(tinyRecipe))
  }

  @Test("a problem file counts by its content, not by its place")
  func problemFiles() throws {
    let text = "{\"id\":\"a\",\"domain\":\"math\",\"prompt\":\"M9-8=\",\"answer\":\"1\"}\n"
    func identities(_ file: String, _ content: String) throws -> [Digest] {
      let suite: JSONValue = ["file": .string(file), "attempts": 2]
      let recipe = tinyRecipe.with("problems.math", ["file": .string(file)])
        .with("evaluation.suites.sums", suite)
      let read = try ReadRecipe(recipe)
      #expect(read.recipe.problemFiles == [file])
      return read.compile(texts: [file: content]).orders.map(\.identity)
    }
    #expect(try identities("a.jsonl", text) == identities("there/b.jsonl", text))
    for place in [0, 3] {
      #expect(
        try identities("a.jsonl", text)[place] != identities("a.jsonl", text + "\n")[place])
    }
  }

  @Test("an order is complete: read back from its JSON it does the same")
  func json() throws {
    for order in try ReadRecipe(tinyRecipe).compile().orders {
      let text = order.json.pretty
      let back = try WorkOrder(json: try JSONValue(parsing: text))
      #expect(back.identity == order.identity && back.label == order.label)
    }
  }

  @Test("arms compiled one after another are what each is by itself, and hold common lists once")
  func together() throws {
    let recipes = try [
      Self.twoStages, Self.twoStages.with("stages.1.steps", 3),
      Self.twoStages.with("solvers.M.steps", 151), Self.twoStages,
    ].map { try ReadRecipe($0) }
    var compiler = TrialCompiler(numerics: numericsVersion)
    for recipe in recipes {
      let trials = compiler.compile(recipe.recipe, canonical: recipe.canonical, seeds: [1, 2])
      for (trial, seed) in zip(trials, [1, 2]) {
        let alone = recipe.compile(seed: seed)
        #expect(trial.orders == alone.orders)
        #expect(trial.preparation == alone.preparation && trial.own == alone.own)
        #expect(trial.stages.map(\.identity) == alone.stages.map(\.identity))
        #expect(trial.baseEvaluation == alone.baseEvaluation && trial.levels == alone.levels)
      }
    }
  }

  @Test("what a stage has to do is the tokens that it may sample")
  func amounts() throws {
    func amounts(_ recipe: JSONValue) throws -> [Double] {
      try ReadRecipe(recipe).compile().orders.map {
        WorkPerformer.amount(ofKind: $0.kind, $0.configuration)
      }
    }
    let stage: JSONValue = [
      "name": "first", "problems": ["math": "some", "code": "some"], "steps": 10, "prompts": 3,
      "ratio": ["math": 2], "rollouts": ["per_prompt": 4],
      "max_tokens": ["math": 20, "code": 32],
    ]
    let recipe = Self.twoStages.with("stages.0", stage).with("solvers.S.steps", 100)
      .with("solvers.S.batch", 24)
    let found = try amounts(recipe)
    // Two prompts of math to one of code: (2 · 20 + 32) / 3 = 24 tokens; 10 · 3 · 4 · 24.
    #expect(found[9] == 2880)
    #expect(found[1] == 2400)
    #expect(found[0] == 1 && found[3] == 1 && found[4] == 1)
    // Half the problems left out: 20 tokens. A group twice as large: twice as much.
    let math = recipe.with("stages.0.problems", ["math": "some"]).with("stages.0.ratio", [:])
    #expect(try amounts(math)[9] == 2400)
    #expect(
      try amounts(math.with("stages.0.rollouts", ["per_prompt": 8]))[9] == 4800)
    // Defaults count as if they were written: 180 · 8 · 16 · 28.
    let bare: JSONValue = ["name": "first", "problems": ["math": "some"]]
    #expect(try amounts(Self.twoStages.with("stages.0", bare))[9] == 645_120)
    // A solver that is not trained at all still has some measure.
    #expect(try amounts(Self.twoStages.with("solvers.S.steps", 0))[1] == 1)
    #expect(WorkPerformer.amount(ofKind: "stage", ["stage": ["steps": "many"]]) == 1)
    #expect(WorkPerformer.amount(ofKind: "of another version", [:]) == 1)
  }
}
