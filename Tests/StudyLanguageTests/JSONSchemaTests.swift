import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("JSON Schema of the keys")
struct JSONSchemaTests {
  private static let recipe = JSONSchema(of: Bakery.schema, title: "R", description: "Bakes.")
  private static let study = JSONSchema(
    of: StudySchema.schema, title: "S", description: "Asks.", objects: ["recipe": [Bakery.schema]])

  // MARK: What a key becomes

  struct Example: Sendable, CustomTestStringConvertible {
    var owner: String
    var key: String
    var expected: JSONValue
    var testDescription: String { "\(owner).\(key)" }
  }

  static let examples = [
    Example(
      owner: "recipe", key: "baker",
      expected: ["description": "Who bakes.", "type": "string", "examples": ["anna"]]),
    Example(
      owner: "recipe", key: "loaves",
      expected: [
        "description": "Loaves of a batch. Unit: loaves.", "type": "integer", "minimum": 1,
        "maximum": 64, "default": 4,
      ]),
    Example(
      owner: "recipe", key: "crust",
      expected: [
        "description": "What it sounds like.", "enum": ["thin", "thick"], "default": "thin",
      ]),
    Example(
      owner: "recipe", key: "cover",
      expected: ["description": "Whether a lid is used.", "type": "boolean", "default": false]),
    Example(
      owner: "recipe", key: "dough",
      expected: [
        "description": "What goes in.", "$ref": "#/$defs/dough", "default": ["salt": 0.03],
      ]),
    Example(
      owner: "recipe", key: "glaze",
      expected: [
        "description": "What goes on.", "anyOf": [["$ref": "#/$defs/glaze"], ["type": "null"]],
        "default": .null,
      ]),
    Example(
      owner: "recipe", key: "done",
      expected: ["description": "When to stop.", "type": "string", "default": "p.crumb > 0.5"]),
    Example(
      owner: "recipe", key: "stages",
      expected: [
        "description": "The phases, in order.", "type": "array",
        "items": ["$ref": "#/$defs/stage"], "minItems": 1,
      ]),
    Example(
      owner: "dough", key: "flour",
      expected: [
        "description": "Flour of a loaf. Unit: grams. Source: Hamelman 2004, chapter 3.",
        "type": "number", "exclusiveMinimum": 0, "maximum": 1000, "default": 500,
      ]),
    Example(
      owner: "glaze", key: "egg",
      expected: ["description": "Eggs.", "type": "number", "default": 1]),
    Example(
      owner: "stage", key: "loads",
      expected: [
        "description": "Loaves by shelf.", "type": "object",
        "additionalProperties": ["type": "integer", "minimum": 0, "maximum": 99], "default": [:],
      ]),
    Example(
      owner: "stage", key: "heat",
      expected: [
        "description": "Where the warmth comes from.", "$ref": "#/$defs/heat", "default": "stone",
      ]),
    Example(
      owner: "stage", key: "warmth",
      expected: [
        "description": "Of the oven. Unit: degrees.", "$ref": "#/$defs/schedule-from-0-to-300",
        "default": 220,
      ]),
  ]

  @Test("a key says its meaning, its values and its default", arguments: examples)
  func keys(example: Example) {
    let found = Self.recipe.value["$defs"]?[example.owner]?["properties"]?[example.key]
    #expect(found == example.expected, "\(found?.line ?? "nothing")")
  }

  @Test("an object has these keys and no others, and says which it must have")
  func objects() {
    let recipe = Self.recipe.value["$defs"]?["recipe"]
    #expect(recipe?["type"] == "object" && recipe?["additionalProperties"] == false)
    #expect(recipe?["required"] == ["baker", "stages"])
    #expect(recipe?["properties"]?.object?.keys == Bakery.schema.keys.map(\.name))
    #expect(Self.recipe.value["$defs"]?["glaze"]?["required"] == nil, "nothing is required")
    #expect(
      Self.recipe.value.object?.keys == ["$schema", "title", "description", "$ref", "$defs"])
    #expect(Self.recipe.value["$ref"] == "#/$defs/recipe")
  }

  @Test("a union is a word or an object of a kind; the kind of the default may be left out")
  func unions() {
    #expect(
      Self.recipe.value["$defs"]?["heat"] == [
        "anyOf": [
          // A word leaves nothing to say; somebody must say how much coal.
          ["enum": ["stone", "steam"]],
          [
            "type": "object",
            "properties": [
              "kind": ["const": "stone"],
              "preheat": [
                "description": "Minutes.", "type": "integer", "minimum": 0, "maximum": 120,
                "default": 45,
              ],
            ], "additionalProperties": false,
          ],
          [
            "type": "object",
            "properties": [
              "kind": ["const": "steam"],
              "share": [
                "description": "Of water.", "$ref": "#/$defs/schedule-from-0-to-1", "default": 0.5,
              ],
            ], "required": ["kind"], "additionalProperties": false,
          ],
          [
            "type": "object",
            "properties": [
              "kind": ["const": "coal"],
              "kilos": [
                "description": "Of coal; somebody must say.", "type": "integer", "minimum": 1,
                "maximum": 9,
              ],
            ], "required": ["kind", "kilos"], "additionalProperties": false,
          ],
        ]
      ])
  }

  @Test(
    "a schedule is a number of the range or an object; kinds with the same settings stand together")
  func schedules() throws {
    let schedule = try #require(Self.recipe.value["$defs"]?["schedule-from-0-to-300"]?["anyOf"])
    #expect(schedule.array?.first == ["type": "number", "minimum": 0, "maximum": 300])
    let kinds = (schedule.array ?? []).compactMap { $0["properties"]?["kind"] }
    #expect(
      kinds == [
        ["const": "constant"], ["enum": ["linear", "cosine", "exponential"]], ["const": "step"],
      ])
    #expect(schedule.array?[2]["required"] == ["kind", "from", "to"])
  }

  // MARK: Names

  @Test("the study's recipe is a file's name or the recipe itself")
  func recipeWithin() {
    let key = Self.study.value["$defs"]?["study"]?["properties"]?["recipe"]
    #expect(key?["anyOf"] == [["type": "string"], ["$ref": "#/$defs/recipe"]])
    #expect(
      Self.study.value["$defs"]?["recipe"] == Self.recipe.value["$defs"]?["recipe"])
  }

  @Test("parts of one name and other content are told apart by where they stand")
  func sameName() {
    func oven(_ degrees: Int) -> RecordSchema {
      RecordSchema(
        "bread oven",
        keys: [Key("degrees", .integer(0...300), default: JSONValue(degrees), doc: "D.")])
    }
    func owner(_ name: String, _ degrees: Int) -> Key {
      let record = RecordSchema(
        name, keys: [Key("oven", .record(oven(degrees)), default: [:], doc: "O.")])
      return Key(name, .record(record), default: [:], doc: "W.")
    }
    let schema = JSONSchema(
      of: RecordSchema("all", keys: [owner("a", 100), owner("b", 200), owner("c", 100)]),
      title: "T", description: "D.")
    #expect(
      schema.value["$defs"]?.object?.keys
        == ["a", "all", "b", "bread-oven", "bread-oven-of-b", "c"])
    let ovens = ["a", "b", "c"].map {
      schema.value["$defs"]?[$0]?["properties"]?["oven"]?["$ref"]?.string
    }
    #expect(
      ovens == ["#/$defs/bread-oven", "#/$defs/bread-oven-of-b", "#/$defs/bread-oven"])
  }

  @Test("a new key changes its own object and no other part")
  func newKey() {
    let tray = RecordSchema("tray", keys: [Key("wide", .boolean, default: false, doc: "W.")])
    let more = RecordSchema(
      "recipe", keys: [Key("tray", .record(tray), default: [:], doc: "T.")] + Bakery.schema.keys)
    let schema = JSONSchema(of: more, title: "R", description: "Bakes.")
    let before = Self.recipe.value["$defs"]?.object?.members ?? []
    for (name, content) in before where name != "recipe" {
      #expect(schema.value["$defs"]?[name]?.line == content.line, "\(name)")
    }
    #expect(schema.value["$defs"]?.object?.count == before.count + 1)
    #expect(schema.value["$defs"]?["recipe"]?["properties"]?.object?.keys.first == "tray")
  }

  @Test("the text ends in one line end and is the same each time")
  func text() {
    let again = JSONSchema(of: Bakery.schema, title: "R", description: "Bakes.")
    #expect(again.text == Self.recipe.text)
    #expect(Self.recipe.text.hasSuffix("}\n") && !Self.recipe.text.hasSuffix("\n\n"))
  }

  // MARK: Beside the reader

  /// Every key of the bakery, each form of a union and of a schedule.
  private static let whole: JSONValue = [
    "baker": "anna", "loaves": 8, "crust": "thick", "cover": true,
    "dough": ["flour": 400, "salt": 0.1, "rests": 3], "glaze": ["egg": -2], "done": "p.a < 1",
    "stages": [
      ["name": "a", "minutes": 20, "warmth": 200, "heat": "steam", "loads": ["top": 2]],
      ["name": "b", "heat": ["preheat": 3], "warmth": ["kind": "linear", "from": 1, "to": 2]],
      ["name": "c", "heat": ["kind": "coal", "kilos": 3]],
      [
        "name": "d", "heat": ["kind": "steam", "share": ["kind": "constant", "value": 0.5]],
        "warmth": ["kind": "step", "values": [1, 2], "at": [7]],
      ],
    ],
    "seeds": ["rye"],
  ]

  private static let oddments: [JSONValue] = [
    .null, true, 0, 1, -1, 0.5, 64, 65, 120, 121, 300.5, 1e300, "", "stone", "steam", "coal",
    "gas", "thin", "constant", [], [1], ["x"], [:], ["kind": "coal"], ["kind": "coal", "kilos": 3],
    ["kind": "stone"], ["kind": "gas"], ["kind": 3], ["preheat": 3], ["share": 0.1], ["egg": 1],
    ["kind": "linear", "from": 1, "to": 2], ["kind": "cosine", "from": 0, "to": 0.5, "over": 5],
    ["kind": "linear", "from": 1], ["kind": "constant", "value": 1, "warm_up": -1],
    ["kind": "step", "values": [], "at": []], ["name": "z"], [["name": "z"]],
  ]

  private static let words = [
    "baker", "loaves", "dough", "glaze", "name", "heat", "warmth", "loads", "seeds", "kind",
    "preheat", "egg", "salt", "from", "over", "values", "unheard",
  ]

  /// The value with one part replaced, taken away or added.
  private func changed(_ value: JSONValue, _ random: inout RandomStream) -> JSONValue {
    // Deep parts are many: one in three changes is made where it stands.
    if random.chance(0.3) { return random.element(of: Self.oddments) }
    switch value {
    case .object(var object):
      let name = random.element(of: object.keys + [random.element(of: Self.words)])
      object[name] =
        random.chance(0.15)
        ? nil
        : object[name].map { changed($0, &random) } ?? random.element(of: Self.oddments)
      return .object(object)
    case .array(var elements) where !elements.isEmpty:
      let place = random.integer(in: 0...elements.count - 1)
      elements[place] = changed(elements[place], &random)
      return .array(elements)
    default:
      return random.element(of: Self.oddments)
    }
  }

  /// Whether the reader finds fault with what a schema can say.
  private func readerAccepts(_ value: JSONValue) -> Bool {
    var normaliser = Normaliser()
    _ = normaliser.normalise(SourcedJSON(value), as: .record(Bakery.schema), at: SettingPlace())
    return normaliser.faults.allSatisfy { fault in
      switch fault.reason {
      case .expression, .schedule, .repeatedName: true
      default: false
      }
    }
  }

  @Test("it accepts the whole recipe, and all that the reader reads")
  func accepts() {
    #expect(readerAccepts(Self.whole))
    #expect(SchemaJudge(Self.recipe).accepts(Self.whole))
    #expect(SchemaJudge(Self.recipe).accepts(Bakery.schema.sample))
  }

  @Test(
    "of changed recipes it refuses those that the reader refuses, and no others", arguments: 0..<64)
  func sameVerdict(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("schema"))
    let judge = SchemaJudge(Self.recipe)
    var count = (accepted: 0, refused: 0)
    for _ in 0..<50 {
      let value = changed(Self.whole, &random)
      let expected = readerAccepts(value)
      #expect(judge.accepts(value) == expected, "seed \(seed): \(value.line)")
      if expected { count.accepted += 1 } else { count.refused += 1 }
    }
    #expect(count.accepted > 0 && count.refused > 0, "seed \(seed) tries both")
  }
}
