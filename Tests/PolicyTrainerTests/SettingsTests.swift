import PolicyTrainer
import Reproducibility
import Testing
import TransformerLM

@testable import StudyLanguage

@Suite("Settings")
struct SettingsTests {
  /// Recipes that together hold every kind of every union and every optional part.
  static let recipes: [JSONValue] = {
    let stage = tinyRecipe["stages"]?.array?[0] ?? [:]
    let moving: JSONValue = [
      "kind": "cosine", "from": 1, "to": 0.5, "over": 4, "warm_up": 1,
    ]
    let other = stage.with("name", "other")
      .with("sampler", ["kind": "sorted", "by": "S", "order": "hard-first"])
      .with("until", ["kind": "plateau"]).with("filter", "dynamic")
      .with("reward", ["verifier", "format", ["kind": "overlong", "weight": moving]])
      .with("objective.advantage", "group-centered")
      .with("objective.kl", ["kind": "k1", "placement": "reward"])
      .with("objective.entropy", "none")
    let third = stage.with("name", "third").with("until", ["kind": "success", "reward": 1])
      .with("objective.advantage", "leave-one-out").with("objective.kl", "k2")
    let fourth = stage.with("name", "fourth").with("objective.advantage", "reward")
      .with("objective.kl", "none")
    let files = tinyRecipe.with("problems.math", ["file": "a"]).with("problems.code", ["file": "b"])
      .with("evaluation.suites.sums", ["file": "c"])
    return [tinyRecipe.with("stages", [stage, other, third, fourth]), files]
  }()

  @Test("every setting of a recipe is read", arguments: recipes.indices)
  func everythingIsRead(index: Int) throws {
    let log = ReadLog()
    let read = try ReadRecipe(Self.recipes[index], log: log)
    _ = read.recipe.faults()
    #expect(log.unread(of: read.settings) == [], "accepted, and then nobody looks at it")
  }

  @Test("every kind of every method stands in one of these recipes")
  func everyKind() throws {
    let text = try Self.recipes.map { try ReadRecipe($0).settings.value.line }.joined()
    for kind in Self.kinds { #expect(text.contains("\"kind\":\"\(kind)\""), "\(kind)") }
  }

  static let kinds: [String] =
    [
      MethodCatalog.problemSamplers.methods, MethodCatalog.guidance.methods,
      MethodCatalog.rolloutPlans.methods, MethodCatalog.rewardTerms.methods,
      MethodCatalog.groupFilters.methods, MethodCatalog.advantages.methods,
      MethodCatalog.policyLosses.methods, MethodCatalog.divergences.methods,
      MethodCatalog.entropies.methods, MethodCatalog.stageEnds.methods,
    ].flatMap { $0.map { $0.kind } }

  @Test("a method's kind is its schema's name")
  func kindNames() {
    let doors: [[any Method.Type]] = [
      MethodCatalog.problemSamplers.methods, MethodCatalog.guidance.methods,
      MethodCatalog.rolloutPlans.methods, MethodCatalog.rewardTerms.methods,
      MethodCatalog.groupFilters.methods, MethodCatalog.advantages.methods,
      MethodCatalog.policyLosses.methods, MethodCatalog.divergences.methods,
      MethodCatalog.entropies.methods, MethodCatalog.stageEnds.methods,
    ]
    for door in doors {
      for method in door { #expect(method.kind == method.schema.name) }
      #expect(Set(door.map { $0.kind }).count == door.count)
    }
  }

  /// Every key of a schema with its path.
  static func keys(
    of schema: RecordSchema, at path: String = "recipe"
  ) -> [(path: String, key: Key)] {
    schema.keys.flatMap { key in
      [("\(path).\(key.name)", key)] + keys(in: key.type, at: "\(path).\(key.name)")
    }
  }

  private static func keys(in type: ValueType, at path: String) -> [(path: String, key: Key)] {
    switch type {
    case .record(let schema): keys(of: schema, at: path)
    case .list(let element, _, _), .map(let element): keys(in: element, at: path)
    case .union(_, let cases): cases.flatMap { keys(of: $0, at: "\(path)[\($0.name)]") }
    case .nullable(let inner): keys(in: inner, at: path)
    case .either(let types): types.flatMap { keys(in: $0, at: path) }
    default: []
    }
  }

  @Test("every key has a sentence, every default a source")
  func documented() {
    let keys = Self.keys(of: Recipe.schema)
    #expect(keys.count > 150)
    for (path, key) in keys {
      #expect(key.doc.last == "." && key.doc.count > 4, "\(path)")
      if let value = key.defaultValue, value != .null {
        #expect(key.source?.isEmpty == false, "\(path) has a default from nowhere")
      }
    }
  }

  @Test("a recipe gets tied embeddings unasked; untied, its model has one matrix more")
  func tiedEmbeddings() throws {
    func shape(_ tied: JSONValue?) throws -> ModelShape {
      try ReadRecipe(tinyRecipe.with("model.tied_embeddings", tied)).recipe.model.shape
    }
    let tied = try shape(nil)
    let untied = try shape(false)
    #expect(try tied == shape(true) && tied.tiedEmbeddings && !untied.tiedEmbeddings)
    #expect(untied.parameterCount - tied.parameterCount == tied.vocabulary * 32)
  }

  @Test("these recipes are without fault, and name the files they read")
  func faultlessRecipes() throws {
    for recipe in Self.recipes { #expect(try ReadRecipe(recipe).recipe.faults() == []) }
    #expect(try ReadRecipe(Self.recipes[1]).recipe.problemFiles == ["a", "b", "c"])
    #expect(try ReadRecipe(tinyRecipe).recipe.longestResponse == 24)
  }
}
