import Diagnostics
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Studies and recipes that extend others")
struct ExtendingTests {
  private func read(_ more: [String: String]) throws(StudyFaults) -> Study {
    var files = [
      "ablations/s.json": Bakery.study, "ablations/recipes/rye.json": Bakery.recipe,
    ]
    files.merge(more) { $1 }
    return try StudyReader(files: MemoryFiles(files), recipe: Bakery.schema).read(
      "ablations/s.json")
  }

  private func complaint(_ more: [String: String]) -> String {
    do {
      _ = try read(more)
      return ""
    } catch {
      return error.description
    }
  }

  @Test("a recipe's members change the one that it extends, by keys and by paths")
  func recipes() throws {
    let study = try read([
      "ablations/recipes/rye.json": """
      {
        "extends": "../base/dark.json", "stages.first.minutes": 7, "dough": {"salt": 0.5},
        "stages[+]": {"name": "third", "heat": {"kind": "coal", "kilos": 2}}, "crust": null
      }
      """,
      "ablations/base/dark.json":
        #"{"extends": "../plain.json", "crust": "thick", "dough": {"rests": 5}}"#,
      "ablations/plain.json": Bakery.recipe,
    ])
    let settings = study.arms[1].settings
    #expect(settings.list("stages").map { $0.text("name") } == ["first", "second", "third"])
    #expect(settings.list("stages")[0].integer("minutes") == 7)
    #expect(settings.list("stages")[2].union("heat").kind == "coal")
    #expect(settings.record("dough").number("salt") == 0.5)
    #expect(settings.record("dough").integer("rests") == 5)
    #expect(settings.text("crust") == "thin", "null takes the base's value away")
    #expect(settings.text("baker") == "anna")
  }

  @Test("a study is merged with the one that it extends; its own files stay beside it")
  func studies() throws {
    let study = try read([
      "ablations/s.json": """
      {
        "extends": "base/whole.json", "study": "more", "seeds": {"count": 5}, "source": null,
        "axes": {"loaves": null, "cover": [false, true]}
      }
      """,
      "ablations/base/whole.json": Bakery.study.with("recipes/rye.json", "../recipes/rye.json")
        .with("\"seeds\"", "\"source\": \"a book\", \"seeds\""),
    ])
    #expect(study.name == "more" && study.question == "Do more loaves cool the oven?")
    #expect(study.seeds.count == 5 && study.source == nil)
    #expect(study.arms.map(\.label) == ["cover=false", "cover=true"])
  }

  @Test("circles are refused with the way round")
  func circles() {
    #expect(
      complaint([
        "ablations/recipes/rye.json": #"{"extends": "a.json"}"#,
        "ablations/recipes/a.json": #"{"extends": "rye.json"}"#,
      ]) == """
        ablations/recipes/a.json:1:13: error: 'rye.json' leads back to itself
            1 | {"extends": "rye.json"}
              |             ^~~~~~~~~~
          from: ablations/recipes/rye.json:1:13: what this recipe extends
          from: ablations/s.json:4:13: the recipe of this study
          why:  the files name each other: ablations/recipes/rye.json → ablations/recipes/a.json → ablations/recipes/rye.json
          help: remove one of the mentions
        1 error
        """)
    #expect(
      complaint(["ablations/s.json": #"{"extends": "s.json", "study": "s"}"#]).contains(
        "ablations/s.json:1:13: error: 's.json' leads back to itself"))
  }

  @Test("faults in extended files show the chain")
  func chains() {
    #expect(
      complaint([
        "ablations/recipes/rye.json": #"{"extends": "a.json"}"#,
        "ablations/recipes/a.json": Bakery.recipe.with("minutes", "minuets"),
      ]) == """
        ablations/recipes/a.json:5:23: error: unknown key 'minuets' in 'stage'
            5 |     {"name": "first", "minuets": 20},
              |                       ^~~~~~~~~
          from: ablations/recipes/rye.json:1:13: what this recipe extends
          from: ablations/s.json:4:13: the recipe of this study
          why:  only keys that are read may be written, so a typo cannot become a silent default
          help: did you mean 'minutes'? All keys: docs/study-format.md#stage
        1 error
        """)
    #expect(
      complaint(["ablations/recipes/rye.json": #"{"extends": "gone.json"}"#]) == """
        ablations/recipes/rye.json:1:13: error: 'ablations/recipes/gone.json': there is no such file
            1 | {"extends": "gone.json"}
              |             ^~~~~~~~~~~
          from: ablations/s.json:4:13: the recipe of this study
          why:  it is named as what this recipe extends; paths are relative to the file that they stand in
          help: look at the spelling and the directory
        1 error
        """)
    #expect(
      complaint([
        "ablations/s.json": #"{"extends": "base.json", "study": "more"}"#,
        "ablations/base.json": Bakery.study.with("\"question\"", "\"qestion\""),
      ]) == """
        ablations/base.json:3:3: error: unknown key 'qestion' in 'study'
            3 |   "qestion": "Do more loaves cool the oven?",
              |   ^~~~~~~~~
          from: ablations/s.json:1:13: what this study extends
          why:  only keys that are read may be written, so a typo cannot become a silent default
          help: did you mean 'question'? All keys: docs/study-format.md#study
        1 error
        """)
  }
}
