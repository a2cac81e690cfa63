import Foundation
import Reproducibility
import Testing

/// The committed schemas as another program reads them: Python's `jsonschema`, draft 2020-12.
@Suite("JSON Schema in Python", .comparesWithPython)
struct SchemaTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var schema: String
    var value: JSONValue
    var testDescription: String { name }
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: Python.package.appending(path: path))))
  }

  /// The files of a folder, each to be read with a schema.
  private static func files(of folder: String, schema: String) throws -> [Case] {
    try FileManager.default.contentsOfDirectory(
      atPath: Python.package.appending(path: folder).path
    ).filter { $0.hasSuffix(".json") }.sorted().map {
      Case(name: "\(folder)/\($0)", schema: schema, value: try json("\(folder)/\($0)"))
    }
  }

  static let shipped = Result {
    try ["ablations", "ablations/quick", "ablations/pilots"].flatMap {
      try files(of: $0, schema: "study")
    } + files(of: "ablations/recipes", schema: "recipe")
  }

  /// Files that are right but for one thing.
  static let wrong = Result { () throws -> [Case] in
    let study = try json("ablations/smoke.json")
    let recipe = try json("ablations/recipes/small.json")
    let stage = try #require(recipe["stages"]?.array?.first)
    func stages(_ name: String, _ value: JSONValue) -> JSONValue {
      recipe.setting("stages", [stage.setting(name, value)])
    }
    return [
      Case(name: "an unknown key", schema: "study", value: study.setting("sedes", 3)),
      Case(name: "a wrong type", schema: "study", value: study.setting("seeds", "two")),
      Case(name: "no seed", schema: "study", value: study.setting("seeds", ["count": 0])),
      Case(name: "no measure", schema: "study", value: study.setting("measures", [])),
      Case(name: "a missing key", schema: "study", value: study.setting("question", nil)),
      Case(name: "an unknown choice", schema: "study", value: study.setting("design", "some")),
      Case(
        name: "a fault of the recipe within a study", schema: "study",
        value: study.setting("recipe", stages("steps", 0))),
      Case(name: "an unknown key of a part", schema: "recipe", value: stages("stepps", 5)),
      Case(name: "half a step", schema: "recipe", value: stages("steps", 1.5)),
      Case(name: "an unknown kind", schema: "recipe", value: stages("sampler", "random")),
      Case(
        name: "a kind without what it needs", schema: "recipe", value: stages("sampler", "sorted")),
      Case(
        name: "a key of another kind", schema: "recipe",
        value: stages("sampler", ["kind": "uniform", "by": "S"])),
      Case(
        name: "a temperature of 0, which is excluded", schema: "recipe",
        value: stages("rollouts", ["temperature": 0])),
      Case(
        name: "a schedule beyond the range", schema: "recipe",
        value: stages(
          "optimizer", ["learning_rate": ["kind": "linear", "from": 1e-3, "to": 11]])),
    ]
  }

  /// Files that say the same as a shipped one in another way.
  static let right = Result { () throws -> [Case] in
    let study = try json("ablations/smoke.json")
    let recipe = try json("ablations/recipes/small.json")
    let stage = try #require(recipe["stages"]?.array?.first)
    let other = stage.setting("sampler", ["kind": "sorted", "by": "S"]).setting(
      "filter", "dynamic"
    ).setting("rollouts", ["per_prompt": 4]).setting(
      "optimizer", ["learning_rate": ["kind": "constant", "value": 1e-4, "warm_up": 3]])
    return [
      Case(
        name: "the recipe within the study", schema: "study", value: study.setting("recipe", recipe)
      ),
      Case(
        name: "the schema named", schema: "study",
        value: study.setting("$schema", "../docs/study.schema.json")),
      Case(
        name: "words, objects and schedules", schema: "recipe",
        value: recipe.setting("stages", [other])),
    ]
  }

  static let answers = Result { () throws -> JSONValue in
    let exchange = try Exchange()
    let cases = try shipped.get() + wrong.get() + right.get()
    try exchange.write(
      "cases.json",
      [
        "schemas": [
          "study": try json("docs/study.schema.json"),
          "recipe": try json("docs/recipe.schema.json"),
        ],
        "cases": .array(
          cases.map {
            ["name": .string($0.name), "schema": .string($0.schema), "value": $0.value]
          }),
      ])
    try Python.run("schema.py", on: exchange.path(""))
    return try exchange.json("answers.json")
  }

  @Test("both are schemas of draft 2020-12")
  func schemas() throws {
    #expect(try Self.answers.get()["schemas"] == ["study": [], "recipe": []])
  }

  @Test("every shipped study and recipe validates")
  func shippedFiles() throws {
    let answers = try Self.answers.get()
    let cases = try Self.shipped.get()
    #expect(cases.contains { $0.schema == "study" } && cases.contains { $0.schema == "recipe" })
    for file in cases { #expect(answers["cases"]?[file.name] == [], "\(file.name)") }
  }

  @Test("short forms, other kinds, schedules and a recipe within its study validate")
  func rightFiles() throws {
    let answers = try Self.answers.get()
    for file in try Self.right.get() {
      #expect(answers["cases"]?[file.name] == [], "\(file.name)")
    }
  }

  @Test("a file with one thing wrong does not")
  func wrongFiles() throws {
    let answers = try Self.answers.get()
    for file in try Self.wrong.get() {
      let faults = try #require(answers["cases"]?[file.name]?.array)
      #expect(!faults.isEmpty, "\(file.name)")
    }
  }
}

extension JSONValue {
  /// This object with a member set or, with nil, removed.
  fileprivate func setting(_ name: String, _ value: JSONValue?) -> JSONValue {
    guard var object else { return self }
    object[name] = value
    return .object(object)
  }
}
