import PolicyTrainer
import ReasoningTasks
import Reproducibility
import Testing

@Suite("Curriculum")
struct CurriculumTests {
  // MARK: Domains

  @Test("2.1 to 1 in batches of 8 is exact after 31 steps")
  func paperRatio() {
    let mixer = DomainMixer(weights: [(.math, 2.1), (.code, 1)], promptsPerStep: 8)
    var totals = [Domain.math: 0, .code: 0]
    for step in 0..<31 {
      let counts = mixer.counts(at: step)
      #expect(counts.map(\.domain) == [.math, .code])
      #expect(counts.reduce(0) { $0 + $1.count } == 8)
      for (domain, count) in counts { totals[domain, default: 0] += count }
      // 5.42 math prompts a step: never anything but 5 or 6.
      #expect((5...6).contains(counts[0].count))
    }
    // 248 prompts: 248 · 2.1 / 3.1 = 168 and 248 / 3.1 = 80.
    #expect(totals == [.math: 168, .code: 80])
  }

  @Test("any ratio stays within one prompt of its share, at every step", arguments: 0..<64)
  func ratios(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("ratios"))
    let weights = [(Domain.math, random.uniform() + 0.01), (.code, 3 * random.uniform() + 0.01)]
    let prompts = random.integer(in: 1...17)
    let mixer = DomainMixer(weights: weights, promptsPerStep: prompts)
    let share = weights[0].1 / (weights[0].1 + weights[1].1)
    var math = 0
    for step in 0..<200 {
      let counts = mixer.counts(at: step)
      #expect(counts.allSatisfy { $0.count >= 0 })
      #expect(counts.reduce(0) { $0 + $1.count } == prompts)
      math += counts[0].count
      let expected = share * Double((step + 1) * prompts)
      #expect(abs(Double(math) - expected) < 1 + 1e-6, "step \(step)")
    }
  }

  @Test("batches that alternate hold the ratio in whole steps, at every step", arguments: 0..<32)
  func alternatingBatches(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("alternating"))
    let weights = [(Domain.math, random.uniform() + 0.01), (.code, 3 * random.uniform() + 0.01)]
    let prompts = random.integer(in: 1...17)
    let mixer = DomainMixer(weights: weights, promptsPerStep: prompts, batching: .alternating)
    let share = weights[0].1 / (weights[0].1 + weights[1].1)
    var math = 0
    for step in 0..<200 {
      let counts = mixer.counts(at: step).map(\.count)
      #expect(counts == [prompts, 0] || counts == [0, prompts], "step \(step)")
      if counts[0] > 0 { math += 1 }
      #expect(abs(Double(math) - share * Double(step + 1)) < 1 + 1e-6, "step \(step)")
    }
  }

  @Test("2.1 to 1 in batches that alternate is 162 of 240 steps, never two of code in a row")
  func paperRatioAlternating() {
    let mixer = DomainMixer(
      weights: [(.math, 2.1), (.code, 1)], promptsPerStep: 8, batching: .alternating)
    let isMath = (0..<240).map { mixer.counts(at: $0)[0].count > 0 }
    // 240 · 2.1 / 3.1 = 162.6; the running sums are rounded down.
    #expect(isMath.count { $0 } == 162)
    #expect(zip(isMath, isMath.dropFirst()).allSatisfy { $0 || $1 })
  }

  @Test("one domain takes every prompt")
  func oneDomain() {
    let mixer = DomainMixer(weights: [(.code, 0.3)], promptsPerStep: 5)
    #expect((0..<20).allSatisfy { mixer.counts(at: $0).map(\.count) == [5] })
  }

  // MARK: Problem samplers

  static let pool: [PoolEntry] = (try? (1...7).map { try entry(sum($0, 1)) }) ?? []

  static func place(_ step: Int, seed: UInt64 = 3) -> StepPlace {
    StepPlace(step: step, steps: 100, stageSeed: Seed(seed))
  }

  @Test("a uniform sampler shows each problem once a pass, in an order of its own each pass")
  func uniform() throws {
    var sampler = try make(MethodCatalog.problemSamplers, "uniform")
    var drawn: [Int] = []
    // 7 problems, 3 a step: passes end in the middle of steps.
    for step in 0..<14 {
      drawn += sampler.propose(3, from: Self.pool, at: Self.place(step))
    }
    let passes = stride(from: 0, to: 42, by: 7).map { Array(drawn[$0..<$0 + 7]) }
    for pass in passes { #expect(pass.sorted() == Array(0..<7)) }
    #expect(Set(passes).count > 4)
  }

  @Test("equal seeds give a uniform sampler equal orders, different seeds others")
  func uniformSeeds() throws {
    func order(_ seed: UInt64) throws -> [Int] {
      var sampler = try make(MethodCatalog.problemSamplers, "uniform")
      return sampler.propose(28, from: Self.pool, at: Self.place(0, seed: seed))
    }
    #expect(try order(5) == order(5))
    #expect(try order(5) != order(6))
  }

  @Test("the domains of one stage are shuffled apart", arguments: 1...8)
  func uniformDomains(seed: UInt64) throws {
    let programs = try (1...7).map { factor in
      try entry(
        .code(
          prompt: "C1:\(factor),2:\(2 * factor)=",
          tests: [CodeTest(input: 3, output: 3 * factor)], reference: "x*\(factor)"))
    }
    func order(_ pool: [PoolEntry]) throws -> [Int] {
      var sampler = try make(MethodCatalog.problemSamplers, "uniform")
      return sampler.propose(28, from: pool, at: Self.place(0, seed: seed))
    }
    // As many problems, the same stage: only the domain tells the two apart.
    try #require(programs.count == Self.pool.count)
    #expect(try order(programs) != order(Self.pool))
    // Of a domain it is the stage's seed alone: other problems come in the same order.
    let others = try (1...7).map { try entry(sum($0, 2)) }
    #expect(try order(others) == order(Self.pool))
  }

  @Test(
    "a sampler goes on from its stored state as if it had never stopped", arguments: 0..<20)
  func resume(stop: Int) throws {
    for json: JSONValue in ["uniform", ["kind": "sorted", "by": "S"]] {
      var whole = try make(MethodCatalog.problemSamplers, json)
      let expected = (0..<20).map { whole.propose(3, from: Self.pool, at: Self.place($0)) }
      var first = try make(MethodCatalog.problemSamplers, json)
      for step in 0..<stop { _ = first.propose(3, from: Self.pool, at: Self.place(step)) }
      let stored = try JSONValue(parsing: first.state.line)
      var second = try make(MethodCatalog.problemSamplers, json)
      second.state = stored
      for step in stop..<20 {
        #expect(second.propose(3, from: Self.pool, at: Self.place(step)) == expected[step])
      }
    }
  }

  @Test("a sorted sampler goes by pass rate, ties in the order of the pool, then begins again")
  func sorted() throws {
    // Scores of 4 attempts; the other solver's are there to be ignored.
    let scores: [Double] = [2, 4, 0, 2, 1]
    let pool = try scores.enumerated().map { index, score in
      try entry(
        sum(index + 1, 1),
        [
          ("M", PassRate(score: 4 - score, attempts: 4)),
          ("S", PassRate(score: score, attempts: 4)),
        ])
    }
    var easy = try make(MethodCatalog.problemSamplers, ["kind": "sorted", "by": "S"])
    #expect(easy.propose(3, from: pool, at: Self.place(0)) == [1, 0, 3])
    #expect(easy.propose(4, from: pool, at: Self.place(1)) == [4, 2, 1, 0])
    var hard = try make(
      MethodCatalog.problemSamplers, ["kind": "sorted", "by": "S", "order": "hard-first"])
    #expect(hard.propose(6, from: pool, at: Self.place(0)) == [2, 4, 0, 3, 1, 2])
  }

  // MARK: The group filter

  @Test("dynamic sampling keeps the groups between all wrong and all right")
  func dynamicFilter() throws {
    let filter = try make(MethodCatalog.groupFilters, "dynamic")
    let none = try make(MethodCatalog.groupFilters, "none")
    for (scores, isKept) in [
      ([0.0, 0, 0], false), ([1, 1], false), ([1, 0], true), ([0.4, 0.4], true), ([0, 0.2], true),
    ] {
      let group = try group(scores.map { rollout(tokens: 2, reward: $0) })
      #expect(filter.keeps(group, at: anywhere) == isKept, "\(scores)")
      #expect(none.keeps(group, at: anywhere))
    }
    #expect(filter.refillRounds == 4 && none.refillRounds == 0)
  }

  // MARK: The end of a stage

  static func isReached(_ json: JSONValue, _ rewards: [Double]) throws -> Bool {
    var history = StageHistory()
    history.rewards = rewards
    return try make(MethodCatalog.stageEnds, json).isReached(history)
  }

  @Test("a plateau is two windows whose means differ by less than the rise")
  func plateau() throws {
    let plateau: JSONValue = ["kind": "plateau", "window": 2, "rise": 0.25]
    #expect(try !Self.isReached(plateau, [0, 0, 0]))
    #expect(try Self.isReached(plateau, [0, 0, 0, 0]))
    // Means 0.25 and 0.5: a rise of exactly 0.25 goes on.
    #expect(try !Self.isReached(plateau, [0, 0.5, 0.5, 0.5]))
    #expect(try Self.isReached(plateau, [0, 0.5, 0.5, 0.25]))
    // Only the last four count, and a falling reward is no rise.
    #expect(try Self.isReached(plateau, [0, 0, 1, 1, 0, 0]))
  }

  @Test("success is a window whose mean reaches the reward")
  func success() throws {
    let success: JSONValue = ["kind": "success", "reward": 0.75, "window": 2]
    #expect(try !Self.isReached(success, [1]))
    #expect(try Self.isReached(success, [0, 0.5, 1]))
    #expect(try !Self.isReached(success, [1, 1, 0.25]))
    #expect(try !Self.isReached("steps", [1, 1, 1]))
  }
}
