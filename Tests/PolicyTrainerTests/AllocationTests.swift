import AllocationCounter
import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@testable import PolicyTrainer

/// What a body takes from the allocator, after it ran twice.
private func allocations(_ body: () throws -> Void) rethrows -> (calls: Int, bytes: Int) {
  for _ in 0..<2 { try body() }
  let before = allocation_count()
  try body()
  let after = allocation_count()
  return (Int(after.calls - before.calls), Int(after.bytes - before.bytes))
}

@Suite("Allocations of a step")
struct StepAllocationTests {
  @Test("after its first steps a policy update takes no memory", arguments: [64, 2048])
  func policyUpdate(rows: Int) throws {
    let policy = UpdateTests.model(2)
    let groups = try UpdateTests.groups(policy, reference: UpdateTests.model(9), count: 12)
    let update = PolicyUpdate(
      tape: TrainingTape(UpdateTests.shape, rows: rows), gradient: Gradient(UpdateTests.shape))
    let caps = groups.map { _ in 12 }
    let optimizer = AdamW(UpdateTests.shape)
    for aggregation in TokenAggregation.allCases {
      let objective = try UpdateTests.objective(aggregation: aggregation.rawValue)
      let taken = allocations {
        _ = update.update(
          policy, groups, caps: caps, objective: objective, optimizer: optimizer,
          learningRate: 1e-3, temperature: UpdateTests.temperature, at: anywhere)
      }
      #expect(taken == (0, 0), "\(aggregation)")
    }
  }

  @Test("scoring takes no memory but the scores' own, the first time", arguments: [64, 2048])
  func score(rows: Int) throws {
    let reference = UpdateTests.model(9)
    var groups = try UpdateTests.groups(UpdateTests.model(2), reference: reference, count: 12)
    let update = PolicyUpdate(
      tape: TrainingTape(UpdateTests.shape, rows: rows), gradient: Gradient(UpdateTests.shape))
    #expect(
      allocations {
        update.score(&groups, under: reference, temperature: UpdateTests.temperature)
      } == (0, 0))
  }

  @Test("after its first steps a supervised update takes no memory", arguments: [64, 2048])
  func supervisedUpdate(rows: Int) throws {
    let policy = UpdateTests.model(3)
    let samples = try (1..<30).map { index in
      DemonstrationSource.Sample(
        prompt: try Vocabulary.standard.encode(sum(index, 2).prompt),
        response: [Int32](repeating: Int32(index), count: 1 + index % 9))
    }
    let update = SupervisedUpdate(
      tape: TrainingTape(UpdateTests.shape, rows: rows), gradient: Gradient(UpdateTests.shape))
    let optimizer = AdamW(UpdateTests.shape)
    let taken = try allocations {
      _ = try update.update(policy, samples, optimizer: optimizer, learningRate: 1e-3)
    }
    #expect(taken == (0, 0))
  }
}
