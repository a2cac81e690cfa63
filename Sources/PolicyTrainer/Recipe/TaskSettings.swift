package import ReasoningTasks
import Reproducibility
package import StudyLanguage

/// `tasks`: what holds for every problem of a recipe.
package struct TaskSettings: Sendable {
  package static let schema = RecordSchema(
    "tasks",
    keys: [
      Key(
        "limit", .integer(9...84), default: 30,
        source: "ours, docs/experiments.md: about 1,200 facts, which a small model can learn",
        doc: "Largest number on the way to an answer, and largest output shown of a program."),
      Key(
        "code_scoring", .choice(CodeScoring.allCases.map(\.rawValue)), default: "fraction",
        source: "arXiv:2504.00829, section 3.2; AM-Thinking-v1 has all-or-nothing",
        doc: "The reward of a program that passes some of its tests."),
      Key(
        "program_characters", .integer(1...256), default: 32, unit: "characters",
        source: "ours", doc: "A longer program is not run."),
      Key(
        "program_steps", .integer(1...1_000_000), default: 64, unit: "instructions",
        source: "ours", doc: "Instructions that a program may execute on one input."),
    ])

  package let limit: Int
  package let verifier: Verifier

  /// A mixture whose numbers stay within the limit.
  package func source(_ math: MixtureSettings.Math) throws(GenerationFault) -> ProblemSource {
    try ProblemSource(math.mixture(limit: limit))
  }

  package func source(_ code: MixtureSettings.Code) throws(GenerationFault) -> ProblemSource {
    try ProblemSource(code.mixture(limit: limit))
  }

  package init(_ settings: Settings) {
    limit = settings.integer("limit")
    verifier = Verifier(
      codeScoring: settings.choice("code_scoring", as: CodeScoring.self),
      limits: ProgramLimits(
        characters: settings.integer("program_characters"),
        steps: settings.integer("program_steps")))
  }
}

/// `problems`: the training pool.
package struct ProblemPoolSettings: Sendable {
  private static let common = [
    Key(
      "count", .integer(1...1_000_000), default: 1200, unit: "problems",
      source: "ours, docs/experiments.md", doc: "Different problems to draw."),
    Key(
      "file", .nullable(.text), isOptional: true,
      doc: "A problem file (JSON Lines), relative to the study, to take the problems from instead."),
  ]

  private static let mathSchema = RecordSchema(
    "math pool", keys: common + MixtureSettings.mathSchema.keys)
  private static let codeSchema = RecordSchema(
    "code pool", keys: common + MixtureSettings.codeSchema.keys)

  package static let schema = RecordSchema(
    "problems",
    keys: [
      Key(
        "math", .nullable(.record(mathSchema)),
        isOptional: true, doc: "The pool's math problems; absent, there are none."),
      Key(
        "code", .nullable(.record(codeSchema)),
        isOptional: true, doc: "The pool's code problems; absent, there are none."),
      Key(
        "seed", .integer(0...1_000_000_000), default: 1, source: "ours",
        doc: "Root of the random numbers from which the pool is drawn."),
    ])

  package struct Part: Sendable {
    package let domain: Domain
    package let count: Int
    package let file: String?
    /// Keys that the file silences.
    let silenced: [String]
    package let mixture: @Sendable (_ limit: Int) -> ProblemMixture
    /// What is wrong between the settings of the mixture, at a path of the recipe.
    let faults: @Sendable (_ path: String, _ limit: Int) -> [RecipeFault]
  }

  package let parts: [Part]
  package let seed: Int

  package init(_ settings: Settings) {
    var parts: [Part] = []
    if let math = settings.optionalRecord("math") {
      let mixture = MixtureSettings.Math(math)
      parts.append(
        Part(
          domain: .math, count: math.integer("count"), file: math.optionalText("file"),
          silenced: math.keysSilencedByFile(Self.mathSchema), mixture: mixture.mixture,
          faults: mixture.faults))
    }
    if let code = settings.optionalRecord("code") {
      let mixture = MixtureSettings.Code(code)
      parts.append(
        Part(
          domain: .code, count: code.integer("count"), file: code.optionalText("file"),
          silenced: code.keysSilencedByFile(Self.codeSchema), mixture: mixture.mixture,
          faults: mixture.faults))
    }
    self.parts = parts
    seed = settings.integer("seed")
  }
}
