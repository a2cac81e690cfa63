import Glibc
import Reproducibility
import RunStore

/// What a cluster's coordinator knows, and each of the things that it does in turn.
struct ClusterRound {
  /// An item that is somebody's: of an array that was handed in.
  struct Flight {
    var submission: String
    var task: Int
    /// The number of its newest attempt when it was handed in.
    var attempt: Int
    /// How far the saved state was then.
    var step: Int?
    /// Since when the queue does not know its task any more.
    var absentSince: Double?
    /// Its start was told.
    var isStarted = false
    /// Another coordinator, or an earlier one, handed it in.
    var isAdopted = false
    var watch: LeaseWatch
  }

  let graph: WorkGraph
  var board: Board
  let results: ResultsFolder
  let queue: any ClusterQueue
  let settings: ClusterScheduler.Settings
  var flights: [Int: Flight] = [:]
  /// Arrays that may still be waiting or running, with what was meant by them.
  var open: [String: Submission] = [:]
  /// Names that were looked at: those of other coordinators and earlier ones too.
  var seen: Set<String> = []
  var more: [Int: ClusterDemand.More] = [:]
  /// Ready items that are not handed in yet, in the order in which they are wanted.
  var waiting: [Int] = []
  var waitingSince = 0.0
  /// Tasks that one array may have, after the queue refused more; nil before.
  var fewer: Int?
  var nextSubmit = 0.0
  /// The newest attempt of an item whose failure is known already.
  var dealtWith: [Int: Int] = [:]
  /// Arrays that the queue has shown, or that this coordinator handed in: once it shows them no more they are over.
  var inQueue: Set<String> = []
  /// Since when all that is left of an array would wait for ever.
  var hopelessSince: [String: Double] = [:]
  /// How tasks ended, as the queue told in this round.
  var endings: [String: TaskEndings] = [:]
  /// How often in a row a single task was not taken although nothing of ours is there.
  var refusedAlone = 0
  var hasTasks = false
  /// Items that had no folder when the run began.
  var absent: Set<Int> = []
  var flown: Set<Int> = []
  var lastNotice = ""
  var isSilent = false
  /// Tasks of which an item began.
  var began: Set<TaskName> = []
  /// What the queue said of arrays that it may not have taken.
  var doubts: [String: String] = [:]

  struct TaskName: Hashable {
    var submission: String
    var task: Int
  }

  init(
    _ graph: WorkGraph, _ plan: RunPlan, _ results: ResultsFolder, _ queue: any ClusterQueue,
    _ settings: ClusterScheduler.Settings
  ) {
    self.graph = graph
    self.results = results
    self.queue = queue
    self.settings = settings
    var run = settings.run
    // An item that another process has is looked at as often as the queue.
    run.poll = settings.poll
    board = Board(graph, plan, run)
    for (place, entry) in plan.entries.enumerated() {
      switch entry.state {
      case .failed(let failure): dealtWith[place] = failure.attempt
      case .absent: absent.insert(place)
      default: break
      }
    }
  }

  // MARK: Folders

  /// Sees what workers did since.
  ///
  /// - Parameter isFull: whether every item is looked at. Otherwise, of each task, only those that it may be at: the
  ///   first that are not done.
  mutating func observeFolders(now: Double, isFull: Bool) throws(StoreFault) {
    for name in open.keys.sorted() {
      guard let submission = open[name] else { continue }
      for chunk in submission.chunks {
        var unfinished = 0
        for identity in chunk where isFull || unfinished <= submission.workers {
          guard let place = graph.place(of: identity), flights[place]?.submission == name else {
            continue
          }
          if try !isSettled(place, now: now) { unfinished += 1 }
        }
      }
    }
    board.wake(now: now)
    let ready = board.takeReady()
    if !ready.isEmpty {
      if waiting.isEmpty { waitingSince = now }
      waiting += ready
    }
  }

  /// Looks at an item of a task.
  ///
  /// - Returns: whether nothing more is expected of it.
  private mutating func isSettled(_ place: Int, now: Double) throws(StoreFault) -> Bool {
    guard var flight = flights[place] else { return true }
    let folder = results.item(graph.identities[place])
    let task = TaskName(submission: flight.submission, task: flight.task)
    switch try folder.stateOfWork() {
    case .done(let note):
      began.insert(task)
      flights[place] = nil
      board.finished(place, seconds: note.seconds ?? 0, elsewhere: false)
      return true
    case .running(let attempt):
      if attempt.number > flight.attempt { began.insert(task) }
      if !flight.isStarted {
        flight.isStarted = true
        board.began(place, attempt: attempt.number, control: RunControl(), now: now)
      }
      if let progress = folder.progress() {
        board.progressed(place, attempt: attempt.number, progress)
      }
    case .failed(let failure) where failure.attempt > flight.attempt:
      // A fault of a machine is the worker's to try again first.
      let manner = try manner(of: failure, in: folder)
      began.insert(task)
      if manner == .machineFault { break }
      flights[place] = nil
      dealtWith[place] = failure.attempt
      board.ended(place, manner, failure, now: now)
      return true
    case .failed, .ordered, .absent, .known, .damaged: break
    }
    flights[place] = flight
    return false
  }

  // MARK: The end

  /// Nothing new is handed in.
  ///
  /// - Parameter cancels: whether what was handed in is taken out of the queue.
  mutating func stop(cancels: Bool) throws(StoreFault) {
    board.ask(.stop)
    let names = Set(flights.values.map(\.submission)).sorted().filter {
      open[$0].map(isOurAlone) ?? false
    }
    if cancels, !names.isEmpty, !queue.cancel(names, waitingOnly: false) {
      notice("\(queue.name) did not answer when it was to cancel \(names.joined(separator: ", "))")
    }
    board.leftInQueue(cancels ? 0 : flights.count)
  }

  /// Closes what is over, once the tasks that are just leaving have left.
  mutating func closeWhatEnded() throws(StoreFault) {
    for _ in 0..<3 {
      guard !open.isEmpty, let snapshot = queue.look() else { return }
      try closeWhatIsOver(snapshot)
      guard open.values.contains(where: isDone) else { return }
      usleep(100_000)
    }
  }

  mutating func close(_ name: String, _ reason: String) throws(StoreFault) {
    try SubmissionFolder(results, name: name).close(reason)
    open[name] = nil
  }

  /// Says something once.
  mutating func notice(_ words: String) {
    if words != lastNotice { board.events.append(.notice(words)) }
    lastNotice = words
  }
}
