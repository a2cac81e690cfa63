import PolicyTrainer
import ReasoningTasks
import Reproducibility
import StudyLanguage
import Testing
import TransformerLM

/// Rewards to loss beside the formulas that TRL and verl publish, written down a second time in
/// PyTorch: the real settings, the real estimators, the real masks.
@Suite("GRPO as TRL and verl publish it", .comparesWithPython, .reportsErrors)
struct ObjectiveParityTests {
  // MARK: Cases

  struct Variant: Sendable {
    var advantage: JSONValue
    var kl: JSONValue
    var aggregation: String
    var truncated: String
    var clip: (low: Double, high: Double)
    var seed: UInt64

    /// What a recipe would write.
    var objective: JSONValue {
      [
        "advantage": advantage, "truncated": .string(truncated), "kl": kl,
        "loss": [
          "kind": "clipped", "clip_low": .number(clip.low), "clip_high": .number(clip.high),
          "aggregation": .string(aggregation),
        ],
        "entropy": ["kind": "bonus", "coefficient": 0.02],
      ]
    }

    var json: JSONValue {
      [
        "advantage": advantage["kind"] ?? .null, "epsilon": advantage["epsilon"] ?? 0,
        "kl": kl["kind"] ?? .null, "placement": kl["placement"] ?? "loss",
        "beta": kl["coefficient"] ?? 0, "aggregation": .string(aggregation),
        "truncated": .string(truncated), "clip_low": .number(clip.low),
        "clip_high": .number(clip.high), "entropy_coefficient": 0.02,
      ]
    }
  }

  /// Every divergence in every place with every aggregation and every rule for cut responses;
  /// advantages and clip ranges take turns.
  static let variants: [Variant] = {
    let advantages: [JSONValue] = [
      ["kind": "group-relative", "epsilon": 1e-4], ["kind": "group-centered"],
      ["kind": "leave-one-out"], ["kind": "group-relative", "epsilon": 1e-6],
    ]
    let clips = [(low: 0.2, high: 0.2), (0.2, 0.28), (0.1, 0.4)]
    var divergences: [JSONValue] = [["kind": "none"]]
    for kind in ["k1", "k2", "k3"] {
      for placement in ["loss", "reward"] {
        divergences.append(
          ["kind": .string(kind), "placement": .string(placement), "coefficient": 0.05])
      }
    }
    var variants: [Variant] = []
    for kl in divergences {
      for aggregation in TokenAggregation.allCases {
        for truncated in TruncationRule.allCases {
          let index = variants.count
          variants.append(
            Variant(
              advantage: advantages[index % advantages.count], kl: kl,
              aggregation: aggregation.rawValue, truncated: truncated.rawValue,
              clip: clips[index % clips.count], seed: UInt64(index)))
        }
      }
    }
    return variants
  }()

  /// One rollout with what the trainer would find at each of its tokens.
  struct Scored {
    var rollout: Rollout
    var now: [Double]
    var entropy: [Double]
  }

  /// Groups of 2…6 rollouts of 1…12 tokens, off policy by some tenths of a nat; every third group has
  /// equal rewards, every third rollout was cut off.
  static func groups(_ seed: UInt64) throws -> [(group: PromptGroup, scored: [Scored])] {
    var random = RandomStream(Seed(seed).derive("objective"))
    return try (0..<5).map { index in
      let scored = (0..<random.integer(in: 2...6)).map { _ in
        let reward = index % 3 == 0 ? 0.5 : [0, 0.25, 1][random.integer(in: 0...2)]
        let tokens = random.integer(in: 1...12)
        var one = rollout(tokens: tokens, reward: reward, isFinished: !random.chance(1 / 3))
        one.logProbabilities = (0..<tokens).map { _ in Float(-4 * random.uniform()) }
        one.referenceLogProbabilities = one.logProbabilities.map {
          $0 + Float(0.5 * random.normal())
        }
        return Scored(
          rollout: one,
          now: one.logProbabilities.map { Double($0) + 0.25 * random.normal() },
          entropy: one.logProbabilities.map { _ in 3 * random.uniform() })
      }
      return (try group(scored.map(\.rollout)), scored)
    }
  }

  // MARK: Ours

  /// Longest response, tokens: what `constant` aggregation divides by.
  static let cap = 12

  struct Outcome {
    var loss = 0.0
    var slopes: [Double] = []
    var entropySlopes: [Double] = []
    var advantages: [Double] = []
  }

  /// What ``PolicyUpdate`` adds up over a batch, with log-probabilities and entropies given.
  static func outcome(_ variant: Variant) throws -> Outcome {
    let stage = try stageSettings([
      "objective": variant.objective, "max_tokens": ["math": .number(Double(cap))],
    ])
    let shape = ModelShape(
      vocabulary: Vocabulary.standard.size, width: 32, layers: 1, heads: 2, feedForward: 16,
      context: 16)
    let builder = BatchBuilder(
      stage: stage, pools: [:],
      collector: RolloutCollector(
        sampler: Sampler(shape, slots: 1), vocabulary: .standard, verifier: Verifier()))
    let groups = try groups(variant.seed)
    var batch = RolloutBatch(groups: groups.map(\.group))
    builder.takeDivergenceOffRewards(of: &batch, at: anywhere)
    builder.estimateAdvantages(of: &batch, at: anywhere)
    let rollouts = batch.groups.flatMap(\.rollouts)
    let objective = stage.objective.loss
    let counted = objective.tokenWeights(in: batch.groups)
    let weights = batch.groups.flatMap { group in
      group.rollouts.map { counted.weight(of: $0, cap: stage.maxTokens[group.domain]) }
    }
    var outcome = Outcome(advantages: rollouts.map(\.advantage))
    for ((rollout, weight), scored) in zip(zip(rollouts, weights), groups.flatMap(\.scored)) {
      for token in rollout.tokens.indices {
        let term = objective.term(
          logProbability: scored.now[token], behaviour: Double(rollout.logProbabilities[token]),
          reference: Double(rollout.referenceLogProbabilities[token]),
          entropy: scored.entropy[token], advantage: rollout.advantage, at: anywhere)
        outcome.loss += weight * term.value
        outcome.slopes.append(weight * term.logProbabilitySlope)
        outcome.entropySlopes.append(weight * term.entropySlope)
      }
    }
    return outcome
  }

  // MARK: Theirs

  static func json(_ variant: Variant) throws -> JSONValue {
    let groups: [JSONValue] = try groups(variant.seed).map { _, scored in
      let rollouts: [JSONValue] = scored.map { one in
        [
          "reward": .number(one.rollout.reward), "truncated": .bool(one.rollout.isTruncated),
          "behaviour": JSONValue(one.rollout.logProbabilities), "now": JSONValue(one.now),
          "reference": JSONValue(one.rollout.referenceLogProbabilities),
          "entropy": JSONValue(one.entropy),
        ]
      }
      return ["cap": .number(Double(cap)), "rollouts": .array(rollouts)]
    }
    var json = variant.json.object ?? [:]
    json["groups"] = .array(groups)
    return .object(json)
  }

  static let answers = Result { () throws -> [JSONValue] in
    let exchange = try Exchange()
    try exchange.write("cases.json", .array(variants.map(json)))
    try Python.run("objective.py", on: exchange.path(""))
    return try exchange.json("answers.json").array ?? []
  }

  @Test("loss, slopes and advantages are theirs")
  func objective() throws {
    let answers = try Self.answers.get()
    try #require(answers.count == Self.variants.count)
    for (variant, theirs) in zip(Self.variants, answers) {
      let ours = try Self.outcome(variant)
      for (quantity, values, name) in [
        ("GRPO loss", [ours.loss], "loss"),
        ("GRPO slopes by log-probability", ours.slopes, "slopes"),
        ("GRPO slopes by entropy", ours.entropySlopes, "entropy_slopes"),
        ("GRPO advantages", ours.advantages, "advantages"),
      ] {
        let found = theirs[name].map { $0.double.map { [$0] } ?? $0.numbers }
        Agreement.expect(
          Agreement.mixed(values, found ?? []), within: 1e-9, quantity, variant.json.line)
      }
    }
  }

  @Test("the batches clip on both sides, mask, and hold silent groups")
  func lively() throws {
    var (above, below, masked, silent) = (0, 0, 0, 0)
    for variant in Self.variants {
      for (_, scored) in try Self.groups(variant.seed) {
        let rewards = Set(scored.map(\.rollout.reward))
        silent += rewards.count == 1 ? 1 : 0
        for one in scored {
          masked += one.rollout.isTruncated ? 1 : 0
          for (now, behaviour) in zip(one.now, one.rollout.logProbabilities) {
            above += now - Double(behaviour) > 0.34 ? 1 : 0
            below += now - Double(behaviour) < -0.23 ? 1 : 0
          }
        }
      }
    }
    #expect(above > 100 && below > 100 && masked > 100 && silent > 30)
  }
}
