import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing

@Suite("Held-out problems")
struct HeldOutTests {
  /// The suites and the pool of a recipe.
  static func make(
    _ recipe: JSONValue, texts: [String: String] = [:]
  ) throws -> (suites: StoredItem, pool: StoredItem) {
    var store = MemoryStore()
    var items: [StoredItem] = []
    for order in try ReadRecipe(recipe).compile(texts: texts).orders
    where order.kind == "suites" || order.kind == "problems" {
      items.append(try store.finish(order))
    }
    try #require(items.count == 2)
    return (items[0], items[1])
  }

  /// Canonical forms of a file's problems, of which no two are equal.
  static func forms(_ item: StoredItem, _ file: String) throws -> Set<String> {
    let problems = try ProblemFile.read(item.files[file] ?? [], name: file)
    let forms = Set(problems.map(\.canonicalForm))
    #expect(forms.count == problems.count)
    return forms
  }

  /// A narrow space, so that only care keeps pool, suites and demonstrations apart: the cold start
  /// draws from the mixtures of which the suites take most.
  static func narrowRecipe(seed: Int) -> JSONValue {
    tinyRecipe.with("problems.seed", JSONValue(seed)).with("problems.math.count", 15)
      .with("evaluation.suites.sums.count", 60)
      .with("evaluation.suites.sums.seed", JSONValue(seed))
  }

  @Test("the pool and the suites share no problem", arguments: 1...8)
  func disjoint(seed: Int) throws {
    let (suites, pool) = try Self.make(Self.narrowRecipe(seed: seed))
    let trained = try Self.forms(pool, "pool.jsonl")
    let sums = try Self.forms(suites, "suite.sums.jsonl")
    let lines = try Self.forms(suites, "suite.lines.jsonl")
    #expect(trained.count == 31 && sums.count == 60 && lines.count == 6)
    #expect(trained.isDisjoint(with: sums) && trained.isDisjoint(with: lines))
    #expect(suites.values == ["sums": 60, "lines": 6] && pool.values == ["pool": 31])
    // What is kept out is what stands in the suites' files.
    let heldOut = try JSONValue(parsing: suites.text("held-out.json")).array ?? []
    #expect(heldOut.compactMap(\.string) == sums.union(lines).sorted())
  }

  @Test("no solver is shown a problem of a suite", arguments: 1...4)
  func demonstrations(seed: Int) throws {
    let recipe = try ReadRecipe(Self.narrowRecipe(seed: seed)).recipe
    let (suites, _) = try Self.make(Self.narrowRecipe(seed: seed))
    let heldOut = try Self.forms(suites, "suite.sums.jsonl")
      .union(Self.forms(suites, "suite.lines.jsonl"))
    func leaks(keptOut: Set<String>) throws -> Int {
      var leaks = 0
      for solver in recipe.solvers {
        let source = try DemonstrationSource(
          tasks: recipe.tasks, coldStart: recipe.coldStart, style: solver.style,
          vocabulary: .standard, keptOut: keptOut)
        for index in 0..<500 {
          let sample = try source.sample(Seed(UInt64(seed)).derive(solver.name).derive(index))
          let prompt = Vocabulary.standard.decode(sample.prompt)
          let domain: Domain = prompt.hasPrefix("M") ? .math : .code
          if heldOut.contains(canonicalForm(of: prompt, domain: domain)) { leaks += 1 }
        }
      }
      return leaks
    }
    #expect(try leaks(keptOut: []) > 250, "what is never drawn needs no keeping out")
    #expect(try leaks(keptOut: heldOut) == 0)
  }

  @Test("a demonstration that was never in the way of a suite stays the one it was")
  func untouchedDemonstrations() throws {
    let recipe = try ReadRecipe(tinyRecipe).recipe
    func source(keptOut: Set<String>) throws -> DemonstrationSource {
      try DemonstrationSource(
        tasks: recipe.tasks, coldStart: recipe.coldStart, style: recipe.solvers[0].style,
        vocabulary: .standard, keptOut: keptOut)
    }
    let free = try source(keptOut: [])
    let shown = try (0..<400).map { try free.sample(Seed(7).derive($0)) }
    let first = Vocabulary.standard.decode(shown[0].prompt)
    let careful = try source(
      keptOut: [canonicalForm(of: first, domain: first.hasPrefix("M") ? .math : .code)])
    for (index, before) in shown.enumerated() {
      let after = try careful.sample(Seed(7).derive(index))
      if before.prompt == shown[0].prompt {
        #expect(after.prompt != before.prompt)
      } else {
        #expect(after.prompt == before.prompt && after.response == before.response)
      }
    }
  }

  /// Every problem of the tiny recipe's sums, as a file.
  static func allSums() throws -> String {
    let recipe = try ReadRecipe(tinyRecipe).recipe
    let source = try recipe.tasks.source(recipe.coldStart.math)
    var random = RandomStream(Seed(1).derive("all sums"))
    var problems: [String: Problem] = [:]
    // About a hundred, each drawn some two hundred times.
    for _ in 0..<20_000 {
      let problem = try source.problem(&random)
      problems[problem.canonicalForm] = problem
    }
    return ProblemFile.write(problems.sorted { $0.key < $1.key }.map(\.value))
  }

  @Test("a cold start of which every problem is held out is refused")
  func exhaustedColdStart() throws {
    let recipe = tinyRecipe.with("cold_start.math_share", 1)
      .with("evaluation.suites.sums", ["file": "all.jsonl", "attempts": 1])
    let orders = try ReadRecipe(recipe).compile(texts: ["all.jsonl": Self.allSums()]).orders
    var store = MemoryStore()
    try store.finish(orders[0])
    let bench = store.bench(for: orders[1])
    let fault = #expect(throws: WorkFault.self) {
      try WorkPerformer.perform(orders[1], on: bench)
    }
    #expect(
      fault
        == WorkFault(
          what: "the cold start finds no problem that is not held out",
          why: "20000 drawn in a row all stand in a suite",
          help: "widen 'cold_start', or make the suites smaller"))
    #expect(bench.files.isEmpty)
  }

  // MARK: Problems from files

  /// A tiny recipe whose pool or suite comes from files.
  static func perform(pool: String? = nil, code: String? = nil, suite: String? = nil) throws {
    var recipe = tinyRecipe
    if pool != nil { recipe = recipe.with("problems.math", ["file": "pool"]) }
    if code != nil { recipe = recipe.with("problems.code", ["file": "code"]) }
    if suite != nil { recipe = recipe.with("evaluation.suites.sums", ["file": "suite"]) }
    let texts = ["pool": pool, "code": code, "suite": suite].compactMapValues { $0 }
    _ = try make(recipe, texts: texts)
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

  @Test("what is wrong with a pool or a suite from a file is said")
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
    let suite = #expect(throws: WorkFault.self) { try Self.perform(suite: "{\"id\":") }
    #expect(suite?.what.hasPrefix("the file of suite 'sums' is not valid: ") == true)
  }

  @Test("a space with too few problems is refused")
  func exhausted() throws {
    let recipe = tinyRecipe.with("problems.math.count", 5000)
    let fault = #expect(throws: WorkFault.self) { _ = try Self.make(recipe) }
    #expect(fault?.what.hasPrefix("the pool's math problems: only ") == true)
    let suite = tinyRecipe.with("evaluation.suites.sums.count", 5000)
    let other = #expect(throws: WorkFault.self) { _ = try Self.make(suite) }
    #expect(other?.what.hasPrefix("suite 'sums': only ") == true)
  }
}
