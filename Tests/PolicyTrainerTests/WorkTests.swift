import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@Suite("Work")
struct WorkTests {
  @Test("from nothing to a trained policy: every item leaves its files, values and measurements")
  func endToEnd() throws {
    let trial = try ReadRecipe(tinyRecipe).compile()
    var store = try Workshop.store()
    for order in trial.orders { try store.finish(order) }
    let items = try trial.orders.map { try #require(store.items[$0.identity]) }
    #expect(
      zip(trial.orders, items).map {
        "\($0.kind): \($1.files.keys.sorted().joined(separator: " "))"
      }
        == [
          "solver: policy.safetensors", "solver: policy.safetensors",
          "problems: pool.jsonl suite.lines.jsonl suite.sums.jsonl",
          "grades: grades.jsonl", "grades: grades.jsonl", "grades: grades.jsonl",
          "levels: levels.json", "evaluation: evaluations.jsonl",
          "stage: digests.jsonl evaluations.jsonl optimizer.safetensors policy.safetensors reference.safetensors rollouts.jsonl stage.json",
        ])
    let (base, stage) = (items[7], items[8])
    #expect(base.measurements.map(\.step).allSatisfy { $0 == 0 })
    #expect(
      base.measurements.map(\.metric) == [
        "sums", "sums.length", "sums.truncated", "lines", "lines.length", "lines.truncated",
      ])
    // Six steps of all metrics, a look every second step.
    let steps = Dictionary(grouping: stage.measurements, by: \.step)
    #expect(steps.keys.sorted() == [1, 2, 3, 4, 5, 6])
    for (step, measurements) in steps {
      let names = Set(measurements.map(\.metric))
      #expect(names.isSuperset(of: StepMetric.all.map(\.name)), "step \(step)")
      #expect(names.contains("sums") == step.isMultiple(of: 2))
      #expect(names.count == measurements.count)
    }
    #expect(stage.values["step"]?.int == 6)
    // What is measured is what stands in the evaluations.
    let evaluations = try stage.text("evaluations.jsonl").split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
    let last = try #require(evaluations.last { $0["suite"]?.string == "sums" })
    let counts = (last["correct"]?.array ?? []).compactMap(\.int)
    #expect(counts.count == 12)
    #expect(
      stage.measurements.last { $0.metric == "sums" }?.value == Double(counts.reduce(0, +)) / 48)
    // The cold start taught something: a policy that never solves anything shows nothing.
    #expect((items[3].values["pass_rate"]?.double ?? 0) > 0.3)
    #expect((items[3].values["pass_rate"]?.double ?? 1) < 0.95)
  }

  @Test("the work is done twice with the same bytes")
  func twice() throws {
    var store = MemoryStore()
    let done = try Workshop.store()
    for order in try ReadRecipe(tinyRecipe).compile().orders.dropLast() {
      let item = try store.finish(order)
      #expect(item == done.items[order.identity], "\(order.label)")
    }
  }

  @Test("ten training steps end with the digests that are stored here")
  func numerics() throws {
    // Two updates a step, both domains, moments, reference and cold start: whatever
    // moves a bit of training or sampling moves these.
    let bench = try Workshop.runStage(["steps": 10, "updates": 2, "refresh_reference_every": 4])
    let digests = try StageTests.lines(bench, "digests.jsonl")
    let last = try #require(digests.last)
    let found = [last["policy"]?.string, last["optimizer"]?.string]
    #expect(last["step"]?.int == 10)
    #expect(
      found == Self.digests,
      "the numerics moved: raise numericsVersion in TransformerLM and accept new digests: \(found)")
    #expect(
      numericsVersion == Self.version,
      "the numerics version was raised: say here with which digests it comes")
  }

  /// The version of the arithmetic, and what it makes of ten steps: policy and optimizer.
  static let version = 1
  static let digests = [
    "3abf801e05cceea75cf95532d9c47f60c3c415604f78a7b9d3a1d3a91b4187a5",
    "132895386ca002698a9be1b77dce95b600ad49f746ecfaab8a87d93c8572b04d",
  ]

  // MARK: Apart

  @Test("the pool and the suites share no problem", arguments: 1...8)
  func disjoint(seed: Int) throws {
    // A narrow space, so that only care keeps them apart: suites take 110 of its problems.
    let recipe = tinyRecipe.with("problems.seed", JSONValue(seed))
      .with("problems.math.count", 15).with("evaluation.suites.sums.count", 60)
      .with("evaluation.suites.sums.seed", JSONValue(seed))
    let order = try ReadRecipe(recipe).compile().orders[2]
    let bench = MemoryBench(inputs: [:])
    _ = try WorkPerformer.perform(order, on: bench)
    func forms(_ file: String) throws -> Set<String> {
      let problems = try ProblemFile.read(bench.files[file] ?? [], name: file)
      #expect(Set(problems.map(\.canonicalForm)).count == problems.count)
      return Set(problems.map(\.canonicalForm))
    }
    let pool = try forms("pool.jsonl")
    #expect(try pool.isDisjoint(with: forms("suite.sums.jsonl")))
    #expect(try pool.isDisjoint(with: forms("suite.lines.jsonl")))
    #expect(pool.count == 31)
  }

  /// A tiny recipe whose pool or suite comes from files.
  static func perform(pool: String? = nil, code: String? = nil, suite: String? = nil) throws {
    var recipe = tinyRecipe
    if pool != nil { recipe = recipe.with("problems.math", ["file": "pool"]) }
    if code != nil { recipe = recipe.with("problems.code", ["file": "code"]) }
    if suite != nil { recipe = recipe.with("evaluation.suites.sums", ["file": "suite"]) }
    let texts = ["pool": pool, "code": code, "suite": suite].compactMapValues { $0 }
    _ = try WorkPerformer.perform(
      try ReadRecipe(recipe).compile(texts: texts).orders[2], on: MemoryBench(inputs: [:]))
  }

  static func line(_ id: String, _ a: Int, _ b: Int) -> String {
    ProblemFile.write([.math(id: id, prompt: "M\(a)+\(b)=", answer: "\(a + b)")])
  }

  @Test("a problem that stands in a suite as well is refused, whatever it is called")
  func leak() throws {
    try Self.perform(pool: Self.line("a", 1, 2), suite: Self.line("b", 1, 3))
    // Under another name, with another problem before it.
    let fault = #expect(throws: WorkFault.self) {
      try Self.perform(
        pool: Self.line("x", 1, 2) + Self.line("a", 1, 3), suite: Self.line("b", 1, 3))
    }
    #expect(
      fault
        == WorkFault(
          what: "problem 'a' of the pool, M1+3=, also stands in a suite",
          why: "a suite measures what was not trained on",
          help: "take the problem out of the pool's file or out of the suite's"))
  }

  @Test("what is wrong with a pool from a file is said")
  func poolFiles() throws {
    func fault(pool: String? = nil, code: String? = nil) -> WorkFault? {
      #expect(throws: WorkFault.self) { try Self.perform(pool: pool, code: code) }
    }
    let program = ProblemFile.write([
      .code(
        id: "a", prompt: "C1:4,2:8=", tests: [CodeTest(input: 3, output: 12)], reference: "x*4")
    ])
    #expect(
      fault(code: Self.line("a", 1, 2))
        == WorkFault(
          what: "problem 'a' in the file of the pool's code problems is a math problem",
          why: "the ratio of a stage counts prompts by domain",
          help: "move it to a file of its own domain"))
    #expect(
      fault(pool: Self.line("a", 1, 2), code: program)
        == WorkFault(
          what: "two problems of the pool are called 'a'",
          why: "grades and levels name problems by their id",
          help: "rename one of them in its file"))
    let broken = fault(pool: "{\"id\":")
    #expect(broken?.what.hasPrefix("the file of the pool's math problems is not valid: ") == true)
  }

  @Test("a problem that leaves no room for a response is refused by whoever would ask for one")
  func longPrompt() throws {
    let sum = (1...30).map { String($0 % 3 + 1) }.joined(separator: "+")
    let long = ProblemFile.write([.math(id: "long", prompt: "M\(sum)=", answer: "60")])
    let order = try ReadRecipe(tinyRecipe).compile().orders[3]
    var inputs = try Workshop.store().bench(for: order).inputs
    inputs["problems"]?["pool.jsonl"] = Array(long.utf8)
    let fault = #expect(throws: WorkFault.self) {
      try WorkPerformer.perform(order, on: MemoryBench(inputs: inputs))
    }
    #expect(
      fault
        == WorkFault(
          what: "problem 'long' has a prompt of 61 tokens, its response a length cap of 12",
          why: "together they must fit into the model's context of 64",
          help: "raise 'model.context', lower the cap, or leave out longer problems"))
  }

  @Test("a space with too few problems is refused")
  func exhausted() throws {
    let recipe = tinyRecipe.with("problems.math.count", 5000)
    let order = try ReadRecipe(recipe).compile().orders[2]
    let fault = #expect(throws: WorkFault.self) {
      try WorkPerformer.perform(order, on: MemoryBench(inputs: [:]))
    }
    #expect(fault?.what.hasPrefix("the pool's math problems: only ") == true)
  }

  // MARK: Orders

  @Test("an order of another version is refused")
  func strangeOrders() throws {
    func fault(_ order: WorkOrder) -> WorkFault? {
      #expect(throws: WorkFault.self) {
        try WorkPerformer.perform(order, on: MemoryBench(inputs: [:]))
      }
    }
    #expect(
      fault(WorkOrder(kind: "dream", configuration: [:], numerics: 1, label: "x"))?.what
        == "unknown kind of work item 'dream'")
    #expect(
      fault(
        WorkOrder(kind: "problems", configuration: ["nap": 1], numerics: 1, label: "naps"))?.what
        == "the settings of 'naps' cannot be read: nap: unknown key 'nap' in 'problems item'")
  }

  @Test("grades of a problem do not depend on the rest of the pool")
  func gradesAlone() throws {
    let recipe = try ReadRecipe(tinyRecipe).recipe
    let (policy, pools, _) = try StageTests.parts()
    let pool = (pools[.math] ?? []) + (pools[.code] ?? [])
    let collector = try RewardTests.collector()
    func grade(_ entries: [PoolEntry], seed: UInt64 = 1) throws -> [PassRate] {
      try Grader(collector: collector, settings: recipe.grading.attempts).grade(
        entries, solver: "S", policy: policy, seed: Seed(seed), on: MemoryBench(inputs: [:])
      ).rates
    }
    let all = try grade(pool)
    #expect(all.count == 56 && all.allSatisfy { $0.attempts == 4 })
    #expect(try grade(Array(pool.prefix(20))) == Array(all.prefix(20)))
    // More than a block of 64.
    #expect(try Array(grade(pool + pool).prefix(56)) == all)
    #expect(try grade(pool, seed: 2) != all)
  }

  @Test("a grader that is asked to stop leaves without half a result")
  func stoppedGrader() throws {
    let order = try ReadRecipe(tinyRecipe).compile().orders[3]
    let bench = try Workshop.store().bench(for: order, interruption: .stop(afterReports: 0))
    #expect(throws: WorkStopped.self) { try WorkPerformer.perform(order, on: bench) }
    #expect(bench.files.isEmpty)
  }
}

@Suite("Cold start")
struct ColdStartTests {
  static func solverOrder(_ changes: [String: JSONValue] = [:]) throws -> WorkOrder {
    let recipe = changes.sorted { $0.key < $1.key }.reduce(tinyRecipe) {
      $0.with($1.key, $1.value)
    }
    return try ReadRecipe(recipe).compile().orders[0]
  }

  @Test("supervised training lowers the loss of demonstrations")
  func learns() throws {
    let bench = MemoryBench(inputs: [:])
    _ = try WorkPerformer.perform(try Self.solverOrder(), on: bench)
    let losses = bench.values(of: "loss")
    #expect(losses.count == 9)
    #expect((losses.last ?? 9) < 0.6 * (losses.first ?? 0), "\(losses)")
  }

  @Test("a solver that was stopped goes on to the same weights", arguments: [0, 1, 30, 69])
  func resume(stop: Int) throws {
    let order = try Self.solverOrder(["solvers.S.steps": 70])
    let whole = MemoryBench(inputs: [:])
    _ = try WorkPerformer.perform(order, on: whole)
    let broken = MemoryBench(inputs: [:], interruption: .stop(afterReports: stop))
    #expect(throws: WorkStopped.self) { try WorkPerformer.perform(order, on: broken) }
    broken.beginAgain()
    _ = try WorkPerformer.perform(order, on: broken)
    #expect(broken.files == whole.files && broken.measurements == whole.measurements)
  }

  @Test("a solver of no steps is its parent, or the random weights of its seed")
  func noSteps() throws {
    func digest(_ changes: [String: JSONValue]) throws -> String? {
      let bench = MemoryBench(inputs: [:])
      return try WorkPerformer.perform(try Self.solverOrder(changes), on: bench)["policy"]?.string
    }
    let first = try digest(["solvers.S.steps": 0])
    #expect(try digest(["solvers.S.steps": 0]) == first)
    #expect(try digest(["solvers.S.steps": 0, "solvers.S.seed": 2]) != first)
    #expect(try digest(["solvers.S.steps": 1]) != first)
    var store = try Workshop.store()
    let order = try ReadRecipe(tinyRecipe.with("solvers.M.steps", 0)).compile().orders[1]
    let parent = try #require(order.inputs.first)
    let child = try store.finish(order)
    #expect(child.values["policy"] == store.items[parent.identity]?.values["policy"])
  }

  @Test("a demonstration that does not fit the context is refused")
  func context() throws {
    let order = try Self.solverOrder([
      "model.context": 16, "cold_start.code.families": ["8": 1],
    ])
    let fault = #expect(throws: WorkFault.self) {
      try WorkPerformer.perform(order, on: MemoryBench(inputs: [:]))
    }
    #expect(fault?.what.hasPrefix("a demonstration has ") == true)
    #expect(fault?.what.hasSuffix(" tokens, the model a context of 16") == true)
  }

  @Test("demonstrations are correct, end, and keep the share of math")
  func demonstrations() throws {
    let recipe = try ReadRecipe(tinyRecipe.with("cold_start.math_share", 0.25)).recipe
    let source = try DemonstrationSource(
      tasks: recipe.tasks, coldStart: recipe.coldStart, style: recipe.solvers[0].style,
      vocabulary: .standard)
    let math = try Vocabulary.standard.encode("M")[0]
    var count = 0
    for index in 0..<400 {
      let sample = try source.sample(Seed(3).derive(index))
      #expect(sample.response.last == Vocabulary.standard.end)
      #expect(sample.response.count { $0 == Vocabulary.standard.end } == 1)
      if sample.prompt.first == math { count += 1 }
    }
    // 100 expected, deviation √75 = 8.7.
    #expect((65...135).contains(count))
  }
}
