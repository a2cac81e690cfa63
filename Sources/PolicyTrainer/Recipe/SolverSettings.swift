package import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// `cold_start`: what demonstrations are made of; shared by all solvers.
package struct ColdStartSettings: Sendable {
  package static let schema = RecordSchema(
    "cold start",
    keys: [
      Key(
        "math", .record(MixtureSettings.mathSchema), default: ["decay": 0.3],
        source: "ours, docs/experiments.md", doc: "How demonstrated math problems are drawn."),
      Key(
        "code", .record(MixtureSettings.codeSchema), default: [:],
        source: "ours, docs/experiments.md", doc: "How demonstrated code problems are drawn."),
      Key(
        "math_share", .number(.closed(0, 1)), default: 0.6, unit: "share",
        source: "ours, docs/experiments.md", doc: "Share of demonstrations that are math."),
    ])

  package let math: MixtureSettings.Math
  package let code: MixtureSettings.Code
  package let mathShare: Double

  package init(_ settings: Settings) {
    math = MixtureSettings.Math(settings.record("math"))
    code = MixtureSettings.Code(settings.record("code"))
    mathShare = settings.number("math_share")
  }
}

/// One entry of `solvers`: how one model gets its skill.
package struct SolverSettings: Sendable {
  package static let schema = RecordSchema(
    "solver",
    keys: [
      Key(
        "from", .nullable(.text), isOptional: true, unit: "solver",
        doc: "The solver whose weights it starts from; absent means random weights."),
      Key(
        "steps", .integer(0...1_000_000), default: 500, unit: "updates",
        source: "ours, docs/experiments.md", doc: "Updates of supervised training."),
      Key(
        "batch", .integer(1...4096), default: 32, unit: "demonstrations",
        source: "ours, docs/experiments.md", doc: "Demonstrations of an update."),
      Key(
        "jump", .number(.closed(0, 1)), default: 0.35, unit: "probability",
        source: "ours, docs/experiments.md",
        doc:
          "Math: before each step of the work, how likely a demonstration goes straight to the box."
      ),
      Key(
        "bare_program", .number(.closed(0, 1)), default: 0.5, unit: "probability",
        source: "ours, docs/experiments.md",
        doc: "Code: how likely a demonstration shows no work at all."),
      Key(
        "optimizer",
        .record(
          OptimizerSettings.schema(
            learningRate: 2e-3, learningRateSource: "ours, docs/experiments.md", beta2: 0.98,
            beta2Source: "ours, docs/experiments.md", weightDecay: 0.01,
            weightDecaySource: "ours, docs/experiments.md")),
        default: [:], source: "ours, docs/experiments.md", doc: "AdamW and its schedule."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, source: "ours",
        doc: "Root of its random numbers. A solver is made once and shared by all trials."),
    ])

  package let name: String
  package let from: String?
  package let steps: Int
  package let batch: Int
  package let style: DemonstrationStyle
  package let optimizer: OptimizerSettings
  package let seed: Int

  package init(name: String, _ settings: Settings) {
    self.name = name
    from = settings.optionalText("from")
    steps = settings.integer("steps")
    batch = settings.integer("batch")
    style = DemonstrationStyle(
      jump: settings.number("jump"), bareProgram: settings.number("bare_program"))
    optimizer = OptimizerSettings(settings.record("optimizer"))
    seed = settings.integer("seed")
  }
}
