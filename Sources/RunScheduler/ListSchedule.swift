/// How long a number of workers take for items that wait for each other, when whoever is free takes the
/// ready item with the longest chain of followers, as ``Board`` has it. It is played through, item by
/// item.
struct ListSchedule {
  private let graph: WorkGraph
  private let workers: Int
  private let isLeft: [Bool]
  private let running: [Int]

  /// - Parameters:
  ///   - isLeft: for each item whether it still needs time.
  ///   - running: items that have a worker already.
  init(_ graph: WorkGraph, isLeft: [Bool], running: [Int], workers: Int) {
    self.graph = graph
    self.isLeft = isLeft
    self.running = running
    self.workers = max(1, workers)
  }

  /// - Parameter seconds: for each item what it still takes.
  /// - Complexity: n log n for n items that are left.
  func length(_ seconds: [Double]) -> Double {
    if let length = boundedLength(seconds) { return length }
    struct Busy: Comparable {
      var until: Double
      var place: Int

      static func < (a: Busy, b: Busy) -> Bool { (a.until, a.place) < (b.until, b.place) }
    }
    var missing = graph.inputs.map { inputs in inputs.count { isLeft[$0] } }
    var ready = MinHeap<Int>()
    var busy = MinHeap<Busy>()
    for place in running { busy.insert(Busy(until: seconds[place], place: place)) }
    let isRunning = Set(running)
    for place in graph.orders.indices
    where isLeft[place] && missing[place] == 0 && !isRunning.contains(place) {
      ready.insert(graph.ranks[place])
    }
    var now = 0.0
    while true {
      while busy.count < workers, let rank = ready.popMin() {
        let place = graph.startOrder[rank]
        busy.insert(Busy(until: now + seconds[place], place: place))
      }
      guard let next = busy.popMin() else { return now }
      now = next.until
      for dependent in graph.dependents[next.place] where isLeft[dependent] {
        missing[dependent] -= 1
        if missing[dependent] == 0 { ready.insert(graph.ranks[dependent]) }
      }
    }
  }

  /// The length where it need not be played through: with W workers, a work of T seconds and a longest
  /// chain of C, every schedule of this kind takes from T / W to T / W + C seconds.
  ///
  /// - Returns: nil where C is more than a fiftieth of T / W.
  /// - Source: Graham 1969, "Bounds on multiprocessing timing anomalies", theorem 1.
  private func boundedLength(_ seconds: [Double]) -> Double? {
    var total = 0.0
    var chains = [Double](repeating: 0, count: graph.count)
    var longest = 0.0
    // What is settled waits for nothing, though something that it once read may have to be done anew.
    for place in graph.orders.indices where isLeft[place] {
      let before = graph.inputs[place].reduce(0) { max($0, chains[$1]) }
      total += seconds[place]
      chains[place] = before + seconds[place]
      longest = max(longest, chains[place])
    }
    let shared = total / Double(workers)
    return longest <= shared / 50 ? shared : nil
  }
}
