import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing

@Suite("Cold start")
struct ColdStartTests {
  static func solverOrder(_ changes: [String: JSONValue] = [:]) throws -> WorkOrder {
    let recipe = changes.sorted { $0.key < $1.key }.reduce(tinyRecipe) {
      $0.with($1.key, $1.value)
    }
    return try ReadRecipe(recipe).compile().orders[1]
  }

  /// A bench for a solver, with the suites that the tiny recipe keeps out of its way.
  static func bench(
    _ order: WorkOrder, _ interruption: MemoryBench.Interruption = .none
  ) throws -> MemoryBench {
    try Workshop.store().bench(for: order, interruption: interruption)
  }

  @Test("supervised training lowers the loss of demonstrations")
  func learns() throws {
    let order = try Self.solverOrder()
    let bench = try Self.bench(order)
    _ = try WorkPerformer.perform(order, on: bench)
    let losses = bench.values(of: "loss")
    #expect(losses.count == 9)
    #expect((losses.last ?? 9) < 0.6 * (losses.first ?? 0), "\(losses)")
  }

  @Test("a solver that was stopped goes on to the same weights", arguments: [0, 1, 30, 69])
  func resume(stop: Int) throws {
    let order = try Self.solverOrder(["solvers.S.steps": 70])
    let whole = try Self.bench(order)
    _ = try WorkPerformer.perform(order, on: whole)
    let broken = try Self.bench(order, .stop(afterReports: stop))
    #expect(throws: WorkStopped.self) { try WorkPerformer.perform(order, on: broken) }
    broken.beginAgain()
    _ = try WorkPerformer.perform(order, on: broken)
    #expect(broken.files == whole.files && broken.measurements == whole.measurements)
  }

  @Test("a solver of no steps is its parent, or the random weights of its seed")
  func noSteps() throws {
    func digest(_ changes: [String: JSONValue]) throws -> String? {
      let order = try Self.solverOrder(changes)
      return try WorkPerformer.perform(order, on: Self.bench(order))["policy"]?.string
    }
    let first = try digest(["solvers.S.steps": 0])
    #expect(try digest(["solvers.S.steps": 0]) == first)
    #expect(try digest(["solvers.S.steps": 0, "solvers.S.seed": 2]) != first)
    #expect(try digest(["solvers.S.steps": 1]) != first)
    var store = try Workshop.store()
    let order = try ReadRecipe(tinyRecipe.with("solvers.M.steps", 0)).compile().orders[2]
    let parent = try #require(order.inputs.first { $0.name == "parent" })
    let child = try store.finish(order)
    #expect(child.values["policy"] == store.items[parent.identity]?.values["policy"])
  }

  @Test("a demonstration that does not fit the context is refused")
  func context() throws {
    let order = try Self.solverOrder([
      "model.context": 16, "cold_start.code.families": ["8": 1],
    ])
    let fault = #expect(throws: WorkFault.self) {
      try WorkPerformer.perform(order, on: Self.bench(order))
    }
    #expect(fault?.what.hasPrefix("a demonstration has ") == true)
    #expect(fault?.what.hasSuffix(" tokens, the model a context of 16") == true)
  }

  @Test("demonstrations are correct, end, and keep the share of math")
  func demonstrations() throws {
    let recipe = try ReadRecipe(tinyRecipe.with("cold_start.math_share", 0.25)).recipe
    let source = try DemonstrationSource(
      tasks: recipe.tasks, coldStart: recipe.coldStart, style: recipe.solvers[0].style,
      vocabulary: .standard, keptOut: [])
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
