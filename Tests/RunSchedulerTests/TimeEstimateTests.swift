import Testing

@testable import RunScheduler

@Suite("time estimate")
struct TimeEstimateTests {
  private func item(
    _ kind: String, _ state: TimeEstimate.Item.State, inputs: [Int] = []
  ) -> TimeEstimate.Item { .init(kind: kind, inputs: inputs, state: state) }

  @Test("work is shared among the workers")
  func shared() {
    var estimate = TimeEstimate()
    estimate.learn(kind: "stage", seconds: 8)
    estimate.learn(kind: "stage", seconds: 12)
    let items = [item("stage", .settled)] + (0..<6).map { _ in item("stage", .waiting) }
    // Six times the mean of 10 s, on one and on three workers.
    #expect(estimate.timeLeft(items, workers: 1)?.middle == 60)
    #expect(estimate.timeLeft(items, workers: 3)?.middle == 20)
  }

  @Test("what is to come is as uncertain as items differ and as few as were seen")
  func spread() throws {
    var estimate = TimeEstimate()
    for seconds in [8.0, 12, 10, 10] { estimate.learn(kind: "stage", seconds: seconds) }
    let items = (0..<6).map { _ in item("stage", .waiting) }
    // Variance of one: (4 + 4) / 3. Of six: (6 + 36 / 4) times it, 40; twice its root is 12.649.
    let left = try #require(estimate.timeLeft(items, workers: 1))
    #expect(left.middle == 60 && abs(left.high - 72.649) < 1e-3 && abs(left.low - 47.351) < 1e-3)
    // A worker more halves all of it.
    let shared = try #require(estimate.timeLeft(items, workers: 2))
    #expect(abs(shared.high - left.high / 2) < 1e-9)
    // One item seen: it may well take half as long again.
    var single = TimeEstimate()
    single.learn(kind: "stage", seconds: 10)
    let guess = try #require(single.timeLeft([item("stage", .waiting)], workers: 1))
    #expect(guess.low == 0 && guess.high > 20)
    #expect(estimate.timeLeft([item("stage", .settled)], workers: 1)?.high == 0)
  }

  @Test("a chain takes its length, however many workers there are")
  func chain() {
    var estimate = TimeEstimate()
    estimate.learn(kind: "stage", seconds: 10)
    let items = (0..<4).map { item("stage", .waiting, inputs: $0 == 0 ? [] : [$0 - 1]) }
    #expect(estimate.timeLeft(items, workers: 8)?.middle == 40)
  }

  @Test("an item that runs tells what is left of it, and of its kind")
  func running() {
    let estimate = TimeEstimate()
    // A quarter done in 5 s: 15 s to go, and 20 s for the next one of its kind.
    let items = [
      item("stage", .running(seconds: 5, fraction: 0.25)), item("stage", .waiting),
    ]
    #expect(estimate.timeLeft(items, workers: 1)?.middle == 35)
    #expect(estimate.timeLeft(items, workers: 2)?.middle == 20)
  }

  @Test("nothing known is nothing said")
  func unknown() {
    var estimate = TimeEstimate()
    #expect(estimate.timeLeft([item("stage", .waiting)], workers: 1)?.middle == nil)
    #expect(
      estimate.timeLeft([item("stage", .running(seconds: 1, fraction: nil))], workers: 1)?.middle
        == nil)
    estimate.learn(kind: "stage", seconds: 4)
    #expect(
      estimate.timeLeft([item("stage", .running(seconds: 1, fraction: nil))], workers: 1)?.middle
        == 3)
    #expect(
      estimate.timeLeft([item("stage", .running(seconds: 9, fraction: nil))], workers: 1)?.middle
        == 0)
    #expect(estimate.timeLeft([item("other", .settled)], workers: 1)?.middle == 0)
  }
}
