package import Reproducibility

/// What tasks ask of a machine, as far as it was given, and what is known to ask from where it was not.
package struct ClusterDemand: Sendable {
  /// A number for each kind of work, `*` being all others.
  package typealias ByKind = [String: Int]

  /// Minutes of a task, where they were given.
  package var minutes: ByKind = [:]
  /// MiB of an item, where they were given.
  package var memory: ByKind = [:]
  /// Of a task.
  package var cores = 1
  /// The largest resident size that an item of a kind ever had, bytes.
  package var peaks: ByKind = [:]
  /// Seconds that an item is guessed to take; nil where none like it was run.
  package var seconds: @Sendable (WorkOrder) -> Double? = { _ in nil }
  /// Cores that an item uses.
  package var coresOf: @Sendable (WorkOrder) -> Int = { _ in 1 }

  package init() {}

  /// Items that a task works on at the same time.
  func workers(of orders: [WorkOrder]) -> Int {
    max(1, cores / max(1, orders.map(coresOf).max() ?? 1))
  }

  /// What every task of an array asks for.
  ///
  /// - Parameters:
  ///   - chunks: the work of each task.
  ///   - more: how many times as much as is usual, after one that had too little; what was given stays as it is.
  func request(_ chunks: [[WorkOrder]], more: More = More()) -> ClusterRequest {
    let all = chunks.flatMap { $0 }
    let workers = workers(of: all)
    var request = ClusterRequest(cores: max(cores, all.map(coresOf).max() ?? 1))
    let asked = all.compactMap { mebibytes(of: $0, more.memory) }
    // One that nothing is known of may need more than all the others: then the partition's default decides.
    let atOnce = min(workers, chunks.map(\.count).max() ?? 1)
    if asked.count == all.count { request.memory = asked.max().map { $0 * atOnce } }
    let minutes = chunks.compactMap { self.minutes(of: $0, workers, more.time) }
    if minutes.count == chunks.count { request.minutes = minutes.max() }
    return request
  }

  struct More: Sendable, Hashable {
    var memory = 1
    var time = 1
  }

  /// Half as much again as the largest had, for the next may have a longer prompt.
  private func mebibytes(of order: WorkOrder, _ more: Int) -> Int? {
    if let given = memory[order.kind] ?? memory["*"] { return given }
    if let peak = peaks[order.kind] { return (((peak * 3 / 2) >> 20) + 256) * more }
    return more > 1 ? 1024 * more : nil
  }

  /// Twice what is guessed and five minutes, for another machine may be slower.
  private func minutes(of chunk: [WorkOrder], _ workers: Int, _ more: Int) -> Int? {
    let given = chunk.compactMap { minutes[$0.kind] ?? minutes["*"] }
    if given.count == chunk.count { return given.max() }
    let guessed = chunk.compactMap(seconds)
    guard guessed.count == chunk.count else { return nil }
    let whole = max(
      guessed.reduce(0, +) / Double(workers), guessed.max() ?? 0)
    return (Int((whole * 2 / 60).rounded(.up)) + 5) * more
  }
}
