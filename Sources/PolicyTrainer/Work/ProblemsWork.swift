import ReasoningTasks
import Reproducibility
import StudyLanguage

/// Makes the training pool, out of the suites' way.
struct ProblemsWork: ItemWork {
  static let kind = WorkKind.problems
  static let schema = RecordSchema(
    "problems item",
    keys: [
      Key("tasks", .record(TaskSettings.schema), default: [:], doc: "Families of problems."),
      Key("problems", .record(ProblemPoolSettings.schema), default: [:], doc: "The pool."),
    ])

  private let settings: Settings

  init(_ settings: Settings, order: WorkOrder) { self.settings = settings }

  static let file = "pool.jsonl"

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let limit = TaskSettings(settings.record("tasks")).limit
    let keptOut = try HeldOutProblems(on: bench)
    let pool = try poolProblems(limit: limit, keptOut: keptOut.canonicalForms)
    var ids: Set<String> = []
    if let twin = pool.first(where: { !ids.insert($0.id).inserted }) {
      throw WorkFault(
        what: "two problems of the pool are called '\(twin.id)'",
        why: "grades and levels name problems by their id", help: "rename one of them in its file")
    }
    if let leaked = pool.first(where: { keptOut.contains($0) }) {
      throw WorkFault(
        what: "problem '\(leaked.id)' of the pool, \(leaked.prompt), also stands in a suite",
        why: "a suite measures what was not trained on",
        help: "take the problem out of the pool's file or out of the suite's")
    }
    try bench.write(Self.file, Array(ProblemFile.write(pool).utf8))
    return ["pool": JSONValue(pool.count)]
  }

  private func poolProblems(limit: Int, keptOut: Set<String>) throws -> [Problem] {
    let pool = ProblemPoolSettings(settings.record("problems"))
    return try pool.parts.flatMap { part in
      let name = "the pool's \(part.domain.rawValue) problems"
      if let text = part.file {
        let problems = try ProblemSet.read(text, name: name)
        if let other = problems.first(where: { $0.domain != part.domain }) {
          throw WorkFault(
            what:
              "problem '\(other.id)' in the file of \(name) is a \(other.domain.rawValue) problem",
            why: "the ratio of a stage counts prompts by domain",
            help: "move it to a file of its own domain")
        }
        return problems
      }
      let seed = Seed(UInt64(pool.seed)).derive("pool/\(part.domain.rawValue)")
      return try ProblemSet.generate(
        part.mixture(limit), count: part.count, seed: seed, name: name, keptOut: keptOut)
    }
  }
}
