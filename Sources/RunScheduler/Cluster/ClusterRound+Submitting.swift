import Reproducibility
import RunStore

/// Handing in: what is ready, or everything at once.
extension ClusterRound {
  /// What came of handing an array in.
  private enum Handed {
    case taken(SubmissionFolder)
    case later(String)
    case never(ItemFailure)
  }

  /// Hands in what is ready.
  mutating func submit(now: Double) throws(StoreFault) {
    guard !waiting.isEmpty, now >= nextSubmit else { return }
    try leaveToOthers(now: now)
    while !board.endsByFailures, let group = nextGroup() {
      let chunks = plan.chunks(
        group, isLeft: { board.items[$0].phase == .waiting },
        isDone: { board.items[$0].phase == .done })
      let part = Array(chunks.prefix(min(fewer ?? .max, queue.mostTasks)))
      let places = Set(part.flatMap { $0 })
      let heads = waiting.filter(places.contains)
      waiting.removeAll(where: places.contains)
      switch try handIn(part, more: more[group[0]] ?? .init(), after: []) {
      case .taken:
        // What was too much once may be little enough later.
        fewer = fewer.map { 2 * $0 }
        refusedAlone = 0
      case .later(let reason):
        if part.count == 1, !hasTasks { refusedAlone += 1 }
        if refusedAlone > Self.mostRefusedAlone {
          fail(heads, takesNothing(reason))
          continue
        }
        waiting = heads + waiting
        fewer = max(1, min(fewer ?? .max, part.count) / 2)
        notice(
          "\(queue.name) takes no \(part.count) tasks now (\(reason)): fewer, and the rest later")
        // One array less may be all that it takes.
        if part.count > 1 { continue }
        nextSubmit = steadySeconds() + settings.poll
        return
      case .never(let failure): fail(heads, failure)
      }
    }
  }

  private mutating func fail(_ places: [Int], _ failure: ItemFailure) {
    for place in places {
      board.ended(place, .configurationFault, failure, now: steadySeconds())
    }
  }

  private func takesNothing(_ reason: String) -> ItemFailure {
    ItemFailure(
      isConfigurationFault: true, what: "\(queue.name) takes not even one task: \(reason)",
      why: "it said so \(refusedAlone) times while nothing of ours waited or ran",
      help:
        "look at the limits of your account and partition: sacctmgr show assoc, scontrol show partition"
    )
  }

  private static let mostRefusedAlone = 10

  private var plan: ChunkPlan {
    ChunkPlan(
      graph: graph, demand: settings.demand, size: settings.chunk, slots: settings.slots,
      seconds: settings.chunkSeconds)
  }

  /// Waiting items that ask for the same: of one kind, and as often as short of time or memory.
  private func nextGroup() -> [Int]? {
    guard let first = waiting.first else { return nil }
    return waiting.filter {
      graph.orders[$0].kind == graph.orders[first].kind && more[$0] == more[first]
    }
  }

  /// What was done meanwhile, or is in somebody's hands, needs no task.
  private mutating func leaveToOthers(now: Double) throws(StoreFault) {
    for place in waiting where !isUntouched(place) {
      let folder = results.item(graph.identities[place])
      switch try folder.state(.contents) {
      case .done(let note): board.finished(place, seconds: note.seconds ?? 0, elsewhere: true)
      case .failed(let failure) where failure.attempt > dealtWith[place] ?? 0:
        let manner = try manner(of: failure, in: folder)
        dealtWith[place] = failure.attempt
        board.ended(place, manner, failure, now: now)
      default:
        var watch = board.items[place].watch
        guard let holder = try folder.holder(&watch) else { continue }
        board.held(place, by: holder, watch: watch, now: now)
      }
      waiting.removeAll { $0 == place }
    }
  }

  private mutating func handIn(
    _ chunks: [[Int]], more: ClusterDemand.More, after jobs: [String], withTime: Bool = true
  ) throws(StoreFault) -> Handed {
    let orders = chunks.map { $0.map { graph.orders[$0] } }
    let all = orders.flatMap { $0 }
    try results.place(all)
    var request = settings.demand.request(orders, more: more)
    if !withTime { request.minutes = nil }
    var submission = Submission(
      study: settings.study, chunks: chunks.map { $0.map { graph.identities[$0] } },
      request: request,
      workers: settings.demand.workers(of: all), limits: settings.limits)
    // Of a limit that was asked for half is for its own chunk.
    submission.helpsFor = min(
      settings.chunkSeconds, request.minutes.map { 30 * Double($0) } ?? .infinity)
    var flying: [(place: Int, flight: Flight)] = []
    for (task, chunk) in chunks.enumerated() {
      for place in chunk {
        let flight = try onGround(place, submission.name, task)
        if flight.attempt > 0 { submission.attempts[graph.identities[place]] = flight.attempt }
        flying.append((place, flight))
      }
    }
    let folder = try SubmissionFolder.create(submission, script: settings.script, in: results)
    seen.insert(submission.name)
    inQueue.insert(submission.name)
    switch queue.submit(submission, in: folder, after: jobs) {
    case .accepted(let job): try folder.note(job: job)
    case .unknown(let reason):
      // It may have been taken all the same. Its name tells, now or at a later look, and until then it counts as
      // handed in: nothing is handed in twice for want of an answer.
      notice("\(queue.name) did not say whether it took \(submission.name): \(reason)")
      if let task = queue.look()?.tasks[submission.name]?.first?.value {
        try folder.note(job: task.job)
      } else {
        doubts[submission.name] = reason
      }
    case .full(let reason):
      try folder.close("not taken: \(reason)")
      return .later(reason)
    case .refused(let reason):
      try folder.close("refused: \(reason)")
      // More time than the partition gives was our own guess: then its default, and from checkpoint to checkpoint.
      if reason.contains("time limit"), request.minutes != nil, settings.demand.minutes.isEmpty {
        return try handIn(chunks, more: more, after: jobs, withTime: false)
      }
      return .never(Self.neverStarts(reason, submission, queue))
    }
    open[submission.name] = submission
    for (place, flight) in flying { fly(place, flight) }
    return .taken(folder)
  }

  /// Hands everything in at once, each layer after the one that it reads.
  mutating func submitLayers() throws -> [SubmissionFolder] {
    guard let snapshot = queue.look() else {
      throw ClusterRefusal(reason: "\(queue.name) does not answer", mayPass: true)
    }
    try adopt(snapshot)
    // What an earlier one handed in and the queue has lost is handed in again.
    for (place, flight) in flights where snapshot.tasks[flight.submission]?[flight.task] == nil {
      flights[place] = nil
    }
    try closeWhatIsOver(snapshot)
    var made: [SubmissionFolder] = []
    var jobs: [String] = []
    var covered = Set(graph.orders.indices.filter { board.items[$0].phase == .done })
    covered.formUnion(flights.keys)
    let flying = Set(flights.keys.map { flights[$0]?.submission ?? "" })
    // By the queue's own word: an id that was noted may be a stranger's by now.
    jobs = flying.compactMap { snapshot.tasks[$0]?.first?.value.job }.sorted()
    while covered.count < graph.count {
      let ready = graph.startOrder.filter { place in
        !covered.contains(place) && graph.inputs[place].allSatisfy(covered.contains)
      }
      if ready.isEmpty { break }
      var layer: [String] = []
      let before = covered
      for kind in ready.map({ graph.orders[$0].kind }).uniqued {
        let chunks = plan.chunks(
          ready.filter { graph.orders[$0].kind == kind }, isLeft: { !covered.contains($0) },
          isDone: before.contains)
        var rest = chunks[...]
        var most = queue.mostTasks
        while !rest.isEmpty {
          let part = Array(rest.prefix(most))
          let folder: SubmissionFolder
          switch try handIn(part, more: .init(), after: jobs) {
          case .taken(let taken): folder = taken
          case .later where part.count > 1:
            most = max(1, part.count / 2)
            continue
          case .later(let reason): throw ClusterRefusal(reason: reason, mayPass: true)
          case .never(let failure): throw ClusterRefusal(reason: failure.what, mayPass: false)
          }
          if let doubt = doubts[folder.name] {
            throw ClusterRefusal(
              reason: "\(queue.name) did not say whether it took \(folder.name): \(doubt)",
              mayPass: true)
          }
          rest = rest.dropFirst(part.count)
          made.append(folder)
          if let job = folder.jobID { layer.append(job) }
          covered.formUnion(part.flatMap { $0 })
        }
      }
      jobs = layer
    }
    return made
  }
}
