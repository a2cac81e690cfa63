import ReasoningTasks
import Reproducibility
import StudyLanguage
import TransformerLM

/// One solver's attempts at every problem of the pool.
struct GradesWork: ItemWork {
  static let kind = WorkKind.grades
  static let schema = RecordSchema(
    "grades item",
    keys: [
      Key("model", .record(ModelSettings.schema), default: [:], doc: "Size."),
      Key("tasks", .record(TaskSettings.schema), default: [:], doc: "How answers are verified."),
      Key("attempts", .record(AttemptSettings.schema), default: [:], doc: "How often, and how."),
    ])

  private let settings: Settings
  private let order: WorkOrder

  init(_ settings: Settings, order: WorkOrder) {
    self.settings = settings
    self.order = order
  }

  static let file = "grades.jsonl"

  func perform(on bench: any WorkBench) throws -> JSONObject {
    let setup = try TrainingSetup(model: settings.record("model"), tasks: settings.record("tasks"))
    let attempts = AttemptSettings(settings.record("attempts"))
    let pool = try ProblemFile.read(
      String(decoding: bench.input("problems", file: ProblemsWork.file), as: UTF8.self),
      name: ProblemsWork.file)
    let seed = Seed(UInt64(attempts.seed)).derive(order.seedPath ?? "grading")
    let grades = try Grader(collector: setup.collector(), settings: attempts).grade(
      setup.entries(pool, caps: attempts.maxTokens), solver: order.label,
      policy: setup.parameters("solver", "policy.safetensors", on: bench), seed: seed, on: bench)
    try bench.write(Self.file, grades.jsonLines)
    let mean = grades.rates.reduce(0) { $0 + $1.value } / Double(max(1, grades.rates.count))
    return ["problems": JSONValue(pool.count), "pass_rate": .number(mean)]
  }
}
