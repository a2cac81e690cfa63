import Reproducibility

/// What a stage must keep, beside weights and moments, to go on after a kill as if nothing had been.
struct StageState {
  /// Updates made in this stage.
  var step = 0
  var generatedTokens: Int
  var history = StageHistory()
  var scores: [SuiteScore] = []
  var chain = DigestChain()
  /// Rollouts kept for people to read, one JSON value each.
  var examples: [JSONValue] = []
  var samplers: JSONValue = [:]
  /// Whether the reference is another than at the start of the stage.
  var referenceWasRefreshed = false

  init(generatedTokens: Int) { self.generatedTokens = generatedTokens }

  var json: JSONValue {
    [
      "step": JSONValue(step), "generated_tokens": JSONValue(generatedTokens),
      "rewards": .array(history.rewards.map { .number($0) }),
      "scores": .array(scores.map(\.json)), "chain": chain.json,
      "examples": .array(examples), "samplers": samplers,
      "reference_was_refreshed": .bool(referenceWasRefreshed),
    ]
  }

  /// - Returns: nil when the value is not what ``json`` writes.
  init?(json: JSONValue) {
    guard let step = json["step"]?.int, let tokens = json["generated_tokens"]?.int,
      let rewards = json["rewards"]?.array, let scores = json["scores"]?.array,
      let chain = json["chain"].flatMap(DigestChain.init(json:)),
      let examples = json["examples"]?.array, let samplers = json["samplers"],
      let refreshed = json["reference_was_refreshed"]?.bool
    else { return nil }
    self.step = step
    generatedTokens = tokens
    history.rewards = rewards.compactMap(\.double)
    self.scores = scores.compactMap(SuiteScore.init(json:))
    self.chain = chain
    self.examples = examples
    self.samplers = samplers
    referenceWasRefreshed = refreshed
    for score in self.scores { history.add(score) }
    guard history.rewards.count == rewards.count, self.scores.count == scores.count else {
      return nil
    }
  }
}

extension StageHistory {
  mutating func add(_ score: SuiteScore) {
    if evaluations.last?.step != score.step { evaluations.append((score.step, [])) }
    evaluations[evaluations.count - 1].scores.append((score.suite, score.value))
  }
}

extension SuiteScore {
  init?(json: JSONValue) {
    guard let suite = json["suite"]?.string, let step = json["step"]?.int,
      let attempts = json["attempts"]?.int, let correct = json["correct"]?.array,
      let meanLength = json["mean_length"]?.double, let truncated = json["truncated"]?.double
    else { return nil }
    self.init(
      suite: suite, step: step, attempts: attempts, correct: correct.compactMap(\.int),
      meanLength: meanLength, truncated: truncated)
  }

  /// As measurements: the score, and how long and how often cut off the responses were.
  var measurements: [Measurement] {
    [
      Measurement(step: step, metric: suite, value: value),
      Measurement(step: step, metric: "\(suite).length", value: meanLength),
      Measurement(step: step, metric: "\(suite).truncated", value: truncated),
    ]
  }
}
