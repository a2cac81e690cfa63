import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// Everything the trainer reads: solvers and their cold start, the pool and how it is graded, level
/// rules, stages, evaluation. Its schema is the one table of keys behind the reader's messages, the
/// defaults and the reference page.
package struct Recipe: Sendable {
  package static let schema = RecordSchema(
    "recipe",
    keys: [
      Key(
        "model", .record(ModelSettings.schema), default: [:], source: "ours",
        doc: "Size of every solver."),
      Key(
        "tasks", .record(TaskSettings.schema), default: [:], source: "ours",
        doc: "What holds for every problem."),
      Key(
        "cold_start", .record(ColdStartSettings.schema), default: [:], source: "ours",
        doc: "What supervised training is shown."),
      Key(
        "solvers", .map(of: .record(SolverSettings.schema)),
        source: "arXiv:2504.00829, section 3.3", doc: "Models by name, and how each gets its skill."
      ),
      Key(
        "policy", .text, unit: "solver", source: "arXiv:2504.00829, section 4.1",
        doc: "The solver that reinforcement learning starts from, and the reference."),
      Key(
        "problems", .record(ProblemPoolSettings.schema), source: "arXiv:2504.00829, section 3.1",
        doc: "The training pool."),
      Key(
        "grading", .record(GradingSettings.schema), source: "arXiv:2504.00829, section 3.3",
        doc: "Who attempts the pool, and how."),
      Key(
        "levels", .map(of: .record(LevelSettings.schema)), default: [:],
        source: "arXiv:2504.00829, section 3.3",
        doc: "Difficulty levels by name; `all` is always there."),
      Key(
        "stages", .list(of: .record(StageSettings.schema), nonEmpty: true, nameKey: "name"),
        source: "arXiv:2504.00829, section 4", doc: "The phases of a trial, in order."),
      Key(
        "evaluation", .record(EvaluationSettings.schema), source: "arXiv:2504.00829, section 4.1",
        doc: "Held-out suites and how the policy is judged."),
      Key(
        "streams", .record(StreamSettings.schema), default: [:], source: "ours",
        doc: "Which random numbers trials and arms share."),
    ], isBase: true)

  package let model: ModelSettings
  package let tasks: TaskSettings
  package let coldStart: ColdStartSettings
  package let solvers: [SolverSettings]
  package let policy: String
  package let problems: ProblemPoolSettings
  package let grading: GradingSettings
  package let levels: [LevelSettings]
  package let stages: [StageSettings]
  package let evaluation: EvaluationSettings
  package let streams: StreamSettings

  /// Keys whose parts are not those of the recipe that it was read beside.
  let ownKeys: [String]
  private let settings: Settings

  /// Reads settings that ``schema`` accepted; ``faults()`` says whether they fit together.
  ///
  /// - Parameter other: an arm of the same study, which has been read: what both share is taken from it.
  package init(_ settings: Settings, sharing other: Recipe? = nil) {
    let own = other.map { settings.differences(from: $0.settings) }
    func part<Part>(
      _ key: String, _ ofOther: (Recipe) -> Part, _ read: (Settings) -> Part
    ) -> Part {
      if let other, let own, !own.contains(key) { return ofOther(other) }
      return read(settings)
    }
    model = part("model", \.model) {
      ModelSettings($0.record("model"), vocabulary: Vocabulary.standard.size)
    }
    tasks = part("tasks", \.tasks) { TaskSettings($0.record("tasks")) }
    coldStart = part("cold_start", \.coldStart) { ColdStartSettings($0.record("cold_start")) }
    solvers = part("solvers", \.solvers) { settings in
      settings.map("solvers").map { SolverSettings(name: $0.name, $0.value) }
    }
    policy = part("policy", \.policy) { $0.text("policy") }
    problems = part("problems", \.problems) { ProblemPoolSettings($0.record("problems")) }
    grading = part("grading", \.grading) { GradingSettings($0.record("grading")) }
    levels = part("levels", \.levels) { settings in
      settings.map("levels").map { LevelSettings(name: $0.name, $0.value) }
    }
    stages = part("stages", \.stages) { settings in
      settings.list("stages").enumerated().map { index, stage in
        guard let others = other?.stages, others.indices.contains(index) else {
          return StageSettings(stage)
        }
        return StageSettings(stage, sharing: others[index])
      }
    }
    evaluation = part("evaluation", \.evaluation) { EvaluationSettings($0.record("evaluation")) }
    streams = part("streams", \.streams) { StreamSettings($0.record("streams")) }
    ownKeys = own ?? Self.schema.keys.map(\.name)
    self.settings = settings
  }

  /// The largest length cap that any item gives a response, tokens.
  package var longestResponse: Int {
    let caps =
      stages.map(\.maxTokens) + [grading.attempts.maxTokens]
      + [evaluation.maxTokens(firstStage: stages[0].maxTokens)]
    return caps.map { max($0.math, $0.code) }.max() ?? 1
  }
}

extension Recipe {
  /// Files that the pool or a suite is read from, as the recipe names them, each once.
  package var problemFiles: [String] {
    let names = problems.parts.compactMap(\.file) + evaluation.suites.compactMap(\.file)
    return names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

/// A fault that no single key has: the recipe's parts do not fit together.
package struct RecipeFault: Error, Sendable, Hashable {
  /// Where in the recipe, as a change would name it: `stages.first.rollouts.per_prompt`.
  package var path: String
  package var what: String
  package var why: String
  package var help: String
  /// Bytes within the text at that place, when it is an expression and only a part is wrong.
  package var inner: Range<Int>?
}
