package import Reproducibility
package import RunStore
import Glibc
import Synchronization

/// Runs a work graph on a queue of other machines. It writes orders and intents, hands arrays of tasks in, and
/// looks: at the item folders for what was done, at the queue for whether anybody still works on the rest. The
/// workers claim items themselves, so that it may be killed at any instant and replaced by another, and two of them
/// are no more than too many.
///
/// It is one loop on the caller's thread.
package final class ClusterScheduler: Sendable {
  package struct Settings: Sendable {
    /// Retries, limits, guesses and by what items are compared.
    package var run = Scheduler.Settings()
    package var demand = ClusterDemand()
    /// The study's name, for the names of jobs.
    package var study = "study"
    /// Items of a task; nil to choose.
    package var chunk: Int?
    /// Seconds that a task of several items shall take at most.
    package var chunkSeconds = 1800.0
    /// Tasks that run at the same time; nil where the queue alone decides.
    package var slots: Int?
    /// Seconds between two questions to the queue.
    package var poll = 30.0
    /// Seconds that a file may take to be seen from here once it was written elsewhere.
    package var grace = 30.0
    /// What a task runs, given the folder of its submission.
    package var script: @Sendable (SubmissionFolder) -> String
    /// What workers are told of the run's limits.
    package var limits: JSONObject = [:]

    package init(script: @escaping @Sendable (SubmissionFolder) -> String) { self.script = script }
  }

  private let results: ResultsFolder
  private let queue: any ClusterQueue
  private let settings: Settings
  private let wish = Mutex(RunControl.Wish.goOn)

  package init(_ results: ResultsFolder, queue: any ClusterQueue, settings: Settings) {
    self.results = results
    self.queue = queue
    self.settings = settings
  }

  /// Leaves; what waits or runs in the queue goes on without us.
  package func requestStop() { ask(.stop) }

  /// Takes everything out of the queue and leaves.
  package func killNow() { ask(.kill) }

  private func ask(_ wish: RunControl.Wish) {
    self.wish.withLock { $0 = max($0, wish) }
  }

  /// As ``Scheduler/run(_:wanted:known:observer:)``.
  @discardableResult
  package func run(
    _ graph: WorkGraph, wanted: Set<Digest> = [], known: KnownResults = KnownResults(),
    observer: (SchedulerEvent) -> Void = { _ in }
  ) throws(StoreFault) -> RunSummary {
    try results.prepare()
    let plan = try RunPlan(graph, in: results, wanted: wanted, known: known)
    var round = ClusterRound(graph, plan, results, queue, settings)
    var nextPoll = steadySeconds()
    while true {
      let began = steadySeconds()
      try round.observeFolders(now: began, isFull: began >= nextPoll)
      let looking = steadySeconds() - began
      if began >= nextPoll || round.wantsToSubmit {
        let isAnswered = try round.askQueue(now: steadySeconds())
        nextPoll = steadySeconds() + settings.poll
        if isAnswered { try round.submit(now: steadySeconds()) }
      }
      let wish = wish.withLock { $0 }
      if wish > .goOn { try round.stop(cancels: wish == .kill) }
      if round.board.endsByFailures { try round.stop(cancels: true) }
      for event in round.board.events { observer(event) }
      round.board.events = []
      observer(.tick(round.board.status(now: steadySeconds())))
      if round.board.isOver || wish > .goOn || round.board.endsByFailures { break }
      // A disk that is slow is looked at less often.
      sleep(atMost: min(max(0.2, 3 * looking), 10))
    }
    try round.closeWhatEnded()
    return round.board.summary
  }

  /// In short pieces, so that a request to stop is heard soon.
  private func sleep(atMost seconds: Double) {
    let end = steadySeconds() + seconds
    while steadySeconds() < end, wish.withLock({ $0 }) == .goOn {
      usleep(UInt32(min(0.05, max(0.001, end - steadySeconds())) * 1e6))
    }
  }
}

extension ClusterScheduler {
  /// Hands everything in that is not done, each layer of items after those that it reads, and returns: nobody has
  /// to stay.
  ///
  /// - Returns: what was handed in; empty when all is done or on its way.
  /// - Throws: ``ClusterRefusal`` when the queue takes it not, or does not answer.
  package func submit(
    _ graph: WorkGraph, wanted: Set<Digest> = [], known: KnownResults = KnownResults()
  ) throws -> [SubmissionFolder] {
    try results.prepare()
    let plan = try RunPlan(graph, in: results, wanted: wanted, known: known)
    var round = ClusterRound(graph, plan, results, queue, settings)
    return try round.submitLayers()
  }
}

/// Why nothing, or no more, was handed in.
package struct ClusterRefusal: Error, Sendable {
  package var reason: String
  /// Whether asking again may help.
  package var mayPass: Bool
}
