import PolicyTrainer
import Reproducibility
import Testing

@Suite("Random streams that a study fixes or shares")
struct StreamTests {
  private func stage(_ streams: JSONValue?, seed: Int) throws -> StoredItem {
    let trial = try ReadRecipe(tinyRecipe.with("streams", streams)).compile(seed: seed)
    var store = try Workshop.store()
    for order in trial.orders where store.items[order.identity] == nil { try store.finish(order) }
    return try #require(store.items[trial.stages[0].identity])
  }

  @Test(
    "purposes fixed at a seed have that seed's numbers in every trial; what follows the trial has not"
  )
  func fixed() throws {
    let third = try stage(nil, seed: 3)
    let all: JSONValue = ["order": 3, "sampling": 3, "evaluation": 3]
    for seed in [1, 2] {
      let fixed = try stage(all, seed: seed)
      #expect(fixed.values["policy"] == third.values["policy"], "seed \(seed)")
      #expect(fixed.measurements == third.measurements)
    }
    let first = try stage(nil, seed: 1)
    let judged = try stage(["evaluation": 3], seed: 1)
    #expect(judged.values["policy"] == first.values["policy"], "evaluations train nothing")
    #expect(judged.measurements != first.measurements)
    for purpose in ["order", "sampling"] {
      let mixed = try stage(.object(JSONObject([(purpose, JSONValue(3))])), seed: 1)
      #expect(mixed.values["policy"] != first.values["policy"], "\(purpose)")
      #expect(mixed.values["policy"] != third.values["policy"], "\(purpose)")
    }
  }

  @Test("an arm's own numbers are those of no other arm and no other purpose")
  func own() throws {
    let own = try stage(["sampling": "arm"], seed: 1)
    #expect(own.values["policy"] != (try stage(nil, seed: 1)).values["policy"])
    #expect(own.values["policy"] == (try stage(["sampling": "arm"], seed: 1)).values["policy"])
    let other = try stage(["sampling": "arm", "evaluation": 3], seed: 1)
    #expect(own.values["policy"] != other.values["policy"], "another arm, other numbers")
  }

  @Test("an initial policy of the trial's own is made by its seed; levels stay the solver's")
  func initialisation() throws {
    func compile(_ source: JSONValue, seed: Int) throws -> CompiledTrial {
      try ReadRecipe(tinyRecipe.with("streams", ["initialisation": source])).compile(seed: seed)
    }
    let plain = try ReadRecipe(tinyRecipe).compile(seed: 1)
    let trials = try [1, 2].map { try compile("trial", seed: $0) }
    #expect(trials.allSatisfy { $0.levels == plain.levels })
    #expect(trials.map { $0.own[0].label } == ["solver S, seed 1", "solver S, seed 2"])
    #expect(trials[0].own[0].identity != trials[1].own[0].identity)
    #expect(trials[0].own[1].inputs.contains { $0.identity == trials[0].own[0].identity })
    let fixed = try [1, 2].map { try compile(7, seed: $0) }
    #expect(fixed[0].own[0].identity == fixed[1].own[0].identity)
    #expect(fixed[0].own[0].label == "solver S, seed 7")
    #expect(try compile("solver", seed: 1).orders == plain.orders)

    var store = try Workshop.store()
    var policies: [JSONValue?] = []
    for trial in trials {
      for order in trial.preparation + [trial.own[0]] where store.items[order.identity] == nil {
        try store.finish(order)
      }
      policies.append(store.items[trial.own[0].identity]?.values["policy"])
    }
    #expect(policies[0] != nil && policies[0] != policies[1])
  }

  @Test("a budget is what the stages may spend at most")
  func budget() throws {
    let recipe = try ReadRecipe(StageTests.twoStages).recipe
    let budget = recipe.budget
    #expect(budget.updates == recipe.stages.map(\.steps).reduce(0, +))
    #expect(
      budget.rollouts
        == recipe.stages.map { $0.steps * $0.prompts * $0.rollouts.largestGroup }.reduce(0, +))
    #expect(budget.tokens > budget.rollouts)
  }
}
