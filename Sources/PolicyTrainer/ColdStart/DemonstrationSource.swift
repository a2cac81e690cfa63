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

  package init(
    tasks: TaskSettings, coldStart: ColdStartSettings, style: DemonstrationStyle,
    vocabulary: Vocabulary
  ) throws(GenerationFault) {
    math = try tasks.source(coldStart.math)
    code = try tasks.source(coldStart.code)
    mathShare = coldStart.mathShare
    self.style = style
    self.vocabulary = vocabulary
  }

  /// The demonstration of a seed.
  package func sample(_ seed: Seed) throws -> Sample {
    var random = RandomStream(seed)
    let source = random.chance(mathShare) ? math : code
    let problem = try source.problem(&random)
    let text = try problem.demonstration(style: style, random: &random)
    return Sample(
      prompt: try vocabulary.encode(problem.prompt),
      response: try vocabulary.encode(text) + [vocabulary.end])
  }
}
