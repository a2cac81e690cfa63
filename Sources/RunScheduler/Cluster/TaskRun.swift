package import Reproducibility
package import RunStore

/// The work of one task of a submission: its items, and what they read where that is not done yet. It is run by a
/// ``Scheduler`` of its own, as `ablate run` is: leases keep it apart from all others, and whoever handed it in may be
/// long gone.
package struct TaskRun: Sendable {
  /// The items that are the task's own, in the order in which they can be done.
  package let own: [Digest]
  package let submission: Submission
  private let results: ResultsFolder

  /// - Returns: nil when the submission has no such task.
  package init?(_ submission: Submission, task: Int, in results: ResultsFolder) {
    guard submission.chunks.indices.contains(task) else { return nil }
    self.submission = submission
    self.results = results
    own = submission.chunks[task]
  }

  /// Another process that has one of our items will finish it, or the next coordinator sees that it did not. What
  /// our items read is waited for: nothing could be done without it.
  package func scheduler(
    _ executor: any WorkExecutor, _ settings: Scheduler.Settings
  ) -> Scheduler {
    var settings = settings
    settings.workers = submission.workers
    settings.leaves = Set(own)
    return Scheduler(results, executor: executor, settings: settings)
  }

  /// The items with all that they read, from the orders in their folders.
  package func graph() throws -> WorkGraph {
    var orders: [WorkOrder] = []
    var known = Set(own)
    var wanted = own
    while let identity = wanted.popLast() {
      guard let order = try results.item(identity).order() else {
        throw StoreFault.noOrder(path: results.item(identity).path)
      }
      orders.append(order)
      wanted += order.inputs.map(\.identity).filter { known.insert($0).inserted }
    }
    return try WorkGraph(orders: orders.reversed())
  }
}
