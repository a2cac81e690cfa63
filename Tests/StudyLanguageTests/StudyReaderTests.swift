import Diagnostics
import Foundation
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Studies")
struct StudyReaderTests {
  static let whole = """
    {
      "$schema": "../docs/study.schema.json",
      "study": "ovens-2",
      "question": "Does steam help?",
      "source": "Hamelman 2004, chapter 3",
      "recipe": "recipes/rye.json",
      "axes": {
        "heat": {
          "stone": {"stages.second.heat": "stone"},
          "steam": {},
          "more steam": {"stages.second.heat.share": 0.75, "loaves": 9}
        },
        "flour": {"key": "dough.flour", "values": [4e2, 500.0, 600]}
      },
      "design": "product",
      "baseline": {"heat": "steam", "flour": 500},
      "seeds": [7, 3],
      "measures": ["final(crumb)", "mean(crust, 0.5)"],
      "headings": {"flour": "Flour [g]", "crumb": "Crumb"},
      "paper": {
        "source": "Table 2",
        "values": [
          {"arm": {"heat": "stone"}, "measure": "final(crumb)", "value": 40.5, "error": 0.5},
          {"arm": "steam, flour=600", "measure": "final(crumb)", "value": 41, "note": "read off"}
        ]
      },
      "tolerance": {"relative": 0.01},
      "report": {"title": "Ovens"}
    }
    """

  @Test("a whole study unfolds into what it says")
  func wholeStudy() throws {
    let study = try read(study: Self.whole)
    #expect(study.path == "ablations/s.json" && study.name == "ovens-2" && study.title == "Ovens")
    #expect(study.question == "Does steam help?" && study.source == "Hamelman 2004, chapter 3")
    #expect(
      study.axes == [
        Study.Axis(name: "heat", key: nil, variants: ["stone", "steam", "more steam"]),
        Study.Axis(name: "flour", key: "dough.flour", variants: ["400", "500", "600"]),
      ])
    // The last axis changes fastest.
    #expect(
      study.arms.map(\.label) == [
        "stone, flour=400", "stone, flour=500", "stone, flour=600", "steam, flour=400",
        "steam, flour=500", "steam, flour=600", "more steam, flour=400", "more steam, flour=500",
        "more steam, flour=600",
      ])
    #expect(study.baseline == 4)
    #expect(study.arms[5].variants.map(\.axis) == ["heat", "flour"])
    #expect(study.arms[5].variants.map(\.variant) == ["steam", "600"])
    #expect(study.arms[8].settings.integer("loaves") == 9)
    #expect(study.arms[8].settings.record("dough").number("flour") == 600)
    #expect(study.arms[8].settings.list("stages")[1].union("heat").kind == "steam")
    #expect(study.seeds == [7, 3])
    #expect(study.measures.map(\.function) == ["final", "mean"])
    #expect(study.measures.map(\.metric) == ["crumb", "crust"])
    #expect(study.measures.map(\.numbers) == [[], [0.5]])
    #expect(study.headings == ["flour": "Flour [g]", "crumb": "Crumb"])
    // An axis that the paper does not name has the baseline's variant.
    #expect(study.paper.source == "Table 2")
    #expect(study.paper.values.map(\.arm) == [1, 5])
    #expect(study.paper.values.map(\.error) == [0.5, nil])
    #expect(study.paper.values.map(\.note) == [nil, "read off"])
    let hundredth = Study.Tolerance.room(
      absolute: .init(below: 0, above: 0), relative: .init(below: 0.01, above: 0.01))
    #expect(
      study.tolerances == ["final(crumb)": hundredth, "mean(crust, 0.5)": hundredth])
    #expect(study.warnings.isEmpty)
  }

  @Test("a plan goes through all arms with one seed before the next")
  func plan() throws {
    let study = try read()
    let plan = TrialPlan(expanding: study)
    #expect(plan.trials.map(\.seed) == [1, 1, 2, 2])
    #expect(plan.trials.map(\.arm) == [0, 1, 0, 1])
  }

  @Test("arms keep what they do not change, and the canonical recipe holds what differs")
  func recipes() throws {
    let study = try read()
    #expect(study.arms.map(\.label) == ["loaves=4", "loaves=8"])
    let recipe = try JSONValue(parsing: Bakery.recipe)
    #expect(study.arms[1].canonicalRecipe == recipe)
    #expect(study.arms[0].canonicalRecipe["loaves"] == nil)
    #expect(study.arms[0].recipe["loaves"] == 4)
    #expect(study.arms[0].recipe["stages"] == study.arms[1].recipe["stages"])
  }

  @Test("listed arms come in the order of the file, with changes of their own")
  func listedArms() throws {
    let arms = """
      "arms": [
        {"variants": {"loaves": 8}},
        {"label": "lidded", "changes": {"cover": true, "stages.first.minutes": 9}},
        {"label": "plain"}
      ], "baseline": "plain", "seeds"
      """
    let study = try read(study: Bakery.study.with("\"seeds\"", arms))
    #expect(study.arms.map(\.label) == ["loaves=8", "lidded", "plain"])
    #expect(study.baseline == 2)
    #expect(study.arms.map { $0.settings.boolean("cover") } == [false, true, false])
    #expect(study.arms.map { $0.settings.integer("loaves") } == [8, 4, 4])
    #expect(study.arms[1].settings.list("stages")[0].integer("minutes") == 9)
  }

  @Test("a study without axes has one arm")
  func noAxes() throws {
    let study = try read(study: Bakery.study.with("\"loaves\": [4, 8]", ""))
    #expect(study.arms.map(\.label) == ["recipe"] && study.axes.isEmpty && study.baseline == 0)
  }

  @Test("variants of one name on two axes are told apart by their axes")
  func sharedNames() throws {
    let axes = """
      "lid": {"off": {}, "on": {"cover": true}},
      "egg": {"off": {}, "on": {"glaze": {}}}
      """
    let study = try read(study: Bakery.study.with("\"loaves\": [4, 8]", axes))
    #expect(
      study.arms.map(\.label) == [
        "lid=off, egg=off", "lid=off, egg=on", "lid=on, egg=off", "lid=on, egg=on",
      ])
  }

  @Test("the recipe may stand in the study")
  func inlineRecipe() throws {
    let study = try read(study: Bakery.study.with("\"recipes/rye.json\"", Bakery.recipe))
    #expect(study.arms[0].canonicalRecipe == (try read()).arms[0].canonicalRecipe)
  }

  @Test("one seed is allowed, with a warning")
  func oneSeed() throws {
    let study = try read(study: Bakery.study.with("{\"count\": 2}", "{\"count\": 1}"))
    #expect(
      study.warnings.map(\.text) == [
        """
        ablations/s.json:8:22: warning: one seed gives no spread
            8 |   "seeds": {"count": 1},
              |                      ^
          why:  a difference between two runs cannot be told from luck
          help: use at least 3 seeds, 5 for an interval worth printing
        """
      ])
  }

  @Test("all faults of both files come in one pass, the study's first, and those of arms once")
  func allFaults() {
    let study = Bakery.study
      .with("\"question\"", "\"qestion\"")
      .with("\"loaves\": [4, 8]", "\"loaves\": [4, 80], \"a\": {\"x\": {}, \"y\": {\"dogh\": 1}}")
      .with("{\"count\": 2}", "[]")
      .with("mean(crust)", "crust")
    let recipe = Bakery.recipe.with("\"minutes\": 20", "\"minutes\": 0").with(
      "\"top\"", "\"top\": 1, \"low\": -1, \"x\"")
    #expect(throws: StudyFaults.self) { try read(study: study, recipe: recipe) }
    do {
      _ = try read(study: study, recipe: recipe)
    } catch {
      #expect(
        error.diagnostics.map { "\($0.span?.text ?? "-") \($0.what)" } == [
          "ablations/s.json:3:3 unknown key 'qestion' in 'study'",
          "ablations/s.json:6:19 'loaves' is 80, not an integer from 1 to 64",
          "ablations/s.json:6:45 unknown key 'dogh' in 'recipe'",
          "ablations/s.json:8:12 'seeds' is an empty list",
          "ablations/s.json:9:32 'crust' is no measure",
          "ablations/recipes/rye.json:5:34 'minutes' is 0, not an integer from 1 to 600",
          "ablations/recipes/rye.json:6:93 'loads' is -1, not an integer from 0 to 99",
        ])
      #expect(error.count == "7 errors")
    }
  }

  @Test("a missing study and bytes that are no text are named by file and byte")
  func files() throws {
    var files = MemoryFiles(["a.json": "x"])
    let reader = StudyReader(files: files, recipe: Bakery.schema)
    let missing = #expect(throws: StudyFaults.self) { try reader.read("b.json") }
    #expect(
      missing?.description == """
        b.json: error: there is no such file
          why:  a study is a file of JSON
          help: look at the spelling and the directory
        1 error
        """)
    files.files["a.json"] = Array("{\"study\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
    let invalid = #expect(throws: StudyFaults.self) {
      try StudyReader(files: files, recipe: Bakery.schema).read("a.json")
    }
    #expect(
      invalid?.description == """
        a.json:1:12: error: these bytes are not UTF-8
            1 | {"study": "\u{FFFD}("}
              |            ^
          why:  JSON is UTF-8 without a mark at its start (RFC 8259, section 8.1)
          help: save the file as UTF-8
        1 error
        """)
  }

  @Test(
    "a recipe's path is relative to its study",
    arguments: [
      ("a/s.json", "r.json", "a/r.json"), ("s.json", "r.json", "r.json"),
      ("a/b/s.json", "../r/x.json", "a/r/x.json"), ("a/s.json", "./r.json", "a/r.json"),
      ("s.json", "../r.json", "../r.json"), ("../s.json", "../r.json", "../../r.json"),
      ("a/s.json", "/r.json", "/r.json"), ("/s.json", "r.json", "/r.json"),
    ])
  func relativePaths(file: String, relative: String, expected: String) {
    #expect(path(relative, besideFile: file) == expected)
  }

  @Test("files of the disk are read, and what cannot be is told apart")
  func disk() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.json")
    try Data([0x7B, 0x00, 0xFF]).write(to: file)
    let large = folder.appending(path: "large.json")
    #expect(FileManager.default.createFile(atPath: large.path, contents: nil))
    try FileHandle(forWritingTo: large).truncate(atOffset: UInt64(DiskFiles.sizeLimit) + 1)
    let files = DiskFiles()
    #expect(try files.read(file.path) == [0x7B, 0x00, 0xFF])
    #expect(throws: FileFault.missing) { try files.read(folder.appending(path: "b").path) }
    #expect(throws: FileFault.isDirectory) { try files.read(folder.path) }
    #expect(throws: FileFault.tooLarge(limit: DiskFiles.sizeLimit)) { try files.read(large.path) }
  }
}
