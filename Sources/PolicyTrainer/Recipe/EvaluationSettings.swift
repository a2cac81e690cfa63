import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// `evaluation`: the held-out suites and how the policy is judged on them.
package struct EvaluationSettings: Sendable {
  /// One entry of `suites`.
  package static let suiteSchema = RecordSchema(
    "suite",
    keys: [
      Key(
        "math", .nullable(.record(MixtureSettings.mathSchema)), isOptional: true,
        doc: "How the suite's math problems are drawn."),
      Key(
        "code", .nullable(.record(MixtureSettings.codeSchema)), isOptional: true,
        doc: "How the suite's code problems are drawn."),
      Key(
        "file", .nullable(.text), isOptional: true,
        doc: "A problem file (JSON Lines) to take the suite from instead."),
      Key(
        "count", .integer(1...100_000), default: 96, unit: "problems",
        source: "ours; AIME-2024 has 30, MATH-500 has 500", doc: "Problems of the suite."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, source: "ours",
        doc: "Root of the random numbers from which the problems are drawn."),
      Key(
        "attempts", .integer(1...1024), default: 16, unit: "attempts",
        source: "arXiv:2504.00829, section 4.1: 16 for AIME and MATH-500, 4 for LiveCodeBench",
        doc: "k of avg@k at the end of a stage."),
      Key(
        "attempts_during", .integer(1...1024), default: 4, unit: "attempts",
        source: "ours: a look in between may be coarser", doc: "k of avg@k before the end."),
    ])

  package static let schema = RecordSchema(
    "evaluation",
    keys: [
      Key(
        "suites", .map(of: .record(suiteSchema)),
        source: "arXiv:2504.00829, section 4.1: AIME-2024, MATH-500, LiveCodeBench",
        doc:
          "Held-out problems by name; each name is a metric. No suite shares a problem with the pool."
      ),
      Key(
        "every", .integer(1...1_000_000), default: 20, unit: "updates",
        source: "arXiv:2504.00829, Fig. 1: a point every 20 steps",
        doc: "Updates between two evaluations; the end of a stage is always evaluated."),
      Key(
        "temperature", .number(.open(above: 0, through: 10)), default: 0.6,
        source: "arXiv:2504.00829, section 4.1", doc: "Divides the logits."),
      Key(
        "top_p", .number(.open(above: 0, through: 1)), default: 0.95,
        source: "arXiv:2504.00829, section 4.1", doc: "Nucleus mass."),
      Key(
        "cap_factor", .number(.closed(1, 100)), default: 2,
        source: "arXiv:2504.00829, section 4.1: 32k against 16k in stage 1",
        doc: "Length cap of a response, as a multiple of the first stage's cap of its domain."),
    ])

  package struct SuiteSettings: Sendable {
    package let name: String
    package let math: MixtureSettings.Math?
    package let code: MixtureSettings.Code?
    package let file: String?
    /// Keys that the file silences.
    let silenced: [String]
    package let count: Int
    package let seed: Int
    package let attempts: (during: Int, atEnd: Int)
  }

  package let suites: [SuiteSettings]
  package let every: Int
  package let temperature: Double
  package let topP: Double
  package let capFactor: Double

  package init(_ settings: Settings) {
    suites = Self.suites(settings.map("suites"))
    every = settings.integer("every")
    temperature = settings.number("temperature")
    topP = settings.number("top_p")
    capFactor = settings.number("cap_factor")
  }

  package static func suites(_ map: [(name: String, value: Settings)]) -> [SuiteSettings] {
    map.map { name, suite in
      SuiteSettings(
        name: name, math: suite.optionalRecord("math").map(MixtureSettings.Math.init),
        code: suite.optionalRecord("code").map(MixtureSettings.Code.init),
        file: suite.optionalText("file"),
        silenced: suite.keysSilencedByFile(
          suiteSchema, except: ["math", "code", "attempts", "attempts_during"]),
        count: suite.integer("count"), seed: suite.integer("seed"),
        attempts: (suite.integer("attempts_during"), suite.integer("attempts")))
    }
  }

  /// Length caps of a response when the first stage has these.
  package func maxTokens(firstStage caps: PerDomain) -> PerDomain {
    func raised(_ cap: Int) -> Int {
      let exact = Double(cap) * capFactor
      return Double(Int(exact)) < exact ? Int(exact) + 1 : Int(exact)
    }
    return PerDomain(math: raised(caps.math), code: raised(caps.code))
  }
}
