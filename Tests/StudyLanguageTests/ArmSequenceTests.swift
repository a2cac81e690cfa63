import Diagnostics
import ParallelWork
import Reproducibility
import Testing

@testable import StudyLanguage

/// The short way (an arm goes on from the arm before it, and only what changed is normalised) against the long
/// one: every change made to the study's recipe, and the whole held against its schema.
@Suite("Arms made one after another")
struct ArmSequenceTests {
  /// Settings and values for them: every type, kinds that replace each other, defaults written out, parts taken
  /// away, entries added, names changed, two ways to one place, formulas, and faults of each sort.
  static let changes: [(path: String, values: [String])] = [
    ("loaves", ["4", "8", "16", "null", "1.5", "900", "\"= 2 * dough.rests + 1\""]),
    ("crust", ["\"thin\"", "\"thick\"", "\"soft\""]), ("cover", ["true", "false", "null"]),
    ("dough", ["{}", "{\"rests\": 2}", "{\"salt\": null}", "{\"rests\": 9}", "{\"yeast\": 1}"]),
    ("dough.rests", ["0", "2", "3", "null"]), ("dough.salt", ["0.02", "0.03", "0.5", "7"]),
    ("glaze", ["null", "{}", "{\"egg\": 2}"]), ("glaze.egg", ["1", "2", "\"two\""]),
    ("done", ["\"p.crumb > 0.5\"", "\"p.crumb > 0.7\"", "\"p.crumb >\""]),
    ("stages.first.minutes", ["20", "30", "40", "0"]), ("stages[0].minutes", ["20", "31"]),
    ("stages.first.name", ["\"first\"", "\"one\"", "\"second\""]),
    (
      "stages.first.warmth",
      [
        "220", "100", "{\"kind\": \"constant\", \"value\": 220}",
        "{\"kind\": \"linear\", \"from\": 1, \"to\": 9}", "{\"kind\": \"linear\", \"from\": 1}",
      ]
    ),
    (
      "stages.second.heat",
      ["\"stone\"", "\"steam\"", "{\"share\": 0.5}", "{\"kind\": \"coal\"}", "{\"preheat\": 3}"]
    ),
    ("stages.second.heat.kind", ["\"stone\"", "\"steam\"", "\"gas\""]),
    ("stages.second.heat.share", ["0.5", "0.1", "\"= stages.first.minutes / 100\""]),
    ("stages.second.loads.top", ["2", "3", "null"]), ("stages.second.loads.low", ["1", "100"]),
    ("stages.first.loads", ["{}", "{\"top\": 1}"]), ("seeds", ["[]", "[\"rye\"]", "[\"oat\"]"]),
    ("seeds[+]", ["\"oat\"", "5"]), ("stages", ["[]", "[{\"name\": \"only\"}]"]),
    ("oven", ["1"]),
  ]

  /// A study of two to four axes, of which one may have named variants with several changes.
  static func study(_ seed: Int, atMost variants: Int = 4) -> String {
    var random = RandomStream(Seed(UInt64(seed)).derive("grid"))
    let paths = changes.shuffled(using: &random).prefix(random.integer(in: 2...4))
    var axes = paths.map { path, values in
      let some = values.shuffled(using: &random).prefix(random.integer(in: 1...variants))
      return "\"\(path)\": [\(some.joined(separator: ", "))]"
    }
    if random.integer(in: 0...1) == 1 {
      let named = (0..<random.integer(in: 1...3)).map { number in
        let own = changes.shuffled(using: &random).prefix(random.integer(in: 0...3)).map {
          "\"\($0.path)\": \($0.values[random.integer(in: 0...$0.values.count - 1)])"
        }
        return "\"v\(number)\": {\(own.joined(separator: ", "))}"
      }
      axes.insert(
        "\"named\": {\(named.joined(separator: ", "))}", at: random.integer(in: 0...axes.count))
    }
    return Bakery.study.with("\"loaves\": [4, 8]", axes.joined(separator: ",\n"))
  }

  /// A value with the place of each part.
  static func placed(_ value: SourcedJSON) -> String {
    let own = value.span.map { "@\($0.source.name):\($0.range)" } ?? ""
    switch value.node {
    case .array(let elements): return "[\(elements.map(placed))]\(own)"
    case .object(let members):
      return
        "{\(members.map { "\($0.key)\(String(describing: $0.keySpan)) \(placed($0.value))" })}\(own)"
    default: return value.value.line + own
    }
  }

  static func agree(_ a: Normalised, _ b: Normalised) -> Bool {
    a.value.line == b.value.line && a.canonical.line == b.canonical.line && a.hash == b.hash
      && a.parts.count == b.parts.count && zip(a.parts, b.parts).allSatisfy(agree)
  }

  @Test(
    "recipes, canonical recipes, hashes, places and faults are those of arms made alone",
    arguments: 0..<400)
  func agrees(seed: Int) throws {
    let files = MemoryFiles([
      "ablations/s.json": Self.study(seed), "ablations/recipes/rye.json": Bakery.recipe,
    ])
    var pass = StudyPass(
      file: try JSONFile("ablations/s.json", from: files), files: files, schema: Bakery.schema)
    pass.readForm()
    pass.recipe = pass.readRecipe()
    let recipe = try #require(pass.recipe)
    let axes = pass.readAxes()
    let blocks = pass.readBlocks(axes)
    let drafts = pass.armDrafts(blocks, axes)
    let changes = ArmChanges(of: axes, drafts, to: recipe, schema: Bakery.schema)
    var sequence = ArmSequence(changes)
    var order = RandomStream(Seed(UInt64(seed)).derive("order"))
    // In the order of the file, and then in any order.
    for draft in drafts + drafts.shuffled(using: &order) {
      var short = sequence.next(draft.variants, draft.changes)
      var long = changes.made(draft.variants, draft.changes)
      #expect(long.known == nil)
      let normalised = short.normalised(
        as: Bakery.schema, knowing: sequence.parts, at: recipe.span)
      let alone = long.normalised(
        as: Bakery.schema, knowing: KnownParts(of: SourcedJSON(.null, span: nil)), at: recipe.span)
      #expect(Self.placed(short.recipe) == Self.placed(long.recipe), "\(draft.label)")
      #expect(short.diagnostics.map(\.text) == long.diagnostics.map(\.text), "\(draft.label)")
      #expect((normalised == nil) == (alone == nil), "\(draft.label)")
      if let normalised, let alone {
        #expect(Self.agree(normalised, alone), "\(draft.label)")
      }
    }
  }

  @Test("a grid of several chunks is read in the order of the file, with every fault told once")
  func chunks() throws {
    func axes(_ rests: String) -> String {
      let numbers = (1...16).map { "\($0)" }.joined(separator: ", ")
      return """
        "loaves": [\(numbers)], "stages.first.minutes": [\(numbers)], "dough.rests": [\(rests)]
        """
    }
    func study(_ rests: String) -> String { Bakery.study.with("\"loaves\": [4, 8]", axes(rests)) }
    let arms = try read(study: study("0, 1, 2, 3, 4, 5, 6, 7, 8")).arms
    #expect(arms.count == 2304)
    for (place, arm) in arms.enumerated() {
      let settings = arm.settings
      #expect(settings.integer("loaves") == place / 144 + 1)
      #expect(settings.list("stages")[0].integer("minutes") == place / 9 % 16 + 1)
      #expect(settings.record("dough").integer("rests") == place % 9)
      #expect(
        arm.variants.map(\.variant)
          == arm.label.split(separator: ", ").map {
            String($0.split(separator: "=")[1])
          })
    }
    let said = complaint(study: study("0, 1, 2, 3, 4, 5, 6, 7, 9"))
    #expect(said.contains("'rests' is 9, not an integer from 0 to 8"))
    #expect(said.hasSuffix("1 error\n") || said.contains("1 error"))
  }

  @Test("chunks come back in order and cover everything", arguments: [0, 1, 7, 8, 9, 64, 1000])
  func chunks(count: Int) {
    for size in [1, 8, 1000] {
      let results = chunked(count, size: size) { Array($0) }
      #expect(results.flatMap(\.self) == Array(0..<count))
      #expect(results.allSatisfy { (1...size).contains($0.count) })
    }
  }
}
