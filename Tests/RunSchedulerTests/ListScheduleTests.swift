import Reproducibility
import Testing

@testable import RunScheduler

@Suite("list schedule")
struct ListScheduleTests {
  @Test("whoever is free takes the ready item with the longest chain behind it")
  func example() throws {
    let a = order("a")
    let graph = try WorkGraph(orders: [order("b"), a, order("c", reads: [a]), order("d")])
    // a first, though b stands before it; then b, c, d as they stand.
    #expect(graph.startOrder == [1, 0, 2, 3])
    #expect(graph.ranks == [1, 0, 2, 3])
    let all = [true, true, true, true]
    let schedule = ListSchedule(graph, isLeft: all, running: [], workers: 2)
    // a 0…3, b 0…2, d 2…6 because c still waits, c 3…5.
    #expect(schedule.length([2, 3, 2, 4]) == 6)
    // With d running already: d 0…4, a 0…3, b 3…5, c 4…6.
    #expect(
      ListSchedule(graph, isLeft: all, running: [3], workers: 2).length([2, 3, 2, 4]) == 6)
    // With a done: b 0…2, c 0…2, d 2…6.
    #expect(
      ListSchedule(graph, isLeft: [true, false, true, true], running: [], workers: 2)
        .length([2, 0, 2, 4]) == 6)
    #expect(ListSchedule(graph, isLeft: all, running: [], workers: 9).length([2, 3, 2, 4]) == 5)
    #expect(
      ListSchedule(graph, isLeft: [false, false, false, false], running: [], workers: 1)
        .length([0, 0, 0, 0]) == 0)
  }

  @Test("many short items take all that there is to do, divided by the workers")
  func many() throws {
    let graph = try WorkGraph(orders: (0..<1000).map { order("\($0)") })
    let schedule = ListSchedule(
      graph, isLeft: [Bool](repeating: true, count: 1000), running: [], workers: 4)
    #expect(schedule.length([Double](repeating: 2, count: 1000)) == 500)
  }

  @Test(
    "one worker takes the sum, many the longest chain, and no number beats either",
    arguments: 0..<64)
  func bounds(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("schedule"))
    var orders: [WorkOrder] = []
    for place in 0..<random.integer(in: 1...80) {
      let inputs = (0..<random.integer(in: 0...2)).compactMap { _ in
        place == 0 ? nil : orders[random.integer(in: 0...place - 1)]
      }
      orders.append(order("\(place)", reads: inputs))
    }
    let graph = try WorkGraph(orders: orders)
    let isLeft = graph.orders.map { _ in random.integer(in: 0...9) > 0 }
    let seconds = isLeft.map { $0 ? Double(random.integer(in: 0...20)) : 0 }
    let total = seconds.reduce(0, +)
    var chains = seconds
    for place in graph.orders.indices where isLeft[place] {
      chains[place] += graph.inputs[place].map { chains[$0] }.max() ?? 0
    }
    let longest = chains.max() ?? 0
    func length(_ workers: Int) -> Double {
      ListSchedule(graph, isLeft: isLeft, running: [], workers: workers).length(seconds)
    }
    #expect(length(1) == total, "seed \(seed)")
    #expect(length(orders.count) == longest, "seed \(seed)")
    for workers in 2...5 {
      let found = length(workers)
      #expect(found >= max(total / Double(workers), longest), "seed \(seed)")
      #expect(found <= total / Double(workers) + longest, "seed \(seed)")
    }
  }

  @Test("a heap gives its elements in order, added and taken in any", arguments: 0..<16)
  func heap(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("heap"))
    var heap = MinHeap<Int>()
    var held: [Int] = []
    for _ in 0..<400 {
      if random.integer(in: 0...2) > 0 {
        let value = random.integer(in: 0...50)
        heap.insert(value)
        held.append(value)
        held.sort()
      } else {
        #expect(heap.popMin() == (held.isEmpty ? nil : held.removeFirst()), "seed \(seed)")
      }
      #expect(heap.count == held.count)
    }
  }
}
