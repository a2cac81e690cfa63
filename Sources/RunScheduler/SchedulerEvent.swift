package import Reproducibility
package import RunStore

/// What happens during a run, told to the observer in the order in which it happened.
package enum SchedulerEvent: Sendable {
  /// Always first.
  case planned(RunPlan)
  /// A result was found damaged and will be made anew.
  case damaged(WorkOrder, reason: String)
  case started(WorkOrder, attempt: Int)
  /// The state that an earlier attempt saved cannot be used, so the item starts from the beginning.
  case startingAnew(WorkOrder, reason: String)
  case progress(WorkOrder, ItemProgress)
  /// - seconds: what the work took; known for work of another process too.
  /// - elsewhere: another process did it while this one waited.
  case finished(WorkOrder, seconds: Double, elsewhere: Bool)
  /// Another process has the item; this one looks again and again.
  case waiting(WorkOrder, for: String)
  case retrying(WorkOrder, reason: String, attempt: Int, after: Double)
  case failed(WorkOrder, ItemFailure)
  /// It will not run because an item that it reads failed.
  case skipped(WorkOrder, because: WorkOrder)
  /// It was asked to leave and left.
  case stopped(WorkOrder)
  /// Something about the run as a whole that a person should know.
  case notice(String)
  /// A few times a second: for a display.
  case tick(RunStatus)
}

/// A run at one instant.
package struct RunStatus: Sendable {
  package struct Running: Sendable {
    package let order: WorkOrder
    package let progress: ItemProgress?
    /// Since the attempt began.
    package let seconds: Double
  }

  package var total = 0
  /// With those that were done before.
  package var done = 0
  package var failed = 0
  package var skipped = 0
  /// In the order of the graph.
  package var running: [Running] = []
  /// nil until enough is known.
  package var timeLeft: TimeLeft?

  /// Neither done nor given up nor running.
  package var waiting: Int { total - done - failed - skipped - running.count }
}

/// How a run ended.
package struct RunSummary: Sendable {
  package var total = 0
  package var doneBefore = 0
  package var finished = 0
  /// Finished by another process meanwhile.
  package var finishedElsewhere = 0
  package var failures: [(order: WorkOrder, failure: ItemFailure)] = []
  package var skipped: [WorkOrder] = []
  /// Somebody asked the run to stop; what is neither done nor failed waits for the next run.
  package var wasStopped = false

  /// Items that wait or run in a queue of other machines, which goes on without the run.
  package var leftInQueue = 0

  /// So many items failed that the rest was left.
  package var wasEndedByFailures = false

  package var isComplete: Bool { doneBefore + finished + finishedElsewhere == total }
}
