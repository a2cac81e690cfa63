import Reproducibility

/// What a stage must keep, beside weights and moments, to go on after a kill as if nothing had been.
struct StageState {
  /// Updates made in this stage.
  var step = 0
  var generatedTokens: Int
  var history = StageHistory()
  var scores: [SuiteScore] = []
  var digests: [DigestRecord] = []
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
      "scores": .array(scores.map(\.json)), "digests": .array(digests.map(\.json)),
      "examples": .array(examples), "samplers": samplers,
      "reference_was_refreshed": .bool(referenceWasRefreshed),
    ]
  }

  /// - Returns: nil when the value is not what ``json`` writes.
  init?(json: JSONValue) {
    guard let step = json["step"]?.int, let tokens = json["generated_tokens"]?.int,
      let rewards = json["rewards"]?.array, let scores = json["scores"]?.array,
      let digests = json["digests"]?.array, let examples = json["examples"]?.array,
      let samplers = json["samplers"], let refreshed = json["reference_was_refreshed"]?.bool
    else { return nil }
    self.step = step
    generatedTokens = tokens
    history.rewards = rewards.compactMap(\.double)
    self.scores = scores.compactMap(SuiteScore.init(json:))
    self.digests = digests.compactMap(DigestRecord.init(json:))
    self.examples = examples
    self.samplers = samplers
    referenceWasRefreshed = refreshed
    for score in self.scores { history.add(score) }
    guard history.rewards.count == rewards.count, self.scores.count == scores.count,
      self.digests.count == digests.count
    else { return nil }
  }
}

/// A link of the chain of digests: what weights and moments were after a step. A resumed stage has the same.
struct DigestRecord: Sendable, Hashable {
  var step: Int
  var policy: Digest
  var optimizer: Digest

  init(step: Int, policy: Digest, optimizer: Digest) {
    self.step = step
    self.policy = policy
    self.optimizer = optimizer
  }

  init?(json: JSONValue) {
    guard let step = json["step"]?.int,
      let policy = json["policy"]?.string.flatMap(Digest.init(hex:)),
      let optimizer = json["optimizer"]?.string.flatMap(Digest.init(hex:))
    else { return nil }
    self.init(step: step, policy: policy, optimizer: optimizer)
  }

  var json: JSONValue {
    ["step": JSONValue(step), "policy": .string(policy.hex), "optimizer": .string(optimizer.hex)]
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
