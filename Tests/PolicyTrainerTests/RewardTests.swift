import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@Suite("Rewards and truncation")
struct RewardTests {
  static func reward(
    _ terms: [JSONValue], score: Double = 1, tokens: Int = 5, isFinished: Bool = true,
    at place: StepPlace = anywhere
  ) throws -> Double {
    try stageSettings(["reward": .array(terms)]).reward.reward(
      verdict: verdict(score), tokens: tokens, cap: 20, isFinished: isFinished, at: place)
  }

  @Test("the reward is the weighted sum of its terms")
  func weightedSum() throws {
    #expect(try Self.reward(["verifier"]) == 1)
    #expect(try Self.reward(["verifier"], score: 0.4) == 0.4)
    #expect(try Self.reward([["kind": "verifier", "weight": 2], "format"]) == 3)
    #expect(try Self.reward([["kind": "format", "weight": -0.5]], score: 0) == 0)
    #expect(try Self.reward([]) == 0)
  }

  @Test("a term's weight follows its schedule")
  func scheduledWeight() throws {
    let terms: [JSONValue] = [
      ["kind": "verifier", "weight": ["kind": "linear", "from": 1, "to": 0]]
    ]
    for (step, weight) in [(0, 1.0), (5, 0.5), (10, 0)] {
      let place = StepPlace(step: step, steps: 10, stageSeed: Seed(1))
      #expect(try Self.reward(terms, at: place) == weight)
    }
  }

  @Test(
    "the overlong penalty falls in a line over the margin below the cap",
    arguments: [(12, 0.0), (16, 0), (17, -0.25), (18, -0.5), (20, -1)])
  func overlong(tokens: Int, penalty: Double) throws {
    // Cap 20, margin 4: nothing up to 16 tokens.
    let terms: [JSONValue] = [["kind": "overlong", "margin": 4]]
    #expect(try Self.reward(terms, tokens: tokens) == penalty)
    #expect(try Self.reward(terms, tokens: tokens, isFinished: false) == -1)
  }

  // MARK: Truncated responses

  /// Two groups of rewards 1, 0, 1, 0 and 0, 0, 0, 1 with 2, 3, 4 and 9 tokens; the last of the
  /// first and the first of the second were cut off. The cap is 9.
  static func batch(_ rule: String) throws -> (batch: RolloutBatch, stage: StageSettings) {
    let stage = try stageSettings([
      "objective": [
        "truncated": .string(rule), "advantage": ["kind": "group-relative", "epsilon": 0],
      ]
    ])
    var batch = RolloutBatch(groups: [
      try group([
        rollout(tokens: 2, reward: 1), rollout(tokens: 3, reward: 0), rollout(tokens: 4, reward: 1),
        rollout(tokens: 9, reward: 0, isFinished: false),
      ]),
      try group([
        rollout(tokens: 9, reward: 0, isFinished: false), rollout(tokens: 3, reward: 0),
        rollout(tokens: 2, reward: 0), rollout(tokens: 2, reward: 1),
      ]),
    ])
    BatchBuilder(stage: stage, pools: [:], collector: try Self.collector())
      .estimateAdvantages(of: &batch, at: anywhere)
    return (batch, stage)
  }

  static func collector() throws -> RolloutCollector {
    let recipe = try ReadRecipe(tinyRecipe).recipe
    return RolloutCollector(
      sampler: Sampler(recipe.model.shape, slots: 8), vocabulary: .standard,
      verifier: recipe.tasks.verifier)
  }

  /// Deviations: 1, 0, 1, 0 and 1, 0, 1 have √(1/3); 0, 0, 0, 1 has 1/2; 0, 0, 1 has √(1/3).
  static let third = (1.0 / 3).squareRoot()

  @Test(
    "train, mask and exclude truncated responses as Skywork-OR1 tells them apart",
    arguments: [
      (
        "train", [0.5 / third, -0.5 / third, 0.5 / third, -0.5 / third], [-0.5, -0.5, -0.5, 1.5],
        34
      ),
      // In the statistics, without loss.
      ("masked", [0.5 / third, -0.5 / third, 0.5 / third, 0], [0, -0.5, -0.5, 1.5], 16),
      // Mean 2/3 of 1, 0, 1 and 1/3 of 0, 0, 1.
      (
        "excluded", [1 / (3 * third), -2 / (3 * third), 1 / (3 * third), 0],
        [0, -1 / (3 * third), -1 / (3 * third), 2 / (3 * third)], 16
      ),
    ])
  func truncation(rule: String, first: [Double], second: [Double], tokens: Int) throws {
    let (batch, stage) = try Self.batch(rule)
    for (group, expected) in zip(batch.groups, [first, second]) {
      for (rollout, advantage) in zip(group.rollouts, expected) {
        #expect(isClose(rollout.advantage, advantage), "\(rule)")
        #expect(rollout.countsInLoss == (rule == "train" || rollout.isFinished))
        #expect(rollout.countsInGroup == (rule != "excluded" || rollout.isFinished))
      }
    }
    // The denominator counts the tokens that learn and no others.
    let weights = stage.objective.loss.tokenWeights(in: batch.groups)
    for rollout in batch.groups.flatMap(\.rollouts) {
      let weight = weights.weight(of: rollout, cap: 9)
      #expect(weight == (rule == "train" || rollout.isFinished ? 1 / Double(tokens) : 0))
    }
  }

  @Test("a group with one finished response, the others excluded, has no advantage")
  func lonely() throws {
    let stage = try stageSettings(["objective": ["truncated": "excluded"]])
    var batch = RolloutBatch(groups: [
      try group([
        rollout(tokens: 2, reward: 1), rollout(tokens: 9, reward: 0, isFinished: false),
        rollout(tokens: 9, reward: 0, isFinished: false),
      ]),
      try group([rollout(tokens: 9, reward: 0, isFinished: false)]),
    ])
    BatchBuilder(stage: stage, pools: [:], collector: try Self.collector())
      .estimateAdvantages(of: &batch, at: anywhere)
    #expect(batch.groups.flatMap(\.rollouts).allSatisfy { $0.advantage == 0 })
    #expect(batch.groups.allSatisfy { !$0.hasSignal })
  }
}
