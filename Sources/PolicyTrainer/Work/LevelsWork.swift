import ReasoningTasks
import Reproducibility
import StudyLanguage

/// Levels from grades, with the report that a reader of the paper misses: sizes, overlap, histograms,
/// and the initial policy's mean reward.
struct LevelsWork: ItemWork {
  static let kind = WorkKind.levels
  static let schema = RecordSchema(
    "levels item",
    keys: [
      Key(
        "solvers", .list(of: .text, nonEmpty: true), doc: "Solvers that rules may read."),
      Key("strongest", .text, default: "reference", doc: "Who never solves a problem drops it."),
      Key("policy", .text, doc: "The solver whose mean reward is reported."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, doc: "Root of the shares that rules draw."),
      Key("levels", .map(of: .record(LevelSettings.schema)), default: [:], doc: "The rules."),
    ])

  private let settings: Settings

  init(_ settings: Settings, order: WorkOrder) { self.settings = settings }

  static let file = "levels.json"

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let pool = try ProblemFile.read(
      String(decoding: bench.input("problems", file: ProblemsWork.file), as: UTF8.self),
      name: ProblemsWork.file)
    func grades(_ purpose: String, _ solver: String) throws -> Grades {
      try Grades(
        solver: solver, jsonLines: bench.input("\(purpose).\(solver)", file: GradesWork.file))
    }
    let solvers = settings.texts("solvers")
    let graded = try solvers.map { try grades("grades", $0) }
    let strongest = settings.text("strongest")
    let fresh = try grades("fresh", settings.text("policy"))
    let builder = LevelBuilder(
      rules: settings.map("levels").map { LevelSettings(name: $0.name, $0.value) },
      seed: Seed(UInt64(settings.integer("seed"))).derive("levels"))
    let result = try builder.build(
      problems: pool, grades: graded,
      strongest: strongest == GradingSettings.reference
        ? nil : graded.first { $0.solver == strongest } ?? grades("grades", strongest))
    let report = LevelReport(
      pool: pool, levels: result.levels, dropped: result.dropped, grades: graded, fresh: fresh)
    try bench.write(Self.file, Array(report.json(members: true).pretty.utf8))
    return ["levels": report.json(members: false)]
  }
}
