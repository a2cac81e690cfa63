import Reproducibility
import RunStore

/// What the queue says, held against what was handed in.
extension ClusterRound {
  /// What is ready is handed in together with what will be in a moment.
  var wantsToSubmit: Bool {
    let now = steadySeconds()
    guard !waiting.isEmpty, now >= nextSubmit else { return false }
    return flights.isEmpty || now - waitingSince >= min(settings.poll, 5)
  }

  /// Holds the queue against what was handed in.
  ///
  /// - Returns: whether it answered.
  mutating func askQueue(now: Double) throws(StoreFault) -> Bool {
    guard let snapshot = queue.look() else {
      notice("\(queue.name) does not answer; what it started goes on, and it is asked again")
      isSilent = true
      nextSubmit = now + settings.poll
      return false
    }
    if isSilent { notice("\(queue.name) answers again") }
    isSilent = false
    hasTasks = !snapshot.tasks.isEmpty
    endings = [:]
    inQueue.formUnion(snapshot.tasks.keys)
    try adopt(snapshot)
    for name in open.keys.sorted() {
      let tasks = snapshot.tasks[name] ?? [:]
      try settleHopeless(name, tasks, now: now)
      for place in places(of: name) {
        guard let flight = flights[place] else { continue }
        if tasks[flight.task] != nil {
          flights[place]?.absentSince = nil
        } else if let since = flight.absentSince {
          if now - since >= settings.grace { try settleAbsent(place, flight, now: now) }
        } else {
          flights[place]?.absentSince = now
          if try newestAttempt(place) > flight.attempt {
            began.insert(TaskName(submission: name, task: flight.task))
          }
        }
      }
    }
    try closeWhatIsOver(snapshot)
    return true
  }

  /// Takes over what other coordinators, or an earlier one, handed in, first of all what the queue knows.
  mutating func adopt(_ snapshot: QueueSnapshot) throws(StoreFault) {
    let new = try SubmissionFolder.all(results).filter { !seen.contains($0.name) }
    let isThere = { (folder: SubmissionFolder) in snapshot.tasks[folder.name] != nil }
    for folder in new.filter(isThere) + new.filter({ !isThere($0) }) {
      if try folder.isClosed() {
        seen.insert(folder.name)
        continue
      }
      // One that is just being written is there the next time.
      guard let submission = try folder.submission() else { continue }
      seen.insert(folder.name)
      for (task, chunk) in submission.chunks.enumerated() {
        for identity in chunk {
          guard let place = graph.place(of: identity) else { continue }
          // Of other studies nothing is closed or cancelled.
          open[submission.name] = submission
          guard flights[place] == nil, board.mayBeTaken(place) else { continue }
          var flight = try onGround(place, submission.name, task)
          flight.isAdopted = true
          // What began since it was handed in is its task's own attempt.
          flight.attempt = min(flight.attempt, submission.attempt(of: identity))
          fly(place, flight)
        }
      }
    }
    waiting.removeAll { flights[$0] != nil }
  }

  /// Closes the arrays that the queue does not know and of which nothing is expected any more, and takes tasks out of
  /// it whose items were all done before their turn came.
  mutating func closeWhatIsOver(_ snapshot: QueueSnapshot) throws(StoreFault) {
    let idle = open.filter { name, submission in
      snapshot.tasks[name]?.values.contains { !$0.isRunning } ?? false && isDone(submission)
    }.keys
    // Where that is not heard they begin, find nothing to do, and end.
    if !idle.isEmpty { _ = queue.cancel(idle.sorted(), waitingOnly: true) }
    for (name, submission) in open.sorted(by: { $0.key < $1.key })
    where snapshot.tasks[name] == nil && places(of: name).isEmpty
      && (inQueue.contains(name) || SubmissionFolder(results, name: name).jobID != nil
        || !submission.mayBeOnItsWay)
    {
      try close(name, "nothing of it waits or runs any more")
    }
  }

  /// Whether nothing is left to do for any of its tasks, whoever counts on them.
  func isDone(_ submission: Submission) -> Bool {
    submission.chunks.allSatisfy { chunk in
      chunk.allSatisfy { graph.place(of: $0).map { board.items[$0].phase == .done } ?? false }
    }
  }

  /// An item as it is before a task works on it.
  func onGround(
    _ place: Int, _ name: String, _ task: Int
  ) throws(StoreFault) -> Flight {
    var flight = Flight(
      submission: name, task: task, attempt: 0,
      watch: LeaseWatch(timeout: settings.run.leaseTimeout))
    if isUntouched(place) { return flight }
    let folder = results.item(graph.identities[place])
    flight.attempt = try folder.newestAttempt()
    flight.step = folder.checkpointStep()
    return flight
  }

  /// Whether an item had no folder when the run began and was not handed in since: who looks at a thousand of them
  /// once more would find out nothing, or what the leases settle as well.
  func isUntouched(_ place: Int) -> Bool {
    absent.contains(place) && !flown.contains(place)
  }

  mutating func fly(_ place: Int, _ flight: Flight) {
    flown.insert(place)
    flights[place] = flight
    // What was taken along before its turn is on its way as well.
    board.take(place)
  }

  func manner(
    of failure: ItemFailure, in folder: ItemFolder
  ) throws(StoreFault) -> Attempt.Ending.Manner {
    try folder.attempt(failure.attempt)?.ending?.manner ?? .failed
  }

  func places(of name: String) -> [Int] {
    flights.filter { $0.value.submission == name }.keys.sorted()
  }

  private func newestAttempt(_ place: Int) throws(StoreFault) -> Int {
    try results.item(graph.identities[place]).newestAttempt()
  }

  /// Takes an array out of the queue that would wait for ever, and says why.
  private mutating func settleHopeless(
    _ name: String, _ tasks: [Int: QueueSnapshot.Task], now: Double
  ) throws(StoreFault) {
    let places = places(of: name)
    guard let task = tasks.values.first(where: \.isHopeless), let submission = open[name],
      // While something of it runs, or ran, it is no request that cannot be met.
      !tasks.values.contains(where: \.isRunning), !places.isEmpty,
      places.allSatisfy({ flights[$0]?.isStarted == false }), isOurAlone(submission)
    else {
      hopelessSince[name] = nil
      return
    }
    // Some of these reasons also stand for nodes that are just away.
    guard let since = hopelessSince[name], now - since >= settings.grace else {
      hopelessSince[name] = hopelessSince[name] ?? now
      return
    }
    guard queue.cancel([name], waitingOnly: false) else { return }
    let failure = Self.neverStarts("it would wait for ever: \(task.reason)", submission, queue)
    for place in places {
      flights[place] = nil
      board.ended(place, .configurationFault, failure, now: now)
    }
    try close(name, "it would wait for ever: \(task.reason)")
  }

  /// Whether no other study waits for anything of it.
  func isOurAlone(_ submission: Submission) -> Bool {
    submission.chunks.allSatisfy { $0.allSatisfy { graph.place(of: $0) != nil } }
  }

  static func neverStarts(
    _ reason: String, _ submission: Submission, _ queue: any ClusterQueue
  ) -> ItemFailure {
    let request = submission.request
    let asked = [
      "\(request.cores) core\(request.cores == 1 ? "" : "s")",
      request.memory.map { "\($0) MiB" } ?? "the usual memory",
      request.minutes.map { "\($0) minutes" } ?? "the usual time",
    ].joined(separator: ", ")
    return ItemFailure(
      isConfigurationFault: true, what: "\(queue.name) will not start it: \(reason)",
      why: "a task of \(submission.name) asks for \(asked)",
      help: "change 'executor.slurm' in the study, or for once with --set executor.slurm.KEY=VALUE")
  }

  /// The task of an item is gone for longer than a disk may lag, and there is no result.
  private mutating func settleAbsent(
    _ place: Int, _ flight: Flight, now: Double
  ) throws(StoreFault) {
    let folder = results.item(graph.identities[place])
    let state = try folder.state()
    if state.isDone { return }
    // Its worker is still there, or another process has taken it.
    if try folder.holder(&flights[place, default: flight].watch) != nil { return }
    let attempt = try folder.newestAttempt()
    let step = folder.checkpointStep()
    let ending = taskEnding(flight)
    flights[place] = nil
    let last = attempt > flight.attempt ? try folder.attempt(attempt)?.ending?.manner : nil
    if attempt > flight.attempt, (step ?? 0) <= (flight.step ?? 0) || ending == .memory {
      askForMore(place, ending ?? (last == .stopped ? .timeLimit : nil))
    }
    if case .failed(let failure) = state, failure.attempt > flight.attempt {
      dealtWith[place] = failure.attempt
      return board.ended(place, last ?? .failed, failure, now: now)
    }
    if !board.isTaken(place) { return }
    if !board.hasInputs(place) { return board.wait(place) }
    let words = ending?.words ?? "ended"
    if attempt > flight.attempt, (step ?? 0) > (flight.step ?? 0) {
      return board.goesOn(
        place, reason: "its task \(words); it goes on from step \(step ?? 0)", attempt: attempt + 1,
        now: now)
    }
    if flight.isAdopted, attempt == flight.attempt, !inQueue.contains(flight.submission) {
      return board.goesOn(
        place, reason: "\(queue.name) has no \(flight.submission) any more", attempt: attempt + 1,
        now: now)
    }
    let task = TaskName(submission: flight.submission, task: flight.task)
    if attempt == flight.attempt, began.contains(task) {
      return board.goesOn(
        place, reason: "its task \(words) before its turn came", attempt: attempt + 1, now: now)
    }
    let what =
      doubts[flight.submission].map { "\(queue.name) did not take it: \($0)" }
      ?? "its task in \(queue.name) \(words)\(attempt > flight.attempt ? "" : " before it began")"
    board.ended(
      place, .machineFault,
      ItemFailure(
        isConfigurationFault: false, what: what,
        why: "without a result it does not count; it was tried as often as --retries allows",
        help: Self.help(ending, SubmissionFolder(results, name: flight.submission), flight.task),
        attempt: attempt), now: now)
  }

  /// The next task of an item that had too little asks for twice as much.
  private mutating func askForMore(_ place: Int, _ ending: TaskEnding?) {
    var more = more[place] ?? .init()
    if ending == .memory { more.memory = min(2 * more.memory, Self.mostMore) }
    if ending == .timeLimit { more.time = min(2 * more.time, Self.mostMore) }
    self.more[place] = more
  }

  private static let mostMore = 1024

  private mutating func taskEnding(_ flight: Flight) -> TaskEnding? {
    let folder = SubmissionFolder(results, name: flight.submission)
    if let said = SlurmWords.ending(inLog: folder.log(of: flight.task)) { return said }
    let told = endings[flight.submission] ?? queue.endings(of: flight.submission)
    endings[flight.submission] = told
    return told[flight.task].flatMap(SlurmWords.ending(state:))
  }

  private static func help(_ ending: TaskEnding?, _ folder: SubmissionFolder, _ task: Int) -> String
  {
    switch ending {
    case .memory: "raise executor.slurm.memory, in MiB"
    case .timeLimit:
      "raise executor.slurm.time, in minutes, or let the stage save more often (checkpoint_every)"
    case .preempted, .nodeLost, .cancelled: "the same command tries again"
    case nil: "read \(folder.logs)/\(task).txt"
    }
  }
}
