package import ReasoningTasks
package import Reproducibility

/// Draws worked problems: the prompt and a correct response, as tokens.
package struct DemonstrationSource: Sendable {
  package struct Sample: Sendable {
    package var prompt: [Int32]
    /// The demonstration with its end token.
    package var response: [Int32]
  }

  private let math: ProblemSource
  private let code: ProblemSource
  private let mathShare: Double
  private let style: DemonstrationStyle
  private let vocabulary: Vocabulary
  private let keptOut: Set<String>

  /// - Parameter keptOut: canonical forms of problems that must not be shown, those of the suites.
  package init(
    tasks: TaskSettings, coldStart: ColdStartSettings, style: DemonstrationStyle,
    vocabulary: Vocabulary, keptOut: Set<String>
  ) throws(GenerationFault) {
    math = try tasks.source(coldStart.math)
    code = try tasks.source(coldStart.code)
    mathShare = coldStart.mathShare
    self.style = style
    self.vocabulary = vocabulary
    self.keptOut = keptOut
  }

  /// The demonstration of a seed.
  package func sample(_ seed: Seed) throws -> Sample {
    var random = RandomStream(seed)
    let source = random.chance(mathShare) ? math : code
    let problem = try draw(source, &random)
    let text = try problem.demonstration(style: style, random: &random)
    return Sample(
      prompt: try vocabulary.encode(problem.prompt),
      response: try vocabulary.encode(text) + [vocabulary.end])
  }

  /// A problem that no suite holds.
  private func draw(_ source: ProblemSource, _ random: inout RandomStream) throws -> Problem {
    for _ in 0..<ProblemGenerator.attemptLimit {
      let problem = try source.problem(&random)
      if !keptOut.contains(problem.canonicalForm) { return problem }
    }
    throw WorkFault(
      what: "the cold start finds no problem that is not held out",
      why: "\(ProblemGenerator.attemptLimit) drawn in a row all stand in a suite",
      help: "widen 'cold_start', or make the suites smaller")
  }
}
