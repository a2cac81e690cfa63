package import Reproducibility
package import RunStore
internal import Synchronization

/// Walks a work graph: starts what is ready on as many workers as allowed, writes every attempt down,
/// tries again what the machine let down, keeps going where something failed, and never runs what is
/// done. Several schedulers may work on one folder; each item is claimed by one of them.
///
/// It runs on plain threads: one for each worker, which blocks in the executor, and the caller's, which
/// tells the observer.
package final class Scheduler: Sendable {
  package struct Settings: Sendable {
    /// Items that run at the same time.
    package var workers = 1
    /// How often an item is tried again after a fault of the machine.
    package var retries = 2
    /// Seconds before the first retry; doubled for each further one.
    package var backOff = 0.25
    /// Seconds between two looks at an item that another process has.
    package var poll = 0.25
    /// Seconds of silence after which an item of another process counts as given up.
    package var leaseTimeout = LeaseWatch.standardTimeout
    /// Seconds that an attempt may take; then it is asked to save and leave, and counts as let down by
    /// the machine. nil for no limit.
    package var timeout: Double?
    /// Seconds that it then has before it is killed.
    package var grace = 10.0
    /// Failed items after which nothing new starts and what runs is asked to leave; nil to keep going.
    package var maxFailures: Int?
    /// Where files are not synced one by one: seconds between two syncs of the whole disk, which is
    /// how much finished work a power cut may cost. nil where each file is synced.
    package var groupSync: Double?
    /// Items that are left to another process that has them and gives signs of life; the others are waited for.
    package var leaves: Set<Digest> = []
    /// By what items are compared with each other, to guess the time left.
    package var measure: @Sendable (WorkOrder) -> WorkMeasure = { WorkMeasure(kind: $0.kind) }
    /// What is known of such items from before, those of this graph included.
    package var history = TimeEstimate()

    package init(workers: Int = 1) {
      precondition(workers > 0)
      self.workers = workers
    }
  }

  private let results: ResultsFolder
  private let executor: any WorkExecutor
  private let settings: Settings
  private let interruption = RunControl()
  /// Orders are written many at a time, by one thread.
  private let placing = Mutex(())

  package init(_ results: ResultsFolder, executor: any WorkExecutor, settings: Settings) {
    self.results = results
    self.executor = executor
    self.settings = settings
  }

  package convenience init(_ results: ResultsFolder, executor: any WorkExecutor, workers: Int) {
    self.init(results, executor: executor, settings: Settings(workers: workers))
  }

  /// Starts nothing new and asks what runs to save a checkpoint and leave. From any thread, but not from
  /// a signal handler: it takes a lock.
  package func requestStop() { interruption.ask(.stop) }

  /// Ends everything that runs at once. Nothing finished is lost.
  package func killNow() { interruption.ask(.kill) }

  /// Runs everything that is not done. Returns when nothing runs any more.
  ///
  /// - Parameters:
  ///   - wanted: items whose results the caller will read; damage to any byte of them is seen and mended.
  ///   - known: results that need not be read again, see ``RunPlan``.
  ///   - observer: told of everything that happens, on the calling thread.
  /// - Throws: the fault that kept the run itself from being written down (disk full, no permission).
  ///   A failure of an item is no such fault; it is in the summary.
  @discardableResult
  package func run(
    _ graph: WorkGraph, wanted: Set<Digest> = [], known: KnownResults = KnownResults(),
    observer: (SchedulerEvent) -> Void = { _ in }
  ) throws(StoreFault) -> RunSummary {
    try results.prepare()
    let plan = try RunPlan(graph, in: results, wanted: wanted, known: known)
    let board = Monitor(Board(graph, plan, settings))
    interruption.listen { wish in board.change { $0.ask(wish) } }
    defer { interruption.stopListening() }
    startThreads(min(settings.workers, plan.toRun), board)

    var nextSweep = steadySeconds()
    let heartbeat = LeaseWatch.heartbeat(timeout: settings.leaseTimeout)
    var nextBeat = steadySeconds() + heartbeat
    var nextSync = steadySeconds() + (settings.groupSync ?? .infinity)
    while true {
      let isOver =
        board.observe(atMost: min(Self.eventInterval, max(0.001, nextSweep - steadySeconds()))) {
          $0.activeThreads > 0 ? nil : true
        } ?? false
      for event in board.look({ $0.takeEvents() }) { observer(event) }
      if isOver { break }
      let now = steadySeconds()
      if now >= nextSweep {
        nextSweep = now + Self.sweepInterval
        sweep(board, graph, beat: now >= nextBeat)
        if now >= nextBeat { nextBeat = now + heartbeat }
        if let pause = settings.groupSync, now >= nextSync {
          syncItems(board)
          nextSync = steadySeconds() + pause
        }
        observer(.tick(board.look { $0.status(now: now) }))
      }
    }
    if settings.groupSync != nil { syncItems(board) }
    observer(.tick(board.look { $0.status(now: steadySeconds()) }))
    if let fault = board.look({ $0.fault }) { throw fault }
    return board.look { $0.summary }
  }

  /// Seconds after which the observer hears what happened.
  private static let eventInterval = 0.02
  /// Seconds between two looks at the progress of running items.
  private static let sweepInterval = 0.2

  /// Collects what the workers say of their progress, and keeps their leases fresh.
  private func sweep(_ board: Monitor<Board>, _ graph: WorkGraph, beat: Bool) {
    for (place, attempt) in board.look({ $0.running }) {
      let folder = results.item(graph.identities[place])
      if let progress = folder.progress() {
        board.look { $0.progressed(place, attempt: attempt, progress) }
      }
      // One missed beat of many costs nothing.
      if beat { try? folder.heartbeat(attempt: attempt) }
    }
    board.change { board in
      board.askLate(now: steadySeconds())
      board.wake(now: steadySeconds())
    }
  }

  private func syncItems(_ board: Monitor<Board>) {
    do throws(StoreFault) {
      try results.syncItems()
    } catch {
      board.change { $0.broke(nil, error) }
    }
  }

  // MARK: One worker

  private func startThreads(_ count: Int, _ board: Monitor<Board>) {
    let work: @Sendable () -> Void = { [self] in
      while case .work(let place) = board.wait({ $0.next() }) { attend(to: place, board) }
      board.changeForAll { $0.activeThreads -= 1 }
    }
    for index in 0..<count {
      board.change { $0.activeThreads += 1 }
      if WorkThread.start(work) { continue }
      board.change { $0.activeThreads -= 1 }
      // Fewer workers than wished do the same work; with none at all the caller's thread does it.
      if index == 0 {
        board.change { $0.activeThreads += 1 }
        work()
      }
      return
    }
  }

  private func attend(to place: Int, _ board: Monitor<Board>) {
    do throws(StoreFault) {
      try claimAndRun(place, board)
    } catch {
      board.change { $0.broke(place, error) }
    }
  }

  private func claimAndRun(_ place: Int, _ board: Monitor<Board>) throws(StoreFault) {
    let (order, identity, before) = board.look {
      ($0.graph.orders[place], $0.graph.identities[place], $0.items[place].watch)
    }
    var watch = before
    try placeOrders(startingWith: place, board)
    let folder = results.item(identity)
    switch try folder.claim(watch: &watch) {
    case .done(let note):
      board.change { $0.finished(place, seconds: note.seconds ?? 0, elsewhere: true) }
    case .held where settings.leaves.contains(identity) && watch.hasSeenLife:
      board.change { $0.leave(place) }
    case .held(let holder):
      board.change { $0.held(place, by: holder, watch: watch, now: steadySeconds()) }
    case .claimed(let attempt):
      let control = RunControl()
      // Nobody can have saved a state before the first attempt. The worker sees the same and says it in
      // its log, where nobody looks while all goes well.
      let lost = attempt.number > 1 ? try folder.checkpointFault() : nil
      let began = steadySeconds()
      board.change { board in
        board.began(place, attempt: attempt.number, control: control, now: began)
        if let lost { board.startsAnew(place, because: lost) }
      }
      let outcome = executor.run(order, in: folder, attempt: attempt.number, control: control)
      try settle(
        place, attempt, outcome, in: folder, seconds: steadySeconds() - began, board)
    }
  }

  /// Writes the order of an item, and with it those that will be wanted next: one wait for the disk
  /// serves them all.
  private func placeOrders(
    startingWith place: Int, _ board: Monitor<Board>
  ) throws(StoreFault) {
    try placing.withLock { _ throws(StoreFault) in
      let places = board.look { $0.unplaced(startingWith: place, atMost: Self.placedAtOnce) }
      if places.isEmpty { return }
      try results.place(board.look { board in places.map { board.graph.orders[$0] } })
      board.look { $0.placed(places) }
    }
  }

  private static let placedAtOnce = 256

  /// Writes down how an attempt ended. Whether there is a result is for the folder to say, not for the
  /// worker's exit.
  private func settle(
    _ place: Int, _ attempt: Attempt, _ outcome: WorkOutcome, in folder: ItemFolder,
    seconds: Double, _ board: Monitor<Board>
  ) throws(StoreFault) {
    let result = try folder.soundResult()
    var ending = Attempt.Ending(
      manner: outcome.manner, words: outcome.words, seconds: seconds,
      peakMemory: outcome.peakMemory)
    // While this attempt was paused another one may have finished the item.
    let isOurs = result?.attempt == attempt.number
    if result != nil {
      (ending.manner, ending.words) = isOurs ? (.done, "") : (.stopped, "another attempt finished")
    } else if outcome.manner == .done {
      (ending.manner, ending.words) = (.failed, "the worker said it was done but left no result")
    }
    let isLate = board.look { $0.items[place].running?.isLate ?? false }
    if result == nil, isLate, [.stopped, .machineFault].contains(ending.manner) {
      ending.manner = .machineFault
      ending.words = "it took longer than the \(Int(settings.timeout ?? 0)) s that an item may take"
    }
    try folder.end(attempt: attempt.number, ending)
    let now = steadySeconds()
    if result != nil {
      board.change { $0.finished(place, seconds: seconds, elsewhere: !isOurs) }
    } else if try !folder.isCurrent(attempt: attempt.number) {
      let watch = LeaseWatch(timeout: settings.leaseTimeout)
      board.change { $0.held(place, by: "another process", watch: watch, now: now) }
    } else {
      let failure = folder.failure(of: attempt.number, ending)
      board.change { $0.ended(place, ending.manner, failure, now: now) }
    }
  }
}

extension Board {
  fileprivate mutating func takeEvents() -> [SchedulerEvent] {
    defer { events = [] }
    return events
  }
}
