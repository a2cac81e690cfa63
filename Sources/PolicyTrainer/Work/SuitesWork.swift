import ReasoningTasks
import Reproducibility
import StudyLanguage

/// Makes the held-out suites. Pool and cold start read them, to keep out of their way.
struct SuitesWork: ItemWork {
  static let kind = WorkKind.suites
  static let schema = RecordSchema(
    "suites item",
    keys: [
      Key("tasks", .record(TaskSettings.schema), default: [:], doc: "Families of problems."),
      Key(
        "suites", .map(of: .record(EvaluationSettings.suiteSchema)), default: [:],
        doc: "How each is drawn, or the text of its file."),
    ])

  private let settings: Settings

  init(_ settings: Settings, order: WorkOrder) { self.settings = settings }

  static func file(of suite: String) -> String { "suite.\(suite).jsonl" }

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let limit = TaskSettings(settings.record("tasks")).limit
    var values: JSONObject = [:]
    var all: [Problem] = []
    for suite in EvaluationSettings.suites(settings.map("suites")) {
      let problems = try problems(of: suite, limit: limit)
      try bench.write(Self.file(of: suite.name), Array(ProblemFile.write(problems).utf8))
      values[suite.name] = JSONValue(problems.count)
      all += problems
    }
    try HeldOutProblems(all).write(on: bench)
    return values
  }

  private func problems(
    of suite: EvaluationSettings.SuiteSettings, limit: Int
  ) throws -> [Problem] {
    let name = "suite '\(suite.name)'"
    if let text = suite.file { return try ProblemSet.read(text, name: name) }
    guard let mixture = suite.math?.mixture(limit: limit) ?? suite.code?.mixture(limit: limit)
    else { return [] }
    let seed = Seed(UInt64(suite.seed)).derive("suite/\(suite.name)")
    return try ProblemSet.generate(
      mixture, count: suite.count, seed: seed, name: name, keptOut: [])
  }
}

/// What nothing may be trained on: the canonical forms of all held-out problems, read through the
/// input `suites`.
struct HeldOutProblems {
  let canonicalForms: Set<String>

  private static let input = "suites"
  private static let file = "held-out.json"

  init(_ problems: [Problem]) { canonicalForms = Set(problems.map(\.canonicalForm)) }

  init(on bench: any WorkBench) throws {
    let forms = try JSONValue(parsing: bench.input(Self.input, file: Self.file)).array ?? []
    canonicalForms = Set(forms.compactMap(\.string))
  }

  func write(on bench: any WorkBench) throws {
    let forms = JSONValue.array(canonicalForms.sorted().map { .string($0) })
    try bench.write(Self.file, Array(forms.line.utf8))
  }

  func contains(_ problem: Problem) -> Bool { canonicalForms.contains(problem.canonicalForm) }
}

/// Problems from a mixture or a file's text, with faults in the words of a work item.
enum ProblemSet {
  static func generate(
    _ mixture: ProblemMixture, count: Int, seed: Seed, name: String, keptOut: Set<String>
  ) throws(WorkFault) -> [Problem] {
    do {
      return try ProblemGenerator(mixture, seed: seed).problems(count: count, excluding: keptOut)
    } catch {
      throw WorkFault(what: "\(name): \(error.what)", why: error.why, help: error.help)
    }
  }

  static func read(_ text: String, name: String) throws(WorkFault) -> [Problem] {
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
