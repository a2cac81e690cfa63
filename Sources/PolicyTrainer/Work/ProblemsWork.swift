import ReasoningTasks
import Reproducibility
import StudyLanguage

/// Makes the pool and the held-out suites, and keeps them apart.
struct ProblemsWork: ItemWork {
  static let kind = WorkKind.problems
  static let schema = RecordSchema(
    "problems item",
    keys: [
      Key("tasks", .record(TaskSettings.schema), default: [:], doc: "Families of problems."),
      Key("problems", .record(ProblemPoolSettings.schema), default: [:], doc: "The pool."),
      Key(
        "suites", .map(of: .record(EvaluationSettings.suiteSchema)), default: [:],
        doc: "The held-out suites."),
    ])

  private let settings: Settings

  init(_ settings: Settings, order: WorkOrder) { self.settings = settings }

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let limit = TaskSettings(settings.record("tasks")).limit
    var taken: Set<String> = []
    var values: JSONObject = [:]
    for suite in EvaluationSettings.suites(settings.map("suites")) {
      let problems = try suiteProblems(suite, limit: limit)
      taken.formUnion(problems.map(\.canonicalForm))
      try bench.write(Self.file(ofSuite: suite.name), Array(ProblemFile.write(problems).utf8))
      values[suite.name] = JSONValue(problems.count)
    }
    let pool = try poolProblems(limit: limit, keptOut: taken)
    var ids: Set<String> = []
    if let twin = pool.first(where: { !ids.insert($0.id).inserted }) {
      throw WorkFault(
        what: "two problems of the pool are called '\(twin.id)'",
        why: "grades and levels name problems by their id", help: "rename one of them in its file")
    }
    if let leaked = pool.first(where: { taken.contains($0.canonicalForm) }) {
      throw WorkFault(
        what: "problem '\(leaked.id)' of the pool, \(leaked.prompt), also stands in a suite",
        why: "a suite measures what was not trained on",
        help: "take the problem out of the pool's file or out of the suite's")
    }
    try bench.write(Self.poolFile, Array(ProblemFile.write(pool).utf8))
    values["pool"] = JSONValue(pool.count)
    return values
  }

  static let poolFile = "pool.jsonl"
  static func file(ofSuite name: String) -> String { "suite.\(name).jsonl" }

  private func suiteProblems(
    _ suite: EvaluationSettings.SuiteSettings, limit: Int
  ) throws -> [Problem] {
    if let text = suite.file { return try read(text, name: "suite '\(suite.name)'") }
    guard let mixture = suite.math?.mixture(limit: limit) ?? suite.code?.mixture(limit: limit)
    else { return [] }
    let seed = Seed(UInt64(suite.seed)).derive("suite/\(suite.name)")
    return try generate(mixture, count: suite.count, seed: seed, name: "suite '\(suite.name)'", keptOut: [])
  }

  private func poolProblems(limit: Int, keptOut: Set<String>) throws -> [Problem] {
    let pool = ProblemPoolSettings(settings.record("problems"))
    return try pool.parts.flatMap { part in
      let name = "the pool's \(part.domain.rawValue) problems"
      if let text = part.file {
        let problems = try read(text, name: name)
        if let other = problems.first(where: { $0.domain != part.domain }) {
          throw WorkFault(
            what: "problem '\(other.id)' in the file of \(name) is a \(other.domain.rawValue) problem",
            why: "the ratio of a stage counts prompts by domain",
            help: "move it to a file of its own domain")
        }
        return problems
      }
      let seed = Seed(UInt64(pool.seed)).derive("pool/\(part.domain.rawValue)")
      return try generate(part.mixture(limit), count: part.count, seed: seed, name: name, keptOut: keptOut)
    }
  }

  private func generate(
    _ mixture: ProblemMixture, count: Int, seed: Seed, name: String, keptOut: Set<String>
  ) throws(WorkFault) -> [Problem] {
    do {
      return try ProblemGenerator(mixture, seed: seed).problems(count: count, excluding: keptOut)
    } catch {
      throw WorkFault(what: "\(name): \(error.what)", why: error.why, help: error.help)
    }
  }

  private func read(_ text: String, name: String) throws(WorkFault) -> [Problem] {
    do {
      return try ProblemFile.read(text, name: name)
    } catch {
      throw WorkFault(
        what: "the file of \(name) is not valid: \(error)",
        why: "a problem that cannot be verified would be noise in every number",
        help: "ablate problems check FILE shows each line")
    }
  }
}
