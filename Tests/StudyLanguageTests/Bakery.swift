import Diagnostics
import Reproducibility

@testable import StudyLanguage

/// A trainer that this room has never heard of: it bakes. It has every type that a schema can have.
enum Bakery {
  static let dough = RecordSchema(
    "dough",
    keys: [
      Key(
        "flour", .number(.open(above: 0, through: 1000)), default: 500, unit: "grams",
        source: "Hamelman 2004, chapter 3", doc: "Flour of a loaf."),
      Key("salt", .number(.closed(0, 1)), default: 0.02, unit: "share", doc: "Salt to flour."),
      Key("rests", .integer(0...8), default: 2, doc: "Times that the dough rests."),
    ])

  static let heat = ValueType.union(cases: [
    RecordSchema("stone", keys: [Key("preheat", .integer(0...120), default: 45, doc: "Minutes.")]),
    RecordSchema(
      "steam", keys: [Key("share", .schedule(.closed(0, 1)), default: 0.5, doc: "Of water.")]),
    RecordSchema("coal", keys: [Key("kilos", .integer(1...9), doc: "Of coal; somebody must say.")]),
  ])

  static let stage = RecordSchema(
    "stage",
    keys: [
      Key("name", .text, doc: "What paths call it."),
      Key("minutes", .integer(1...600), default: 30, unit: "minutes", doc: "How long it takes."),
      Key("warmth", .schedule(.closed(0, 300)), default: 220, unit: "degrees", doc: "Of the oven."),
      Key("heat", heat, default: "stone", doc: "Where the warmth comes from."),
      Key("loads", .map(of: .integer(0...99)), default: [:], doc: "Loaves by shelf."),
    ])

  static let schema = RecordSchema(
    "recipe",
    keys: [
      Key("baker", .text, example: "anna", doc: "Who bakes."),
      Key("loaves", .integer(1...64), default: 4, unit: "loaves", doc: "Loaves of a batch."),
      Key("crust", .choice(["thin", "thick"]), default: "thin", doc: "What it sounds like."),
      Key("cover", .boolean, default: false, doc: "Whether a lid is used."),
      Key("dough", .record(dough), default: ["salt": 0.03], doc: "What goes in."),
      Key("glaze", .nullable(.record(glaze)), isOptional: true, doc: "What goes on."),
      Key("done", .expression, default: "p.crumb > 0.5", doc: "When to stop."),
      Key(
        "stages", .list(of: .record(stage), nonEmpty: true, nameKey: "name"),
        doc: "The phases, in order."),
      Key("seeds", .list(of: .text), default: ["rye"], doc: "What is strewn on top."),
    ])

  static let glaze = RecordSchema(
    "glaze", keys: [Key("egg", .number(.any), default: 1, doc: "Eggs.")])

  static let recipe = """
    {
      "baker": "anna",
      "loaves": 8,
      "stages": [
        {"name": "first", "minutes": 20},
        {"name": "second", "heat": {"kind": "steam", "share": 0.25}, "loads": {"top": 2}}
      ]
    }
    """

  static let study = """
    {
      "study": "loaves",
      "question": "Do more loaves cool the oven?",
      "recipe": "recipes/rye.json",
      "axes": {
        "loaves": [4, 8]
      },
      "seeds": {"count": 2},
      "measures": ["final(crumb)", "mean(crust)"]
    }
    """
}

/// Files that exist in no file system.
struct MemoryFiles: FileReading {
  var files: [String: [UInt8]]

  init(_ files: [String: String]) { self.files = files.mapValues { Array($0.utf8) } }

  func read(_ path: String) throws(FileFault) -> [UInt8] {
    if files.keys.contains(where: { $0.hasPrefix("\(path)/") }) { throw .isDirectory }
    guard let bytes = files[path] else { throw .missing }
    return bytes
  }
}

/// Reads the bakery's study with another text of study or recipe.
func read(study: String = Bakery.study, recipe: String = Bakery.recipe)
  throws(StudyFaults) -> Study
{
  let files = MemoryFiles(["ablations/s.json": study, "ablations/recipes/rye.json": recipe])
  return try StudyReader(files: files, recipe: Bakery.schema).read("ablations/s.json")
}

/// What reading says about it; empty when it says nothing.
func complaint(study: String = Bakery.study, recipe: String = Bakery.recipe) -> String {
  do {
    _ = try read(study: study, recipe: recipe)
    return ""
  } catch {
    return error.description
  }
}

/// What reading says about a study among files; empty when it says nothing.
func complaint(about path: String, in files: some FileReading) -> String {
  do {
    _ = try StudyReader(files: files, recipe: Bakery.schema).read(path)
    return ""
  } catch {
    return error.description
  }
}

extension String {
  /// With one passage changed; the passage must be there exactly once.
  func with(_ old: String, _ new: String) -> String {
    let pieces = self.split(separator: old, omittingEmptySubsequences: false)
    precondition(pieces.count == 2, "'\(old)' comes \(pieces.count - 1) times")
    return pieces.joined(separator: new)
  }
}
