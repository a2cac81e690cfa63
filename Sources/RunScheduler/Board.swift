import Reproducibility
import RunStore

/// The state of a run, as a value: what is ready, what runs, what became of the rest. It does no input
/// or output and knows no threads; `Scheduler` keeps it in a monitor.
struct Board {
  enum Phase: Equatable {
    /// For its inputs.
    case waiting
    case ready
    /// Until a time, by the steady clock: another process has it, or an attempt just failed.
    case sleeping(until: Double)
    /// A thread has it: claiming, running or writing down the end.
    case taken
    case done
    case failed
    case skipped
    /// It was running when the run was asked to stop.
    case left
  }

  struct Item {
    var phase = Phase.waiting
    var missingInputs = 0
    /// Attempts of this run that the machine let down.
    var faults = 0
    var watch: LeaseWatch
    /// Its order stands in its folder.
    var isPlaced = false
    var isWaitAnnounced = false
    var running: Running?
  }

  struct Running {
    var attempt: Int
    var control: RunControl
    var began: Double
    var progress: ItemProgress?
    /// It took longer than it may and was asked to leave.
    var isLate = false
  }

  let graph: WorkGraph
  private let measured: MeasuredGraph
  let settings: Scheduler.Settings
  private(set) var items: [Item]
  /// The one to start next is last, as ``WorkGraph/startOrder`` has it.
  private var ready: [Int] = []
  /// Items that are neither done nor failed nor skipped.
  private var unsettled = 0
  private var wish = RunControl.Wish.goOn
  private var estimate: TimeEstimate
  private(set) var summary = RunSummary()
  var events: [SchedulerEvent] = []
  /// Threads that may still change something.
  var activeThreads = 0
  /// What broke the run itself.
  private(set) var fault: StoreFault?

  init(_ graph: WorkGraph, _ plan: RunPlan, _ settings: Scheduler.Settings) {
    self.graph = graph
    self.settings = settings
    measured = MeasuredGraph(graph, measure: settings.measure)
    estimate = settings.history
    let hasHistory = !estimate.isEmpty
    items = [Item](
      repeating: Item(watch: LeaseWatch(timeout: settings.leaseTimeout)), count: graph.count)
    summary.total = graph.count
    events.append(.planned(plan))
    for (place, entry) in plan.entries.enumerated() {
      switch entry.state {
      case .done, .known:
        items[place].phase = .done
        summary.doneBefore += 1
        if !hasHistory, let seconds = entry.state.seconds {
          estimate.learn(measured.measure(of: place), seconds: seconds)
        }
        continue
      case .damaged(let reason): events.append(.damaged(entry.order, reason: reason))
      case .absent, .ordered, .running, .failed: break
      }
      unsettled += 1
      items[place].missingInputs = graph.inputs[place].count { items[$0].phase != .done }
      if items[place].missingInputs == 0 {
        items[place].phase = .ready
        ready.append(place)
      }
    }
    // Sorted once: a hundred thousand insertions would move each item past all others.
    ready = ready.sorted { graph.ranks[$0] > graph.ranks[$1] }
  }

  // MARK: Choosing

  enum Next {
    case work(Int)
    /// Nothing more will come for this thread.
    case leave
  }

  /// What a free thread shall do; nil to wait.
  mutating func next() -> Next? {
    if wish > .goOn || unsettled == 0 { return .leave }
    guard let place = ready.popLast() else { return nil }
    items[place].phase = .taken
    return .work(place)
  }

  private mutating func makeReady(_ place: Int) {
    items[place].phase = .ready
    // Descending in rank: binary search for the first that starts sooner.
    var low = 0
    var high = ready.count
    while low < high {
      let middle = (low + high) / 2
      if graph.ranks[ready[middle]] < graph.ranks[place] { high = middle } else { low = middle + 1 }
    }
    ready.insert(place, at: low)
  }

  /// Everything that is ready, in the order in which it would be started; nobody else is given it.
  mutating func takeReady() -> [Int] {
    var taken: [Int] = []
    while case .work(let place)? = next() { taken.append(place) }
    return taken
  }

  /// Gives an item back that was taken and not begun.
  mutating func giveBack(_ place: Int, until due: Double) {
    items[place].phase = .sleeping(until: due)
  }

  /// An item goes with others before its own turn.
  mutating func take(_ place: Int) {
    if case .ready = items[place].phase { ready.removeAll { $0 == place } }
    items[place].phase = .taken
  }

  /// Whether an item still waits for its turn, so that it may go with others.
  func mayBeTaken(_ place: Int) -> Bool {
    switch items[place].phase {
    case .waiting, .ready, .sleeping, .taken: true
    case .done, .failed, .skipped, .left: false
    }
  }

  func isTaken(_ place: Int) -> Bool { items[place].phase == .taken }

  func hasInputs(_ place: Int) -> Bool {
    graph.inputs[place].allSatisfy { items[$0].phase == .done }
  }

  /// An item that went with others before its own turn waits for its inputs again, or for nothing when one failed.
  mutating func wait(_ place: Int) {
    items[place].running = nil
    if let cause = graph.inputs[place].first(where: {
      [.failed, .skipped].contains(items[$0].phase)
    }) {
      items[place].phase = .waiting
      skip([place], because: cause)
      return
    }
    items[place].missingInputs = graph.inputs[place].count { items[$0].phase != .done }
    items[place].phase = .waiting
  }

  /// So many items are left to a queue that goes on with them.
  mutating func leftInQueue(_ count: Int) { summary.leftInQueue = count }

  /// Whether so many items failed that nothing new starts.
  var endsByFailures: Bool { summary.wasEndedByFailures }

  /// Whether nothing is left to be done or to be waited for.
  var isOver: Bool { unsettled == 0 }

  /// Wakes the items whose time has come.
  mutating func wake(now: Double) {
    for place in items.indices {
      if case .sleeping(let due) = items[place].phase, due <= now { makeReady(place) }
    }
  }

  /// An item whose order has to be written, and those after it that will be wanted soon; none when its
  /// order stands.
  func unplaced(startingWith place: Int, atMost count: Int) -> [Int] {
    if items[place].isPlaced { return [] }
    return [place] + ready.reversed().lazy.filter { !items[$0].isPlaced }.prefix(count - 1)
  }

  mutating func placed(_ places: [Int]) { for place in places { items[place].isPlaced = true } }

  // MARK: What happened

  mutating func began(_ place: Int, attempt: Int, control: RunControl, now: Double) {
    items[place].running = Running(attempt: attempt, control: control, began: now)
    events.append(.started(graph.orders[place], attempt: attempt))
    // The wish to stop may have come while the item was being claimed.
    control.ask(wish)
  }

  mutating func startsAnew(_ place: Int, because fault: StoreFault) {
    events.append(.startingAnew(graph.orders[place], reason: fault.what))
  }

  mutating func progressed(_ place: Int, attempt: Int, _ progress: ItemProgress) {
    guard items[place].running?.attempt == attempt, items[place].running?.progress != progress
    else { return }
    items[place].running?.progress = progress
    events.append(.progress(graph.orders[place], progress))
  }

  /// Another process has the item.
  mutating func held(_ place: Int, by holder: String, watch: LeaseWatch, now: Double) {
    items[place].watch = watch
    items[place].running = nil
    items[place].phase = .sleeping(until: now + settings.poll)
    if !items[place].isWaitAnnounced {
      items[place].isWaitAnnounced = true
      events.append(.waiting(graph.orders[place], for: holder))
    }
  }

  /// Another process has an item that this run is not to wait for: it is left to that one, with what waits for it.
  mutating func leave(_ place: Int) {
    items[place].running = nil
    items[place].phase = .left
    unsettled -= 1
    var affected = graph.dependents[place]
    while let next = affected.popLast() {
      guard items[next].phase == .waiting else { continue }
      items[next].phase = .left
      unsettled -= 1
      affected += graph.dependents[next]
    }
  }

  /// An attempt ended before its work and saved how far it was: the next one goes on from there. It costs no retry.
  mutating func goesOn(_ place: Int, reason: String, attempt: Int, now: Double) {
    items[place].running = nil
    items[place].phase = .sleeping(until: now)
    events.append(.retrying(graph.orders[place], reason: reason, attempt: attempt, after: 0))
  }

  mutating func finished(_ place: Int, seconds: Double, elsewhere: Bool) {
    items[place].running = nil
    items[place].phase = .done
    unsettled -= 1
    if elsewhere { summary.finishedElsewhere += 1 } else { summary.finished += 1 }
    estimate.learn(measured.measure(of: place), seconds: seconds)
    events.append(.finished(graph.orders[place], seconds: seconds, elsewhere: elsewhere))
    for dependent in graph.dependents[place] {
      items[dependent].missingInputs -= 1
      if items[dependent].missingInputs == 0, items[dependent].phase == .waiting {
        makeReady(dependent)
      }
    }
  }

  /// An attempt ended without a result.
  mutating func ended(
    _ place: Int, _ manner: Attempt.Ending.Manner, _ failure: ItemFailure, now: Double
  ) {
    items[place].running = nil
    if wish > .goOn && (manner == .stopped || manner == .machineFault) {
      items[place].phase = .left
      events.append(.stopped(graph.orders[place]))
      return
    }
    // A worker that left without being asked was stopped by somebody else: as good as killed.
    let mayTryAgain = manner == .machineFault || manner == .stopped
    guard mayTryAgain, items[place].faults < settings.retries else {
      fail(place, failure)
      return
    }
    let pause = settings.backOff * Double(1 << items[place].faults)
    items[place].faults += 1
    items[place].phase = .sleeping(until: now + pause)
    events.append(
      .retrying(
        graph.orders[place], reason: failure.what, attempt: failure.attempt + 1, after: pause))
  }

  private mutating func fail(_ place: Int, _ failure: ItemFailure) {
    items[place].phase = .failed
    unsettled -= 1
    summary.failures.append((graph.orders[place], failure))
    events.append(.failed(graph.orders[place], failure))
    defer {
      if let most = settings.maxFailures, summary.failures.count >= most {
        summary.wasEndedByFailures = true
        ask(.stop)
      }
    }
    skip(graph.dependents[place], because: place)
  }

  /// Items that wait for one that failed, and those that wait for them.
  private mutating func skip(_ places: [Int], because cause: Int) {
    var affected = places
    while let next = affected.min() {
      affected.removeAll { $0 == next }
      guard items[next].phase == .waiting else { continue }
      items[next].phase = .skipped
      unsettled -= 1
      summary.skipped.append(graph.orders[next])
      events.append(.skipped(graph.orders[next], because: graph.orders[cause]))
      affected += graph.dependents[next]
    }
  }

  /// Asks what takes longer than it may to leave, and ends what does not.
  mutating func askLate(now: Double) {
    guard let timeout = settings.timeout else { return }
    for place in items.indices {
      guard let running = items[place].running, now - running.began > timeout else { continue }
      items[place].running?.isLate = true
      running.control.ask(now - running.began > timeout + settings.grace ? .kill : .stop)
    }
  }

  /// Nothing new starts; what runs is asked to leave.
  mutating func ask(_ wish: RunControl.Wish) {
    guard wish > self.wish else { return }
    self.wish = wish
    summary.wasStopped = true
    for item in items { item.running?.control.ask(wish) }
  }

  /// The run cannot go on: nothing can be written down any more.
  ///
  /// - Parameter place: of the item that found it out.
  mutating func broke(_ place: Int?, _ fault: StoreFault) {
    if let place {
      items[place].running = nil
      items[place].phase = .left
    }
    if self.fault == nil { self.fault = fault }
    ask(.stop)
  }

  // MARK: Looking

  var running: [(place: Int, attempt: Int)] {
    items.indices.compactMap { place in items[place].running.map { (place, $0.attempt) } }
  }

  func status(now: Double) -> RunStatus {
    var status = RunStatus()
    status.total = graph.count
    var states: [TimeEstimate.State] = []
    states.reserveCapacity(graph.count)
    for (place, item) in items.enumerated() {
      var state = TimeEstimate.State.settled
      switch item.phase {
      case .done: status.done += 1
      case .failed: status.failed += 1
      case .skipped: status.skipped += 1
      case .waiting, .ready, .sleeping, .taken, .left: state = .waiting
      }
      if let running = item.running {
        let seconds = now - running.began
        state = .running(seconds: seconds, fraction: running.progress?.fraction)
        status.running.append(
          .init(order: graph.orders[place], progress: running.progress, seconds: seconds))
      }
      states.append(state)
    }
    status.timeLeft = estimate.timeLeft(states, of: measured, workers: settings.workers)
    return status
  }
}
