import Diagnostics
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Changes")
struct ChangeTests {
  /// The recipe after changes, as its settings.
  private func changed(
    _ changes: KeyValuePairs<String, JSONValue>, of recipe: String = Bakery.recipe
  ) throws -> JSONValue {
    var value = SourcedJSON(try JSONValue(parsing: recipe))
    for (path, new) in changes {
      let change = Change(
        path: try RecipePath(parsing: path), pathSpan: nil, value: SourcedJSON(new))
      value = try change.applied(to: value, schema: Bakery.schema)
    }
    return try Settings(normalising: value.value, as: Bakery.schema).value
  }

  private func stage(_ index: Int, _ value: JSONValue) throws -> JSONValue {
    let stages = try #require(value["stages"]?.array)
    return stages[index]
  }

  @Test("numbers, words and lists are replaced")
  func replacing() throws {
    let value = try changed(["loaves": 3, "seeds": ["poppy"], "crust": "thick"])
    #expect(value["loaves"] == 3 && value["seeds"] == ["poppy"] && value["crust"] == "thick")
  }

  @Test("elements of lists are reached by name or place")
  func elements() throws {
    let named = try changed(["stages.second.minutes": 7])
    let counted = try changed(["stages[1].minutes": 7])
    #expect(named == counted)
    #expect(try stage(1, named)["minutes"] == 7)
    #expect(try stage(0, named)["minutes"] == 20)
  }

  @Test("objects are merged; what is not named stays")
  func merging() throws {
    let value = try changed(["stages.second.loads": ["low": 3], "dough": ["rests": 5]])
    #expect(try stage(1, value)["loads"] == ["top": 2, "low": 3])
    // The default of 'dough' has 0.03 salt; a change of a part starts from it.
    #expect(value["dough"] == ["flour": 500, "salt": 0.03, "rests": 5])
    #expect(try changed(["dough.rests": 5]) == (try changed(["dough": ["rests": 5]])))
  }

  @Test("null takes away: a member's default holds, an entry of a map is gone")
  func null() throws {
    #expect(try changed(["loaves": .null])["loaves"] == 4)
    #expect(try stage(1, changed(["stages.second.loads.top": .null]))["loads"] == [:])
    #expect(try stage(1, changed(["stages.second.loads": ["top": .null]]))["loads"] == [:])
    #expect(try stage(0, changed(["stages.first": ["minutes": .null]]))["minutes"] == 30)
    let glazed = try changed(["glaze": [:]])
    #expect(glazed["glaze"] == ["egg": 1])
    #expect(try changed(["glaze": [:], "glaze.egg": 2])["glaze"] == ["egg": 2])
    // Nothing was there, and a path into it makes it.
    #expect(try changed(["glaze.egg": 3])["glaze"] == ["egg": 3])
    #expect(try changed(["glaze": [:], "glaze": .null])["glaze"] == .null)
  }

  @Test("another kind replaces a union, the same kind is merged into it")
  func unions() throws {
    func heat(_ changes: KeyValuePairs<String, JSONValue>, _ index: Int = 1) throws -> JSONValue? {
      try stage(index, changed(changes))["heat"]
    }
    #expect(try heat(["stages.second.heat.share": 0.75]) == ["kind": "steam", "share": 0.75])
    #expect(try heat(["stages.second.heat": ["share": 0.75]]) == ["kind": "steam", "share": 0.75])
    #expect(
      try heat(["stages.second.heat": ["kind": "steam"]]) == ["kind": "steam", "share": 0.25])
    #expect(try heat(["stages.second.heat": "steam"]) == ["kind": "steam", "share": 0.5])
    #expect(try heat(["stages.second.heat": "stone"]) == ["kind": "stone", "preheat": 45])
    #expect(try heat(["stages.second.heat.kind": "stone"]) == ["kind": "stone", "preheat": 45])
    #expect(
      try heat(["stages.second.heat.kind": "coal", "stages.second.heat.kilos": 3])
        == ["kind": "coal", "kilos": 3])
    // An absent union has the kind of its default, so that kind's settings can be changed.
    #expect(try heat(["stages.first.heat.preheat": 5], 0) == ["kind": "stone", "preheat": 5])
    // So has one that is written without its kind.
    let bare = Bakery.recipe.with("\"minutes\": 20", "\"heat\": {\"preheat\": 3}")
    let expected: JSONValue = ["kind": "stone", "preheat": 5]
    for path in ["stages.first.heat.preheat", "stages[0].heat.preheat"] {
      #expect(try stage(0, changed([path: 5], of: bare))["heat"] == expected)
    }
    #expect(
      try stage(0, changed(["stages.first": ["heat": ["preheat": 5]]], of: bare))["heat"]
        == expected)
  }

  @Test("a number can become a schedule, and a part of a schedule can be changed")
  func schedules() throws {
    let falling: JSONValue = ["kind": "linear", "from": 250, "to": 200]
    let made = try stage(0, changed(["stages.first.warmth": falling]))["warmth"]
    #expect(made?["kind"] == "linear")
    let lower = try changed(["stages.first.warmth": falling, "stages.first.warmth.to": 180])
    #expect(try stage(0, lower)["warmth"]?["to"] == 180)
    #expect(
      try stage(0, changed(["stages.first.warmth.warm_up": 9]))["warmth"]
        == ["kind": "constant", "value": 220, "warm_up": 9])
    #expect(
      try stage(0, changed(["stages.first.warmth": falling, "stages.first.warmth": 3]))["warmth"]
        == 3)
  }

  @Test("a change of nothing changes nothing", arguments: 0..<100)
  func identity(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("changes"))
    let recipe = randomRecipe(&random)
    let before = try Settings(normalising: recipe, as: Bakery.schema).value
    // Each setting is set to the value that it has.
    for (path, value) in leaves(of: Settings(normalised: before, as: .record(Bakery.schema))) {
      let change = Change(
        path: try RecipePath(parsing: path), pathSpan: nil, value: SourcedJSON(value))
      let after = try change.applied(to: SourcedJSON(recipe), schema: Bakery.schema)
      let settings = try Settings(normalising: after.value, as: Bakery.schema).value
      #expect(settings == before, "seed \(seed): \(path)")
    }
  }

  private func leaves(of settings: Settings) -> [(String, JSONValue)] {
    let children = settings.children
    return children.isEmpty && !settings.path.isEmpty
      ? [(settings.path, settings.value)] : children.flatMap { leaves(of: $0) }
  }

  @Test(
    "paths are read and written the same",
    arguments: ["a", "a.b", "stages[1].steps", "a[0][12]", "a.b c.d-e"])
  func paths(text: String) throws {
    #expect(try RecipePath(parsing: text).text == text)
  }

  @Test(
    "what is no path is refused",
    arguments: [
      ("", .empty), (".", .emptyName), ("a.", .emptyName), ("a..b", .emptyName),
      ("[0]", .emptyName), ("a[", .badIndex("[")), ("a[1", .badIndex("[1")),
      ("a[x]", .badIndex("[x]")), ("a[01]", .badIndex("[01]")), ("a[-1]", .badIndex("[-1]")),
      ("a[1]b", .badIndex("[1]b")),
      ("a[99999999999999999999]", .badIndex("[99999999999999999999]")),
    ] as [(String, RecipePath.Fault)])
  func badPaths(text: String, fault: RecipePath.Fault) {
    #expect(throws: fault) { try RecipePath(parsing: text) }
  }
}
