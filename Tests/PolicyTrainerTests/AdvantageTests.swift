import PolicyTrainer
import Reproducibility
import Testing

@Suite("Advantages")
struct AdvantageTests {
  @Test("group-relative advantages are the standardised rewards, worked out by hand")
  func groupRelative() throws {
    let estimator = try make(MethodCatalog.advantages, "group-relative")
    // Mean 1/4; squares 9/16 + 3·1/16 = 3/4, over n − 1 = 3: variance 1/4, deviation 1/2.
    // Then (1 − 1/4) / (1/2 + 1e-4) and (0 − 1/4) / (1/2 + 1e-4).
    // Second group: mean 1/2, squares 2·1/4 over 1: deviation √(1/2).
    let advantages = estimator.advantages(of: [[1, 0, 0, 0], [0, 1], []], at: anywhere)
    #expect(isClose(advantages[0][0], 0.75 / 0.5001))
    #expect(advantages[0].dropFirst().allSatisfy { isClose($0, -0.25 / 0.5001) })
    let deviation = 0.5.squareRoot()
    #expect(isClose(advantages[1][0], -0.5 / (deviation + 1e-4)))
    #expect(isClose(advantages[1][1], 0.5 / (deviation + 1e-4)))
    #expect(advantages[2].isEmpty)
  }

  @Test("epsilon is added to the deviation, not to the variance")
  func epsilon() throws {
    let estimator = try make(
      MethodCatalog.advantages, ["kind": "group-relative", "epsilon": 0.5])
    // Deviation 1/2 as above: 0.75 / (0.5 + 0.5).
    let advantages = estimator.advantages(of: [[1, 0, 0, 0]], at: anywhere)
    #expect(advantages == [[0.75, -0.25, -0.25, -0.25]])
  }

  @Test("centered advantages are rewards less their mean")
  func centered() throws {
    let estimator = try make(MethodCatalog.advantages, "group-centered")
    #expect(
      estimator.advantages(of: [[1, 0, 0, 0], [0.5, 1]], at: anywhere)
        == [[0.75, -0.25, -0.25, -0.25], [-0.25, 0.25]])
  }

  @Test("leave-one-out compares with the mean of the others")
  func leaveOneOut() throws {
    let estimator = try make(MethodCatalog.advantages, "leave-one-out")
    // 1 − 0; 0 − 1/2; 0 − 1/2. And 1 − (0.5 + 0)/2, 0.5 − (1 + 0)/2, 0 − (1 + 0.5)/2.
    #expect(
      estimator.advantages(of: [[1, 0, 0], [1, 0.5, 0]], at: anywhere)
        == [[1, -0.5, -0.5], [0.75, 0, -0.75]])
  }

  @Test("the reward is its own advantage")
  func reward() throws {
    let estimator = try make(MethodCatalog.advantages, "reward")
    #expect(estimator.advantages(of: [[1, 0], [0.3]], at: anywhere) == [[1, 0], [0.3]])
  }

  @Test(
    "a group of equal rewards has advantage 0, exactly",
    arguments: ["group-relative", "group-centered", "leave-one-out"])
  func silence(kind: String) throws {
    let estimator = try make(MethodCatalog.advantages, .string(kind))
    for value in [0, 1, 0.1, 1.0 / 3] {
      for size in 1...9 {
        let group = [Double](repeating: value, count: size)
        #expect(
          estimator.advantages(of: [group], at: anywhere) == [group.map { _ in 0 }],
          "\(size) rewards of \(value)")
      }
    }
  }

  @Test("advantages sum to zero, keep the order of rewards and ignore a shift", arguments: 0..<32)
  func properties(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("advantages"))
    let groups = (0..<5).map { _ in
      (0..<random.integer(in: 2...12)).map { _ in Double(random.integer(in: 0...5)) / 5 }
    }
    for kind in ["group-relative", "group-centered", "leave-one-out"] {
      let estimator = try make(MethodCatalog.advantages, .string(kind))
      let advantages = estimator.advantages(of: groups, at: anywhere)
      let shifted = estimator.advantages(of: groups.map { $0.map { $0 + 2 } }, at: anywhere)
      for (group, values) in zip(groups.indices, advantages) {
        #expect(abs(values.reduce(0, +)) < 1e-9)
        for i in values.indices {
          #expect(isClose(values[i], shifted[group][i], 1e-9))
          for j in values.indices where groups[group][i] < groups[group][j] {
            #expect(values[i] < values[j])
          }
        }
      }
    }
  }

  @Test("group-relative advantages have deviation 1 when epsilon is 0", arguments: 0..<16)
  func unitDeviation(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("deviation"))
    let group = (0..<8).map { _ in random.uniform() }
    let estimator = try make(MethodCatalog.advantages, ["kind": "group-relative", "epsilon": 0])
    let advantages = estimator.advantages(of: [group], at: anywhere)[0]
    #expect(isClose(advantages.reduce(0) { $0 + $1 * $1 } / 7, 1, 1e-9))
  }
}
