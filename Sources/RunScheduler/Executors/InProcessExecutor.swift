package import Reproducibility
package import RunStore

/// Runs the work as a function on the scheduler's thread. For tests, and for work too short to deserve
/// a process. A crash takes the coordinator with it.
package struct InProcessExecutor: WorkExecutor {
  private let work: @Sendable (ItemWriter, RunControl) throws -> WorkOutcome

  /// - Parameter work: writes the item's result and returns `WorkOutcome(.done)`, or says how else it
  ///   ended.
  package init(_ work: @escaping @Sendable (ItemWriter, RunControl) throws -> WorkOutcome) {
    self.work = work
  }

  package func run(
    _ order: WorkOrder, in folder: ItemFolder, attempt: Int, control: RunControl
  ) -> WorkOutcome {
    do {
      return try work(ItemWriter(folder, attempt: attempt), control)
    } catch {
      return WorkOutcome(.failed, "\(error)")
    }
  }
}
