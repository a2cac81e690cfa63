import PolicyTrainer
import Reproducibility
import Testing

@Suite("Losses")
struct LossTests {
  // MARK: The clipped surrogate

  /// ε_low = 0.2, ε_high = 0.28: different, so that a mix-up shows.
  static func clipped() throws -> any PolicyLoss {
    try make(
      MethodCatalog.policyLosses, ["kind": "clipped", "clip_low": 0.2, "clip_high": 0.28])
  }

  @Test(
    "the surrogate stops only where the ratio left its range on the profitable side",
    arguments: [
      // ratio, advantage, value = −min(ρA, clip(ρ)A), d value / d log π = −ρA or 0
      (1.0, 2.0, -2.0, -2.0), (1.0, -2.0, 2.0, 2.0), (1.0, 0.0, 0.0, 0.0),
      (1.1, 1.0, -1.1, -1.1), (0.9, 1.0, -0.9, -0.9),
      (1.1, -1.0, 1.1, 1.1), (0.9, -1.0, 0.9, 0.9),
      (1.5, 1.0, -1.28, 0.0),  // too likely already: held at 1 + 0.28
      (0.5, 1.0, -0.5, -0.5),  // lost ground may be won back
      (1.5, -1.0, 1.5, 1.5),  // became likelier though bad: pushed down
      (0.5, -1.0, 0.8, 0.0),  // unlikely enough: held at 1 − 0.2
    ])
  func clipping(ratio: Double, advantage: Double, value: Double, slope: Double) throws {
    let now = ratio == 1 ? -1.25 : -1.25 + portableLog(ratio)
    let term = try Self.clipped().term(
      logProbability: now, behaviour: -1.25, advantage: advantage, at: anywhere)
    #expect(isClose(term.value, value), "\(term.value)")
    #expect(isClose(term.logProbabilitySlope, slope), "\(term.logProbabilitySlope)")
    #expect(term.entropySlope == 0)
  }

  @Test("on policy the ratio is exactly 1 whatever the log-probability", arguments: 0..<32)
  func onPolicy(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("on policy"))
    let log = -10 * random.uniform()
    let advantage = random.normal()
    let term = try Self.clipped().term(
      logProbability: log, behaviour: log, advantage: advantage, at: anywhere)
    #expect(term.value == -advantage && term.logProbabilitySlope == -advantage)
  }

  @Test("slopes of the surrogate are its central differences", arguments: 0..<64)
  func surrogateSlope(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("surrogate"))
    let loss = try Self.clipped()
    let behaviour = -4 * random.uniform() - 0.1
    let now = behaviour + random.uniform() - 0.5
    let advantage = random.normal()
    // At its two corners the surrogate has no slope; step aside.
    let ratio = portableExp(now - behaviour)
    if abs(ratio - 0.8) < 1e-3 || abs(ratio - 1.28) < 1e-3 { return }
    expectSlope(at: now) {
      loss.term(logProbability: $0, behaviour: behaviour, advantage: advantage, at: anywhere)
    }
  }

  @Test("an absurd ratio stays a number")
  func absurdRatio() throws {
    for advantage in [1.0, -1] {
      let term = try Self.clipped().term(
        logProbability: 0, behaviour: -1e6, advantage: advantage, at: anywhere)
      #expect(term.value.isFinite && term.logProbabilitySlope.isFinite)
    }
  }

  // MARK: Regularisers

  @Test("k1, k2 and k3 are the formulas of Schulman, worked out by hand")
  func divergences() throws {
    // log π = −1, log π_ref = −1.5: log ratio 0.5; π_ref / π = e^−0.5 = 0.6065306597126334.
    let expected: [(kind: String, value: Double, slope: Double)] = [
      ("k1", 0.5, 1), ("k2", 0.125, 0.5),
      ("k3", 0.6065306597126334 + 0.5 - 1, 1 - 0.6065306597126334),
    ]
    for (kind, value, slope) in expected {
      let regulariser = try make(
        MethodCatalog.divergences, ["kind": .string(kind), "coefficient": 2])
      let term = regulariser.term(
        logProbability: -1, reference: -1.5, entropy: 3, at: anywhere)
      #expect(isClose(term.value, 2 * value), "\(kind)")
      #expect(isClose(term.logProbabilitySlope, 2 * slope), "\(kind)")
      #expect(term.entropySlope == 0 && regulariser.needsReference && !regulariser.isInReward)
    }
  }

  @Test("a policy that equals its reference pays nothing and feels nothing, but for k1's slope")
  func noDivergence() throws {
    for (kind, slope) in [("k1", 1.0), ("k2", 0), ("k3", 0)] {
      let regulariser = try make(
        MethodCatalog.divergences, ["kind": .string(kind), "coefficient": 1])
      let term = regulariser.term(logProbability: -2, reference: -2, entropy: 1, at: anywhere)
      #expect(term.value == 0 && term.logProbabilitySlope == slope, "\(kind)")
    }
  }

  @Test("the entropy bonus is −c H")
  func entropy() throws {
    let bonus = try make(MethodCatalog.entropies, ["kind": "bonus", "coefficient": 0.5])
    let term = bonus.term(logProbability: -1, reference: -1, entropy: 1.5, at: anywhere)
    #expect(term == TokenTerm(value: -0.75, logProbabilitySlope: 0, entropySlope: -0.5))
    #expect(!bonus.needsReference)
    let none = try make(MethodCatalog.entropies, "none")
    #expect(
      none.term(logProbability: -1, reference: -3, entropy: 1.5, at: anywhere)
        == TokenTerm(value: 0))
  }

  @Test("slopes of the regularisers are their central differences", arguments: 0..<32)
  func regulariserSlopes(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("regularisers"))
    let reference = -4 * random.uniform()
    let now = reference + 2 * random.uniform() - 1
    for kind in ["none", "k1", "k2", "k3"] {
      let regulariser = try make(MethodCatalog.divergences, .string(kind))
      expectSlope(at: now) {
        regulariser.term(logProbability: $0, reference: reference, entropy: 1, at: anywhere)
      }
    }
    let bonus = try make(MethodCatalog.entropies, ["kind": "bonus", "coefficient": -0.3])
    let h = 1e-5
    let up = bonus.term(logProbability: now, reference: now, entropy: 1 + h, at: anywhere)
    let down = bonus.term(logProbability: now, reference: now, entropy: 1 - h, at: anywhere)
    #expect(isClose((up.value - down.value) / (2 * h), up.entropySlope, 1e-6))
  }

  @Test("k3 of a token far from the reference stays finite")
  func farAway() throws {
    let regulariser = try make(MethodCatalog.divergences, ["kind": "k3", "coefficient": 1])
    let term = regulariser.term(logProbability: -90, reference: 0, entropy: 0, at: anywhere)
    #expect(term.value.isFinite && term.value > 1e8)
    #expect(term.logProbabilitySlope.isFinite && term.logProbabilitySlope < -1e8)
  }

  @Test("coefficients follow their schedules through the stage")
  func schedules() throws {
    let line: JSONValue = ["kind": "linear", "from": 1, "to": 0]
    let kl = try make(MethodCatalog.divergences, ["kind": "k1", "coefficient": line])
    let bonus = try make(MethodCatalog.entropies, ["kind": "bonus", "coefficient": line])
    for (step, coefficient) in [(0, 1.0), (5, 0.5), (10, 0)] {
      let place = StepPlace(step: step, steps: 10, stageSeed: Seed(1))
      let divergence = kl.term(logProbability: -1, reference: -3, entropy: 4, at: place)
      #expect(divergence.value == 2 * coefficient)
      #expect(divergence.logProbabilitySlope == coefficient)
      let entropy = bonus.term(logProbability: -1, reference: -3, entropy: 4, at: place)
      #expect(entropy.value == -4 * coefficient && entropy.entropySlope == -coefficient)
    }
  }

  /// The reported slope against (f(x + h) − f(x − h)) / 2h.
  private func expectSlope(
    at x: Double, of term: (Double) -> TokenTerm, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let h = 1e-5
    let difference = (term(x + h).value - term(x - h).value) / (2 * h)
    #expect(
      isClose(difference, term(x).logProbabilitySlope, 1e-6), "\(difference)",
      sourceLocation: sourceLocation)
  }

  // MARK: How tokens add up

  /// Four rollouts of 2, 6, 4 and 3 tokens in two groups; the third is masked. Caps 8 and 10.
  static func weights(_ aggregation: String, maskAll: Bool = false) throws -> [Double] {
    var rollouts = [2, 6, 4, 3].map { rollout(tokens: $0) }
    rollouts[2].countsInLoss = false
    if maskAll { for index in rollouts.indices { rollouts[index].countsInLoss = false } }
    let loss = try make(
      MethodCatalog.policyLosses, ["kind": "clipped", "aggregation": .string(aggregation)])
    let weights = Objective(loss: loss, regularisers: []).tokenWeights(
      in: [try group(Array(rollouts[..<2])), try group(Array(rollouts[2...]))])
    return zip(rollouts, [8, 8, 10, 10]).map { weights.weight(of: $0, cap: $1) }
  }

  @Test("a masked rollout weighs nothing and counts in no denominator")
  func aggregations() throws {
    // 11 tokens count, in 3 responses.
    #expect(try Self.weights("token") == [1.0 / 11, 1.0 / 11, 0, 1.0 / 11])
    #expect(try Self.weights("sequence") == [1.0 / 6, 1.0 / 18, 0, 1.0 / 9])
    #expect(try Self.weights("constant") == [1.0 / 24, 1.0 / 24, 0, 1.0 / 30])
  }

  @Test("a batch of masked rollouts weighs nothing", arguments: TokenAggregation.allCases)
  func allMasked(aggregation: TokenAggregation) throws {
    #expect(try Self.weights(aggregation.rawValue, maskAll: true) == [0, 0, 0, 0])
  }

  @Test("token and sequence weights add up to 1 over the batch", arguments: 0..<16)
  func unity(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("weights"))
    let rollouts = (0..<7).map { _ in
      var one = rollout(tokens: random.integer(in: 1...9))
      one.countsInLoss = random.chance(0.7)
      return one
    }
    guard rollouts.contains(where: \.countsInLoss) else { return }
    for kind in ["token", "sequence"] {
      let loss = try make(
        MethodCatalog.policyLosses, ["kind": "clipped", "aggregation": .string(kind)])
      let weights = Objective(loss: loss, regularisers: []).tokenWeights(in: [try group(rollouts)])
      let total = rollouts.reduce(0) {
        $0 + weights.weight(of: $1, cap: 9) * Double($1.tokens.count)
      }
      #expect(isClose(total, 1))
    }
  }

  @Test("the whole loss of a token is surrogate plus regularisers, those in the reward left out")
  func together() throws {
    let objective = Objective(
      loss: try Self.clipped(),
      regularisers: [
        try make(MethodCatalog.divergences, ["kind": "k2", "coefficient": 2]),
        try make(
          MethodCatalog.divergences, ["kind": "k1", "coefficient": 5, "placement": "reward"]),
        try make(MethodCatalog.entropies, ["kind": "bonus", "coefficient": 0.5]),
      ])
    // ρ = 1, A = 3: −3. k2: 2 · ½ · 0.5² = 0.25. Entropy: −0.5 · 2 = −1.
    let term = objective.term(
      logProbability: -1, behaviour: -1, reference: -1.5, entropy: 2, advantage: 3, at: anywhere)
    #expect(isClose(term.value, -3 + 0.25 - 1))
    #expect(isClose(term.logProbabilitySlope, -3 + 2 * 0.5) && term.entropySlope == -0.5)
    #expect(objective.needsReference)
  }
}
