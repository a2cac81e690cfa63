import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Settings")
struct SettingsTests {
  private func settings(_ json: JSONValue, log: ReadLog? = nil) throws -> Settings {
    try Settings(normalising: json, as: Bakery.schema, log: log)
  }

  private let small: JSONValue = ["baker": "anna", "stages": [["name": "first"]]]

  @Test("defaults are filled in, at every depth, in the order of the schema")
  func defaults() throws {
    let value = try settings(small).value
    #expect(
      value.line == """
        {"baker":"anna","loaves":4,"crust":"thin","cover":false,\
        "dough":{"flour":500,"salt":0.03,"rests":2},"glaze":null,"done":"p.crumb > 0.5",\
        "stages":[{"name":"first","minutes":30,"warmth":220,\
        "heat":{"kind":"stone","preheat":45},"loads":{}}],"seeds":["rye"]}
        """)
  }

  @Test("every reader reads its type")
  func readers() throws {
    var json = small
    json = [
      "baker": "anna", "loaves": 8, "cover": true, "crust": "thick",
      "glaze": ["egg": 2.5], "seeds": ["poppy", "sesame"],
      "stages": [
        [
          "name": "first", "minutes": 5, "heat": ["kind": "steam", "share": 0.25],
          "warmth": ["kind": "linear", "from": 200, "to": 250, "over": 10],
          "loads": ["top": 2, "bottom": 3],
        ]
      ],
    ]
    let settings = try settings(json)
    enum Crust: String { case thin, thick }
    #expect(settings.text("baker") == "anna")
    #expect(settings.integer("loaves") == 8)
    #expect(settings.boolean("cover"))
    #expect(settings.choice("crust", as: Crust.self) == .thick)
    #expect(settings.record("dough").number("salt") == 0.03)
    #expect(settings.optionalRecord("glaze")?.number("egg") == 2.5)
    #expect(settings.texts("seeds") == ["poppy", "sesame"])
    #expect(settings.expression("done").text == "p.crumb > 0.5")
    let stage = try #require(settings.list("stages").first)
    #expect(stage.path == "stages.first")
    #expect(stage.integer("minutes") == 5)
    #expect(stage.schedule("warmth").value(step: 5, of: 99) == 225)
    let (kind, heat) = stage.union("heat")
    #expect(kind == "steam" && heat.schedule("share") == .constant(0.25))
    #expect(stage.record("heat").text("kind") == "steam")
    #expect(heat.path == "stages.first.heat")
    #expect(stage.map("loads").map(\.name) == ["top", "bottom"])
    #expect(stage.map("loads").map(\.value.integer) == [2, 3])
    #expect(try self.settings(small).optionalRecord("glaze") == nil)
  }

  @Test("the short forms mean the long ones")
  func shortForms() throws {
    func stage(_ members: JSONValue) throws -> JSONValue? {
      try settings(["baker": "anna", "stages": [members]]).value["stages"]?.array?.first
    }
    let word = try stage(["name": "a", "heat": "steam"])
    #expect(word == (try stage(["name": "a", "heat": ["kind": "steam"]])))
    #expect(word?["heat"] == ["kind": "steam", "share": 0.5])
    // The default kind is stone.
    #expect(try stage(["name": "a", "heat": ["preheat": 3]])?["heat"]?["kind"] == "stone")
    let number = try stage(["name": "a", "warmth": 100])
    #expect(number == (try stage(["name": "a", "warmth": ["kind": "constant", "value": 100]])))
  }

  @Test("every fault is named with its path")
  func faults() {
    #expect {
      try settings([
        "baker": 3, "loaves": 0, "stages": [["name": "first", "heat": "gas"], ["minutes": 1.5]],
      ])
    } throws: { error in
      "\(error)" == """
        baker: expected a string for 'baker', found a number; \
        loaves: 'loaves' is 0, not an integer from 1 to 64; \
        stages.first.heat: 'gas' is no kind of 'heat'; \
        stages[1].name: 'name' is missing in 'stage'; \
        stages[1].minutes: expected an integer from 1 to 600 for 'minutes', found 1.5
        """
    }
  }

  // MARK: Canonical form

  /// What identities are taken of.
  private func canonical(_ json: JSONValue) throws -> JSONValue {
    var normaliser = Normaliser()
    let result = normaliser.normalise(
      SourcedJSON(json), as: .record(Bakery.schema), at: SettingPlace())
    return try #require(result).canonical
  }

  @Test("a setting with its default value is the same as an absent one")
  func canonicalDefaults() throws {
    let plain = try canonical(small)
    #expect(plain == small)
    let written: JSONValue = [
      "stages": [
        ["warmth": ["kind": "constant", "value": 220], "name": "first", "heat": "stone"]
      ],
      "loaves": 4.0, "baker": "anna", "dough": ["salt": 0.03], "glaze": .null,
    ]
    #expect(try canonical(written).canonical == plain.canonical)
    // A part's own default is not the default of the whole: flour alone leaves 0.02 salt.
    let floured = try canonical(["baker": "anna", "stages": [["name": "first"]], "dough": [:]])
    #expect(floured["dough"] == [:])
  }

  @Test("the canonical form is smallest and means the same", arguments: 0..<200)
  func canonicalProperties(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("settings"))
    let json = randomRecipe(&random)
    let full = try settings(json).value
    let small = try canonical(json)
    #expect(try settings(small).value == full, "seed \(seed)")
    #expect(try canonical(small) == small, "seed \(seed)")
    #expect(try canonical(full) == small, "seed \(seed)")
  }

  // MARK: What nobody reads

  @Test("a setting that nobody reads is found")
  func readLog() throws {
    let log = ReadLog()
    let settings = try settings(
      ["baker": "anna", "stages": [["name": "first", "loads": ["top": 1]]]], log: log)
    #expect(log.unread(of: settings).first == "baker")
    _ = settings.text("baker")
    _ = settings.integer("loaves")
    _ = settings.text("crust")
    _ = settings.boolean("cover")
    _ = settings.record("dough").number("flour")
    _ = settings.optionalRecord("glaze")
    _ = settings.expression("done")
    _ = settings.texts("seeds")
    let stage = try #require(settings.list("stages").first)
    _ = stage.text("name")
    _ = stage.record("heat").text("kind")
    #expect(
      log.unread(of: settings) == [
        "dough.salt", "dough.rests", "stages.first.minutes", "stages.first.warmth",
        "stages.first.heat.preheat", "stages.first.loads",
      ])
    for key in ["salt"] { _ = settings.record("dough").number(key) }
    _ = settings.record("dough").integer("rests")
    _ = (stage.integer("minutes"), stage.schedule("warmth"), stage.map("loads"))
    _ = stage.record("heat").integer("preheat")
    #expect(log.unread(of: settings) == [])
  }

  @Test("the sample of a schema is accepted by it")
  func samples() throws {
    #expect(throws: Never.self) { try settings(Bakery.schema.sample) }
    #expect(Bakery.schema.sample["baker"] == "anna")
    #expect(throws: Never.self) {
      try Settings(normalising: StudySchema.schema.sample, as: StudySchema.schema)
    }
  }

  // MARK: Mistakes in the program

  @Test("reading a key that the schema lacks traps")
  func unknownKey() async {
    await #expect(processExitsWith: .failure) {
      let json: JSONValue = ["baker": "anna", "stages": [["name": "first"]]]
      _ = try Settings(normalising: json, as: Bakery.schema).integer("loafs")
    }
  }

  @Test("reading a key as another type traps")
  func wrongType() async {
    await #expect(processExitsWith: .failure) {
      let json: JSONValue = ["baker": "anna", "stages": [["name": "first"]]]
      _ = try Settings(normalising: json, as: Bakery.schema).boolean("loaves")
    }
  }

  @Test("a default that does not fit its own type traps")
  func badDefault() async {
    await #expect(processExitsWith: .failure) {
      let schema = RecordSchema(
        "a", keys: [Key("b", .integer(1...2), default: 3, doc: "Out of range.")])
      _ = try Settings(normalising: [:], as: schema)
    }
  }

  @Test("declaring a key twice traps")
  func repeatedKey() async {
    await #expect(processExitsWith: .failure) {
      _ = RecordSchema("a", keys: [Key("b", .boolean, doc: ""), Key("b", .text, doc: "")])
    }
  }
}

/// A recipe of the bakery that its schema accepts, with each key there or not.
func randomRecipe(_ random: inout RandomStream) -> JSONValue {
  var recipe: JSONObject = ["baker": "anna"]
  func coin() -> Bool { random.integer(in: 0...1) == 1 }
  if coin() { recipe["loaves"] = JSONValue(random.integer(in: 3...5)) }
  if coin() { recipe["crust"] = coin() ? "thin" : "thick" }
  if coin() { recipe["cover"] = .bool(coin()) }
  if coin() { recipe["seeds"] = coin() ? ["rye"] : [] }
  if coin() {
    var dough = JSONObject()
    if coin() { dough["salt"] = coin() ? 0.02 : 0.03 }
    if coin() { dough["rests"] = JSONValue(random.integer(in: 1...3)) }
    recipe["dough"] = .object(dough)
  }
  if coin() { recipe["glaze"] = coin() ? .null : (coin() ? [:] : ["egg": 2]) }
  let stages = (0..<random.integer(in: 1...3)).map { index -> JSONValue in
    var stage: JSONObject = ["name": .string("s\(index)")]
    if coin() { stage["minutes"] = coin() ? 30 : 31 }
    let warmths: [JSONValue] = [
      220, 180, ["kind": "constant", "value": 220], ["kind": "constant", "value": 1, "warm_up": 3],
      ["kind": "cosine", "from": 1, "to": 2], ["kind": "step", "values": [1, 2], "at": [5]],
    ]
    if coin() { stage["warmth"] = warmths[random.integer(in: 0...5)] }
    let heats: [JSONValue] = [
      "stone", "steam", ["kind": "stone", "preheat": 45], ["preheat": 3],
      ["kind": "coal", "kilos": 2],
      ["kind": "steam", "share": ["kind": "linear", "from": 0, "to": 1]],
    ]
    if coin() { stage["heat"] = heats[random.integer(in: 0...5)] }
    if coin() { stage["loads"] = coin() ? [:] : ["top": 1, "low": 2] }
    return .object(stage)
  }
  recipe["stages"] = .array(stages)
  return .object(recipe)
}
