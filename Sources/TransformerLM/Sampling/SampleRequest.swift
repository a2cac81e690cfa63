package import Reproducibility

/// How tokens are drawn.
package struct SamplingRule: Sendable, Hashable {
  /// Divides the logits; above 0.
  package var temperature: Float
  /// Mass of the nucleus that is drawn from, in (0, 1]; 1 draws from all tokens.
  package var topP: Float
  /// Longest completion in tokens, at least 1, if the request does not say.
  package var maxNewTokens: Int
  /// The token that finishes a completion, and belongs to it.
  package var endToken: Int32

  package init(temperature: Float = 1, topP: Float = 1, maxNewTokens: Int, endToken: Int32) {
    self.temperature = temperature
    self.topP = topP
    self.maxNewTokens = maxNewTokens
    self.endToken = endToken
  }
}

/// A prompt and the completions wanted of it.
package struct SampleRequest: Sendable, Hashable {
  /// At least one token, fewer than the model's context.
  package var prompt: [Int32]
  /// One completion for each: its token `i` is drawn with `stream.uniform(at: i)`, so a completion
  /// depends on nothing but parameters, prompt, rule and stream.
  package var streams: [Seed]
  /// Longest completion in tokens, at least 1; nil takes the rule's.
  package var maxNewTokens: Int?
  /// Tokens that every completion begins with. They are fed, not drawn, count towards the longest
  /// completion, and are part of it with the log-probabilities that the model gives them.
  package var forcedPrefix: [Int32]

  package init(
    prompt: [Int32], streams: [Seed], maxNewTokens: Int? = nil, forcedPrefix: [Int32] = []
  ) {
    self.prompt = prompt
    self.streams = streams
    self.maxNewTokens = maxNewTokens
    self.forcedPrefix = forcedPrefix
  }
}

/// What the model wrote after a prompt.
package struct Completion: Sendable, Hashable {
  /// The tokens, with the end token if it came.
  package var tokens: [Int32]
  /// Log-probability of each token in nats under `softmax(z / temperature)`, before the nucleus was
  /// cut: the same bits as ``TrainingTape/logProbabilities`` at that temperature.
  package var logProbabilities: [Float]
  /// Whether the end token came before the longest length was reached.
  package var isFinished: Bool

  package init(tokens: [Int32], logProbabilities: [Float], isFinished: Bool) {
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.isFinished = isFinished
  }
}
