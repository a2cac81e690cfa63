import Reproducibility

/// Divides items among tasks: starting one costs a second of a slot, so short items share it; one that takes
/// hours should not wait for others.
struct ChunkPlan {
  let graph: WorkGraph
  let demand: ClusterDemand
  /// Items of a task; nil to choose.
  let size: Int?
  /// Tasks that run at the same time; nil where that is not known.
  let slots: Int?
  /// Seconds that a task shall take at most, where its items are shorter.
  let seconds: Double

  /// - Parameters:
  ///   - ready: items whose inputs are there, in the order in which they are wanted.
  ///   - isLeft: whether an item waits for its turn: not done, and with nobody.
  ///   - isDone: whether an item has its result.
  /// - Returns: the work of each task, in the order in which it can be done.
  func chunks(
    _ ready: [Int], isLeft: (Int) -> Bool, isDone: (Int) -> Bool
  ) -> [[Int]] {
    // As many as a task works on at the same time, or its cores would wait.
    let workers = demand.workers(of: ready.map { graph.orders[$0] })
    let most = size ?? max(workers, (ready.count + Self.tasks(slots) - 1) / Self.tasks(slots))
    var chunks: [[Int]] = []
    var current: [Int] = []
    var taken = 0.0
    for place in ready {
      let chain = chain(from: place, isLeft: isLeft, isDone: isDone)
      let time = chain.reduce(0) { $0 + (demand.seconds(graph.orders[$1]) ?? 0) }
      if !current.isEmpty, current.count >= most || taken + time > seconds * Double(workers) {
        chunks.append(current)
        (current, taken) = ([], 0)
      }
      current += chain
      taken += time
    }
    if !current.isEmpty { chunks.append(current) }
    return chunks
  }

  /// So many tasks that the slots end at about the same time though some tasks take longer than others.
  private static func tasks(_ slots: Int?) -> Int { 5 * (slots ?? 8) }

  /// The item and what follows from it alone, one after another: a task that has made the first stage of a trial goes
  /// on with the second.
  private func chain(
    from place: Int, isLeft: (Int) -> Bool, isDone: (Int) -> Bool
  ) -> [Int] {
    var chain = [place]
    while let last = chain.last, graph.dependents[last].count == 1 {
      let next = graph.dependents[last][0]
      guard isLeft(next), graph.inputs[next].allSatisfy({ chain.contains($0) || isDone($0) })
      else { break }
      chain.append(next)
    }
    return chain
  }
}
