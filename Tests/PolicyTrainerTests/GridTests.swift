import Diagnostics
import PolicyTrainer
import Reproducibility
import Testing
import TransformerLM

@testable import StudyLanguage

/// Arms of a grid take from the arm before them what they share: parts of recipes, what was found sound, stages,
/// what comes before them. Nothing of that may show.
@Suite("Arms of a grid")
struct GridTests {
  private struct OneFile: FileReading {
    var text: String
    func read(_ path: String) -> [UInt8] { Array(text.utf8) }
  }

  /// Settings of every part of the recipe, each with values.
  static let axes: [(path: String, values: JSONValue)] = [
    ("stages.first.steps", [2, 3, 4]), ("stages.second.optimizer.beta2", [0.9, 0.95]),
    ("stages.first.max_tokens.math", [20, 22, 24]), ("stages.second.objective.kl", ["k1", "k3"]),
    ("stages.first.sampler", ["uniform", ["kind": "sorted", "by": "S"]]),
    ("stages.second.problems.math", ["all", "some"]), ("evaluation.every", [1, 2]),
    ("evaluation.cap_factor", [1, 1.3]), ("solvers.M.steps", [150, 151]), ("grading.seed", [1, 2]),
    ("streams.sampling", ["arm", 3]), ("streams.initialisation", ["trial", 3]),
    ("tasks.limit", [9, 10]), ("policy", ["S", "M"]),
  ]

  static func study(_ seed: UInt64) throws -> Study {
    var random = RandomStream(Seed(seed).derive("grid"))
    let axes = Self.axes.shuffled(using: &random).prefix(4)
    let value: JSONValue = [
      "study": "grid", "question": "Does it show?", "recipe": StageTests.twoStages,
      "axes": .object(JSONObject(axes.map { ($0.path, $0.values) })), "seeds": [3, 1],
      "measures": ["final(sums)"], "acknowledges": ["unequal budgets"],
    ]
    return try StudyReader(files: OneFile(text: value.line), recipe: Recipe.schema).read("s.json")
  }

  @Test("work orders, budgets and faults are those of each arm alone", arguments: 0..<24)
  func agrees(seed: UInt64) throws {
    let study = try Self.study(seed)
    var compiler = TrialCompiler(numerics: numericsVersion)
    var last: Recipe?
    for arm in study.arms {
      let recipe = Recipe(arm.settings, sharing: last)
      let alone = Recipe(arm.settings)
      #expect(recipe.faults() == alone.faults() && recipe.faultsOfOwnParts().isEmpty)
      #expect(recipe.budget == alone.budget && recipe.problemFiles == alone.problemFiles)
      #expect(recipe.stages.map(\.sortingSolver) == alone.stages.map(\.sortingSolver))
      let trials = compiler.compile(recipe, canonical: arm.canonicalRecipe, seeds: study.seeds)
      var fresh = TrialCompiler(numerics: numericsVersion)
      let others = fresh.compile(alone, canonical: arm.canonicalRecipe, seeds: study.seeds)
      #expect(trials.count == study.seeds.count)
      for (trial, other) in zip(trials, others) {
        #expect(trial.preparation == other.preparation && trial.own == other.own)
        // Down to the order of the members.
        #expect(trial.orders.map(\.json.pretty) == other.orders.map(\.json.pretty))
        #expect(trial.stages.map(\.identity) == other.stages.map(\.identity))
        #expect(trial.stages.map(\.name) == other.stages.map(\.name))
        #expect(trial.baseEvaluation == other.baseEvaluation && trial.levels == other.levels)
      }
      last = recipe
    }
  }

  @Test(
    "what a recipe does not share with a sound one is looked at again", arguments: FaultTests.cases)
  func faults(of fault: FaultTests.Case) throws {
    let sound = try ReadRecipe(tinyRecipe)
    let changed = fault.changes.reduce(tinyRecipe) { $0.with($1.0, $1.1) }
    let read = try ReadRecipe(changed)
    // As arms of one study have it, parts that are equal are the same in memory.
    let whole = try #require(read.settings.value.object).members.map { name, value in
      let other = sound.settings.value[name]
      return (name, other == value ? other ?? value : value)
    }
    let settings = Settings(
      normalised: .object(JSONObject(whole)), as: .record(Recipe.schema))
    let recipe = Recipe(settings, sharing: sound.recipe)
    #expect(recipe.faultsOfOwnParts() == Recipe(read.settings).faults())
  }
}
