import Reproducibility
package import RunStore

/// The work of one task of a submission: its items, and what they read where that is not done yet. It is done by a
/// ``Scheduler`` of its own, as `ablate run` is: leases keep it apart from all others, and whoever handed it in may be
/// long gone.
package struct TaskRun: Sendable {
  package let submission: Submission
  private let task: Int
  private let results: ResultsFolder

  /// - Returns: nil when the submission has no such task.
  package init?(_ submission: Submission, task: Int, in results: ResultsFolder) {
    guard submission.chunks.indices.contains(task) else { return nil }
    self.submission = submission
    self.task = task
    self.results = results
  }

  /// Another process that has one of the items will finish it, or the next coordinator sees that it did not. What
  /// they read is waited for: nothing could be done without it.
  package func scheduler(
    _ executor: any WorkExecutor, _ settings: Scheduler.Settings
  ) -> Scheduler {
    var settings = settings
    settings.workers = submission.workers
    settings.leaves = Set(submission.chunks.joined())
    return Scheduler(results, executor: executor, settings: settings)
  }

  /// Works on its own chunk, and then, while ``Submission/helpsFor`` lasts, on those of tasks that have not begun: a
  /// queue takes a second to fill a slot again, or, where it is busy, an hour.
  ///
  /// - Parameters:
  ///   - scheduler: of ``scheduler(_:_:)``.
  ///   - begins: told of each chunk before it is begun, by the number of the task whose it is; gives who is to be told
  ///     of what happens in it.
  /// - Returns: what came of each chunk.
  @discardableResult
  package func work(
    _ scheduler: Scheduler,
    begins: (Int) -> (SchedulerEvent) -> Void = { _ in { _ in } }
  ) throws -> [RunSummary] {
    let end = steadySeconds() + submission.helpsFor
    var summaries: [RunSummary] = []
    var next: Int? = task
    while let task = next {
      let summary = try scheduler.run(try graph(of: task), observer: begins(task))
      summaries.append(summary)
      if summary.wasStopped || steadySeconds() >= end { break }
      next = try others.first(where: isUntouched)
    }
    return summaries
  }

  /// The tasks that a queue starts last come first, and for each task others of them.
  private var others: [Int] {
    let count = submission.chunks.count
    return (0..<count).map { (2 * count - 1 - task - $0) % count }.filter { $0 != task }
  }

  private func isUntouched(_ task: Int) throws(StoreFault) -> Bool {
    guard let first = submission.chunks[task].first else { return false }
    return try results.item(first).newestAttempt() == submission.attempt(of: first)
  }

  /// A task's items that are left to do with all that they read, from the orders in their folders.
  private func graph(of task: Int) throws -> WorkGraph {
    var orders: [WorkOrder] = []
    // What has failed in the hands of another task, and what reads it, is the coordinator's to try again.
    var failed: Set<Digest> = []
    var wanted: [Digest] = []
    for identity in submission.chunks[task] {
      if try isFailed(identity)
        || !failed.isEmpty
          && order(identity).inputs.contains(where: { failed.contains($0.identity) })
      {
        failed.insert(identity)
      } else {
        wanted.append(identity)
      }
    }
    var known = Set(wanted)
    while let identity = wanted.popLast() {
      let order = try order(identity)
      orders.append(order)
      wanted += order.inputs.map(\.identity).filter { known.insert($0).inserted }
    }
    return try WorkGraph(orders: orders.reversed())
  }

  private func order(_ identity: Digest) throws(StoreFault) -> WorkOrder {
    let folder = results.item(identity)
    guard let order = try folder.order() else { throw .noOrder(path: folder.path) }
    return order
  }

  /// Whether it has failed since it was handed in.
  private func isFailed(_ identity: Digest) throws(StoreFault) -> Bool {
    let folder = results.item(identity)
    guard try folder.newestAttempt() > submission.attempt(of: identity),
      case .failed = try folder.stateOfWork()
    else { return false }
    return true
  }
}
