import Reproducibility
import Testing

@testable import RunScheduler

@Suite("time estimate")
struct TimeEstimateTests {
  /// Items of a graph with what is known of each; inputs by place.
  private struct Work {
    var orders: [WorkOrder] = []
    var states: [TimeEstimate.State] = []

    mutating func add(_ kind: String, _ state: TimeEstimate.State, inputs: [Int] = []) {
      orders.append(order("\(orders.count)", kind: kind, reads: inputs.map { orders[$0] }))
      states.append(state)
    }

    func timeLeft(_ estimate: TimeEstimate, workers: Int) throws -> TimeLeft? {
      let graph = try WorkGraph(orders: orders)
      try #require(graph.orders == orders)
      return estimate.timeLeft(
        states, of: MeasuredGraph(graph) { WorkMeasure(kind: $0.kind) }, workers: workers)
    }
  }

  private func waiting(_ count: Int, _ kind: String = "stage") -> Work {
    var work = Work()
    for _ in 0..<count { work.add(kind, .waiting) }
    return work
  }

  private func stage(_ amount: Double, of family: JSONValue = "small") -> WorkMeasure {
    WorkMeasure(kind: "stage", family: family, amount: amount)
  }

  @Test("work is shared among the workers")
  func shared() throws {
    var estimate = TimeEstimate()
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 8)
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 12)
    var work = waiting(6)
    work.add("stage", .settled)
    // Six times the mean of 10 s, on one and on three workers; on four, two of them work twice.
    #expect(try work.timeLeft(estimate, workers: 1)?.middle == 60)
    #expect(try work.timeLeft(estimate, workers: 3)?.middle == 20)
    #expect(try work.timeLeft(estimate, workers: 4)?.middle == 20)
    #expect(try work.timeLeft(estimate, workers: 6)?.middle == 10)
  }

  @Test("the nearest amount of the same family is scaled; of another family where there is none")
  func similar() {
    var estimate = TimeEstimate()
    estimate.learn(stage(100), seconds: 10, bytes: 4000)
    estimate.learn(stage(1000), seconds: 40, bytes: 6000)
    estimate.learn(stage(1000), seconds: 60, bytes: 8000)
    // 200 is twice 100 and a fifth of 1000: twice 10 s. 400 is nearer to 1000: 0.4 of 50 s.
    #expect(estimate.seconds(of: stage(200)) == 20)
    #expect(estimate.seconds(of: stage(400)) == 20)
    #expect(estimate.seconds(of: stage(1000)) == 50)
    #expect(estimate.seconds(of: stage(4000)) == 200)
    #expect(estimate.seconds(of: stage(50)) == 5)
    // Bytes are not scaled.
    #expect(estimate.bytes(of: stage(50)) == 4000 && estimate.bytes(of: stage(400)) == 7000)
    estimate.learn(stage(200, of: "large"), seconds: 90)
    #expect(estimate.seconds(of: stage(200)) == 20)
    #expect(estimate.seconds(of: stage(400, of: "large")) == 180)
    #expect(estimate.seconds(of: stage(200, of: "never seen")) == 90)
    #expect(estimate.seconds(of: WorkMeasure(kind: "solver")) == nil)
    #expect(estimate.bytes(of: WorkMeasure(kind: "solver")) == nil)
    #expect(estimate.knows("stage") && !estimate.knows("solver"))
  }

  /// Items of which each took a share of what those before it, on average, made one expect.
  private func learnt(_ ratios: [Double], kind: String = "stage") -> TimeEstimate {
    var estimate = TimeEstimate()
    var (sum, count) = (10.0, 1.0)
    estimate.learn(WorkMeasure(kind: kind), seconds: 10)
    for ratio in ratios {
      let seconds = sum / count * ratio
      estimate.learn(WorkMeasure(kind: kind), seconds: seconds)
      (sum, count) = (sum + seconds, count + 1)
    }
    return estimate
  }

  @Test("the range is that of what items took to what was guessed for them")
  func range() throws {
    // Of nine ratios the smallest and the largest.
    let estimate = learnt([1.1, 0.5, 0.9, 1.2, 0.7, 1.6, 0.8, 1, 0.6])
    let left = try #require(try waiting(6).timeLeft(estimate, workers: 2))
    #expect(left.isRangeMeasured)
    #expect(abs(left.low / left.middle - 0.5) < 1e-12)
    #expect(abs(left.high / left.middle - 1.6) < 1e-12)
    // Of nineteen the second from each end: 0.1 · 20 = 2.
    let more = learnt((1...19).map { 0.5 + 0.05 * Double($0) })
    let long = try #require(try waiting(6).timeLeft(more, workers: 1))
    #expect(abs(long.low / long.middle - 0.6) < 1e-12)
    #expect(abs(long.high / long.middle - 1.4) < 1e-12)
    // Another kind of which one item was seen is taken to be off as these are.
    var two = estimate
    two.learn(WorkMeasure(kind: "solver"), seconds: 4)
    let solver = try #require(try waiting(1, "solver").timeLeft(two, workers: 1))
    #expect(solver.isRangeMeasured && abs(solver.high - 6.4) < 1e-12)
  }

  @Test("with fewer than nine guesses behind it a range is assumed, and says so")
  func assumed() throws {
    let estimate = learnt([1, 1, 1, 1, 1, 1, 1, 1])
    let left = try #require(try waiting(2).timeLeft(estimate, workers: 1))
    #expect(left == TimeLeft(middle: 20, low: 10, high: 40, isRangeMeasured: false))
    let settled = try #require(try Work().timeLeft(estimate, workers: 1))
    #expect(settled == TimeLeft(middle: 0, low: 0, high: 0, isRangeMeasured: true))
  }

  @Test("eight of ten items end within the range", arguments: 0..<8)
  func coverage(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("coverage"))
    // From a third of the usual time to three times as much, crooked as times are.
    func seconds() -> Double {
      let share = Double.random(in: 0...1, using: &random)
      return 5 * (1 / 3.0 + share * share * 8 / 3)
    }
    var estimate = TimeEstimate()
    for _ in 0..<400 { estimate.learn(WorkMeasure(kind: "stage"), seconds: seconds()) }
    let left = try #require(try waiting(1).timeLeft(estimate, workers: 1))
    let inside = (0..<2000).count { _ in (left.low...left.high).contains(seconds()) }
    // The bounds are from 400 ratios: ± 2 standard errors of each.
    #expect((0.74...0.86).contains(Double(inside) / 2000), "seed \(seed): \(inside)")
  }

  @Test("a chain takes its length, however many workers there are")
  func chain() throws {
    var estimate = TimeEstimate()
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 10)
    var work = Work()
    for place in 0..<4 { work.add("stage", .waiting, inputs: place == 0 ? [] : [place - 1]) }
    #expect(try work.timeLeft(estimate, workers: 8)?.middle == 40)
  }

  @Test("an item that runs tells what is left of it, and of its kind")
  func running() throws {
    let estimate = TimeEstimate()
    // A quarter done in 5 s: 15 s to go, and 20 s for the next one of its kind.
    var work = Work()
    work.add("stage", .running(seconds: 5, fraction: 0.25))
    work.add("stage", .waiting)
    #expect(try work.timeLeft(estimate, workers: 1)?.middle == 35)
    #expect(try work.timeLeft(estimate, workers: 2)?.middle == 20)
  }

  @Test("nothing known is nothing said")
  func unknown() throws {
    var estimate = TimeEstimate()
    #expect(try waiting(1).timeLeft(estimate, workers: 1) == nil)
    var began = Work()
    began.add("stage", .running(seconds: 1, fraction: nil))
    #expect(try began.timeLeft(estimate, workers: 1) == nil)
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 4)
    #expect(try began.timeLeft(estimate, workers: 1)?.middle == 3)
    var late = Work()
    late.add("stage", .running(seconds: 9, fraction: nil))
    #expect(try late.timeLeft(estimate, workers: 1)?.middle == 0)
    var other = Work()
    other.add("other", .settled)
    #expect(try other.timeLeft(estimate, workers: 1)?.middle == 0)
  }

  @Test("bytes to come are those of similar items, none where one is of an unknown kind")
  func bytes() throws {
    var estimate = TimeEstimate()
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 1, bytes: 100)
    estimate.learn(WorkMeasure(kind: "stage"), seconds: 1, bytes: 300)
    var work = waiting(3)
    work.add("solver", .settled)
    func left(_ work: Work) throws -> Double? {
      let items = MeasuredGraph(try WorkGraph(orders: work.orders)) { WorkMeasure(kind: $0.kind) }
      return estimate.bytesLeft(work.states, of: items)
    }
    #expect(try left(work) == 600)
    work.add("solver", .waiting)
    #expect(try left(work) == nil)
  }
}
