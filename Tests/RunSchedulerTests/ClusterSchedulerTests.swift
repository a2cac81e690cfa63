import Foundation
import Reproducibility
import RunStore
import Testing

@testable import RunScheduler

@Suite("cluster scheduler")
struct ClusterSchedulerTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private var worker: InProcessExecutor { InProcessExecutor { try work($0, control: $1) } }

  private func settings() -> ClusterScheduler.Settings {
    var settings = ClusterScheduler.Settings(script: { "exec worker '\($0.path)'\n" })
    settings.run = quick()
    settings.poll = 0.05
    settings.grace = 0.1
    settings.study = "a study/of 'names'"
    return settings
  }

  private func run(
    _ graph: WorkGraph, _ queue: FakeQueue, _ settings: ClusterScheduler.Settings? = nil
  ) throws -> (RunSummary, Listener) {
    let listener = Listener()
    let scheduler = ClusterScheduler(
      place.results, queue: queue, settings: settings ?? self.settings())
    return (try scheduler.run(graph, observer: listener.hear), listener)
  }

  private func flat(_ count: Int) throws -> WorkGraph {
    try WorkGraph(orders: (0..<count).map { order("item \($0)") })
  }

  @Test("what a queue ran has the bytes of what ran here; a second run hands nothing in")
  func sameBytes() throws {
    let graph = try diamond()
    let queue = FakeQueue(place.results, worker)
    let (summary, listener) = try run(graph, queue)
    #expect(summary.isComplete && summary.finished == 5 && listener.last?.done == 5)
    let here = ResultsFolder(place.path + "/here")
    try Scheduler(here, executor: worker, settings: quick()).run(graph)
    let files = try place.resultFiles()
    #expect(files.count == 20)
    #expect(try place.resultFiles(of: here) == files)
    let before = queue.submissions.count
    let (again, silence) = try run(graph, queue)
    #expect(again.doneBefore == 5 && queue.submissions.count == before)
    #expect(silence.heard == ["planned 5 of 5"])
    // Nothing is open any more.
    for folder in try SubmissionFolder.all(place.results) { #expect(try folder.isClosed()) }
  }

  @Test("the intent stands before the queue hears of it, under a name that nothing else has")
  func intent() throws {
    let queue = FakeQueue(place.results, worker)
    _ = try run(flat(3), queue)
    let submission = try #require(queue.submissions.first)
    #expect(submission.name.hasPrefix("ablate-a-study-of--names--"))
    let folder = try #require(
      SubmissionFolder(
        path: "\(place.results.path)/submissions/\(submission.name)", files: LocalFileSystem()))
    #expect(try folder.submission() == submission)
    #expect(folder.jobID == "1")
    #expect(FileManager.default.fileExists(atPath: folder.logs))
    let script = try String(contentsOfFile: folder.script, encoding: .utf8)
    #expect(script == "exec worker '\(folder.path)'\n")
    let names = (0..<100).map { _ in
      Submission(study: "s", chunks: [], request: ClusterRequest(), workers: 1, limits: [:]).name
    }
    #expect(Set(names).count == 100)
  }

  @Test(
    "short items share a task, slots decide how many tasks there are, and one that was asked for holds"
  )
  func chunks() throws {
    let queue = FakeQueue(place.results, worker)
    var settings = settings()
    settings.slots = 4
    _ = try run(flat(100), queue, settings)
    #expect(queue.submissions[0].chunks.map(\.count) == Array(repeating: 5, count: 20))

    let graph = try flat(100)
    func sizes(_ size: Int?, _ slots: Int?, seconds: Double?) -> [Int] {
      var demand = ClusterDemand()
      demand.seconds = { _ in seconds }
      return ChunkPlan(graph: graph, demand: demand, size: size, slots: slots, seconds: 60)
        .chunks(Array(0..<100), isLeft: { _ in false }, isDone: { _ in false }).map(\.count)
    }
    #expect(sizes(30, 4, seconds: nil) == [30, 30, 30, 10])
    // 40 seconds each: two would take longer than a task shall.
    #expect(sizes(nil, 2, seconds: 40) == Array(repeating: 1, count: 100))
    #expect(sizes(nil, 2, seconds: 10).first == 6)
    // Without a word of slots, five tasks for each of eight.
    #expect(sizes(nil, nil, seconds: nil).count == 34)
  }

  @Test("a task goes on with what follows from its item alone")
  func chains() throws {
    let first = (0..<3).map { order("first \($0)") }
    let second = first.map { order("second of \($0.label)", reads: [$0]) }
    let graph = try WorkGraph(
      orders: first + second + [order("both", reads: [second[0], second[1]])])
    let queue = FakeQueue(place.results, worker)
    let (summary, _) = try run(graph, queue)
    #expect(summary.isComplete)
    #expect(queue.submissions[0].chunks.map(\.count) == [2, 2, 2])
    #expect(queue.submissions.count == 2)
  }

  @Test("an array is never larger than the queue allows")
  func arrayLimit() throws {
    let queue = FakeQueue(place.results, worker, mostTasks: 4)
    let (summary, _) = try run(flat(10), queue)
    #expect(summary.isComplete)
    #expect(queue.submissions.map(\.chunks.count) == [4, 4, 2])
  }

  @Test("where the queue takes fewer, fewer are handed in, and the rest later")
  func full() throws {
    let queue = FakeQueue(place.results, worker, turns: [.full, .full])
    let (summary, listener) = try run(flat(8), queue)
    #expect(summary.isComplete)
    #expect(queue.submissions.map(\.chunks.count) == [8, 4, 2, 4, 2])
    #expect(listener.heard.contains { $0.contains("takes no 8 tasks now (job submit limit)") })
  }

  @Test("an array whose answer was lost is looked up by its name, and not handed in twice")
  func lostAnswer() throws {
    let queue = FakeQueue(place.results, worker, turns: [.acceptWithoutAnswer])
    let (summary, listener) = try run(flat(3), queue)
    #expect(summary.isComplete && queue.submissions.count == 1)
    #expect(listener.heard.contains { $0.contains("did not say whether it took ablate-") })
  }

  @Test("one that the queue never had is handed in again after the grace, under another name")
  func lostRequest() throws {
    let queue = FakeQueue(place.results, worker, turns: [.loseRequest])
    let (summary, listener) = try run(flat(2), queue)
    #expect(summary.isComplete && queue.submissions.count == 2)
    #expect(Set(queue.submissions.map(\.name)).count == 2)
    #expect(listener.heard.contains("retrying item 0: the queue did not take it: no answer"))
  }

  @Test("a queue that does not answer says nothing: nothing is given up, and it is said once")
  func silence() throws {
    let queue = FakeQueue(place.results, worker, silences: 4)
    let (summary, listener) = try run(flat(2), queue)
    #expect(summary.isComplete && queue.submissions.count == 1)
    #expect(listener.heard.filter { $0.contains("does not answer") }.count == 1)
  }

  @Test("a job that was forgotten is handed in again as often as retries allow, and then fails")
  func forgotten() throws {
    var queue = FakeQueue(place.results, worker, turns: [.forget])
    #expect(try run(flat(1), queue).0.isComplete)
    #expect(queue.submissions.count == 2)
    let other = try WorkGraph(orders: [order("other")])
    queue = FakeQueue(place.results, worker, turns: [.forget, .forget, .forget])
    let (summary, _) = try run(other, queue)
    #expect(queue.submissions.count == 3)
    #expect(
      summary.failures.map(\.failure.what) == ["its task in the queue ended before it began"])
  }

  @Test("what the queue will never take fails at once, with what was asked for")
  func refused() throws {
    let queue = FakeQueue(
      place.results, worker, turns: [.refuse("invalid partition specified: gpu")])
    let (summary, _) = try run(diamond(), queue)
    #expect(queue.submissions.count == 2, "items of another kind are handed in by themselves")
    let failure = try #require(summary.failures.first?.failure)
    #expect(failure.what == "the queue will not start it: invalid partition specified: gpu")
    #expect(failure.why.hasSuffix("asks for 1 core, the usual memory, the usual time"))
    #expect(failure.isConfigurationFault)
    #expect(summary.skipped.map(\.label) == ["b", "c", "d"])
  }

  @Test("a job that would wait for ever is cancelled and reported at once")
  func hopeless() throws {
    let queue = FakeQueue(place.results, worker, turns: [.acceptHopeless])
    let (summary, _) = try run(flat(1), queue)
    #expect(
      summary.failures.map(\.failure.what)
        == ["the queue will not start it: it would wait for ever: BadConstraints"])
    #expect(queue.cancelled == queue.submissions.map(\.name))
  }

  @Test(
    "after one that was ended for its memory, the next asks for twice as much; what was given stays"
  )
  func memory() throws {
    var settings = settings()
    settings.demand.peaks = ["stage": 400 << 20]
    let log = "slurmstepd: error: Exceeded job memory limit\n"
    var queue = FakeQueue(place.results, worker, turns: [.kill(log: log)])
    let (summary, listener) = try run(flat(1), queue, settings)
    #expect(summary.isComplete)
    #expect(queue.submissions.map(\.request.memory) == [856, 1712])
    #expect(
      listener.heard.contains(
        "retrying item 0: its task in the queue was ended for using more memory than it asked for"))

    // Items that never had their turn ask for no more.
    settings.demand.memory = ["*": 300]
    queue = FakeQueue(place.results, worker, turns: Array(repeating: .kill(log: log), count: 3))
    let (failed, _) = try run(WorkGraph(orders: [order("large")]), queue, settings)
    #expect(queue.submissions.map(\.request.memory) == [300, 300, 300])
    #expect(failed.failures.map(\.failure.help) == ["raise executor.slurm.memory, in MiB"])
  }

  @Test("items that never had their turn are no part of how their task ended")
  func unlucky() throws {
    var settings = settings()
    settings.chunk = 3
    settings.run.retries = 0
    let queue = FakeQueue(
      place.results, worker, turns: [.kill(log: "CANCELLED AT x DUE TO TIME LIMIT")])
    let (summary, _) = try run(flat(3), queue, settings)
    #expect(summary.failures.map(\.order.label) == ["item 0"])
    #expect(summary.finished == 2)
  }

  @Test("an item of a node that died is taken over when it has been silent for long enough")
  func otherHost() throws {
    var settings = settings()
    settings.run.leaseTimeout = 0.5
    let queue = FakeQueue(place.results, worker, turns: [.killElsewhere], lease: 0.5)
    let (summary, _) = try run(flat(1), queue, settings)
    #expect(summary.isComplete && queue.submissions.count == 2)
    #expect(try place.results.item(order("item 0").identity).newestAttempt() == 2)
  }

  @Test("a failure of an earlier run is no sign that a task has begun")
  func brokenSetup() throws {
    let failing = InProcessExecutor { writer, _ in
      try writer.fail(ItemFailure(isConfigurationFault: false, what: "w", why: "y", help: "h"))
      return WorkOutcome(.failed)
    }
    try Scheduler(place.results, executor: failing, settings: quick()).run(flat(2))
    var settings = settings()
    settings.chunk = 2
    let queue = FakeQueue(place.results, worker, turns: Array(repeating: .forget, count: 9))
    let (summary, _) = try run(flat(2), queue, settings)
    #expect(queue.submissions.count == 3 && summary.failures.count == 2)
    #expect(queue.submissions.map(\.attempts.count) == [2, 2, 2])
  }

  @Test("what was handed in by one that failed is not taken up twice")
  func adoptedFailure() throws {
    let graph = try flat(1)
    try place.results.prepare()
    try place.results.place(graph.orders)
    let submission = Submission(
      study: "s", chunks: [graph.identities], request: ClusterRequest(), workers: 1, limits: [:])
    _ = try SubmissionFolder.create(submission, script: { _ in "" }, in: place.results)
    let queue = FakeQueue(place.results, worker)
    let (summary, listener) = try run(graph, queue)
    #expect(summary.isComplete && summary.failures.isEmpty)
    // The queue never had it: that costs no retry.
    #expect(listener.heard.contains { $0.hasPrefix("retrying item 0: the queue has no ablate-s-") })
  }

  @Test("a request to stop leaves what was handed in to the queue; a kill takes it out")
  func stop() throws {
    let slow = InProcessExecutor { writer, control in
      usleep(300_000)
      return try work(writer, control: control)
    }
    for kills in [false, true] {
      let queue = FakeQueue(place.results, slow)
      let scheduler = ClusterScheduler(place.results, queue: queue, settings: settings())
      let graph = try WorkGraph(orders: [order("slow \(kills)")])
      let summary = try scheduler.run(graph) { event in
        if case .tick = event, !queue.submissions.isEmpty {
          kills ? scheduler.killNow() : scheduler.requestStop()
        }
      }
      #expect(summary.wasStopped && !summary.isComplete)
      #expect(summary.leftInQueue == (kills ? 0 : 1))
      #expect(queue.cancelled.count == (kills ? 1 : 0))
      if kills { continue }
      // Another coordinator takes over what this one handed in.
      let (rest, _) = try run(graph, queue)
      #expect(rest.isComplete && queue.submissions.count == 1)
    }
  }

  @Test("two coordinators at once: everything is done, and each result once")
  func two() throws {
    let graph = try flat(20)
    let queue = FakeQueue(place.results, worker)
    let other = ClusterScheduler(place.results, queue: queue, settings: settings())
    let ended = Monitor<Bool?>(nil)
    WorkThread.start {
      let summary = try? other.run(graph)
      ended.change { $0 = summary?.isComplete ?? false }
    }
    #expect(try run(graph, queue).0.isComplete)
    #expect(ended.wait { $0 })
    for identity in graph.identities {
      #expect(try place.results.item(identity).done(.contents) != nil)
    }
  }

  @Test("cores of this machine and a queue share one graph")
  func mixed() throws {
    let graph = try flat(30)
    let runner = MixedRunner(
      local: Scheduler(place.results, executor: worker, settings: quick(workers: 2)),
      cluster: ClusterScheduler(
        place.results, queue: FakeQueue(place.results, worker), settings: settings()))
    let listener = Listener()
    let summary = try runner.run(
      graph, wanted: [], known: KnownResults(), observer: listener.hear)
    #expect(summary.isComplete && listener.last?.done == 30)
    let here = ResultsFolder(place.path + "/here")
    try Scheduler(here, executor: worker, settings: quick()).run(graph)
    #expect(try place.resultFiles() == place.resultFiles(of: here))
  }

  @Test("what the queue refuses the cores do")
  func mixedRefused() throws {
    let queue = FakeQueue(place.results, worker, turns: [.refuse("invalid qos")])
    let runner = MixedRunner(
      local: Scheduler(place.results, executor: worker, settings: quick()),
      cluster: ClusterScheduler(place.results, queue: queue, settings: settings()))
    let summary = try runner.run(flat(5), wanted: [], known: KnownResults()) { _ in }
    #expect(summary.isComplete && summary.failures.isEmpty)
  }

  @Test(
    "handed in at once, each layer waits for the one that it reads; again, nothing is handed in twice"
  )
  func layers() throws {
    let slow = InProcessExecutor { writer, control in
      usleep(50_000)
      return try work(writer, control: control)
    }
    let queue = FakeQueue(place.results, slow)
    let scheduler = ClusterScheduler(place.results, queue: queue, settings: settings())
    let made = try scheduler.submit(diamond())
    // a and e; then b and c; then d. Kinds apart.
    #expect(made.count == 4)
    #expect(queue.dependencies == [[], [], ["1", "2"], ["3"]])
    #expect(try scheduler.submit(diamond()).isEmpty)
    // Whoever comes later sees it done, though nobody stayed.
    #expect(try run(diamond(), queue).0.isComplete)
    #expect(queue.submissions.count == 4)
  }

  @Test(
    "a worker does what its items read where that is missing, and leaves to others what they have")
  func task() throws {
    let graph = try diamond()
    try place.results.prepare()
    try place.results.place(graph.orders)
    let d = graph.identities[graph.orders.firstIndex { $0.label == "d" } ?? 0]
    let e = graph.identities[graph.orders.firstIndex { $0.label == "e" } ?? 0]
    let submission = Submission(
      study: "s", chunks: [[d, e]], request: ClusterRequest(), workers: 1, limits: [:])
    guard case .claimed(let attempt) = try place.results.item(e).claim() else {
      Issue.record("nobody had it")
      return
    }
    Heartbeat.keep(place.results.item(e), attempt: attempt.number, timeout: 0.5) {}
    let task = try #require(TaskRun(submission, task: 0, in: place.results))
    let summary = try #require(task.work(task.scheduler(worker, quick())).first)
    #expect(try place.results.item(d).done() != nil)
    #expect(try place.results.item(e).done() == nil)
    #expect(summary.failures.isEmpty && !summary.isComplete)
    #expect(TaskRun(submission, task: 1, in: place.results) == nil)
  }

  /// Four tasks of two items, ten seconds of help.
  private func handedIn(helpsFor: Double = 10) throws -> Submission {
    let graph = try flat(8)
    try place.results.prepare()
    try place.results.place(graph.orders)
    let identities = (0..<8).map { order("item \($0)").identity }
    var submission = Submission(
      study: "s",
      chunks: stride(from: 0, to: 8, by: 2).map { [identities[$0], identities[$0 + 1]] },
      request: ClusterRequest(), workers: 1, limits: [:])
    submission.helpsFor = helpsFor
    return submission
  }

  /// The chunks that a task works on, in order.
  private func chunks(
    _ submission: Submission, task number: Int, _ executor: InProcessExecutor? = nil
  ) throws -> [Int] {
    let task = try #require(TaskRun(submission, task: number, in: place.results))
    var chunks: [Int] = []
    try task.work(task.scheduler(executor ?? worker, quick())) { chunk in
      chunks.append(chunk)
      return { _ in }
    }
    return chunks
  }

  private func attempts(_ submission: Submission) throws -> [Int] {
    try submission.chunks.joined().map { try place.results.item($0).newestAttempt() }
  }

  @Test(
    "a task with time left does the work of those that have not begun, and nothing is done twice")
  func helping() throws {
    #expect(try chunks(handedIn(helpsFor: 0), task: 1) == [1])
    let submission = try handedIn()
    // Of the rest the last first; what task 1 has done is nobody's to do.
    #expect(try chunks(submission, task: 0) == [0, 3, 2])
    #expect(try chunks(submission, task: 3) == [3])
    #expect(try attempts(submission) == Array(repeating: 1, count: 8))
  }

  @Test("which chunk a task takes next depends on its number, so that two seldom want the same")
  func helpingApart() throws {
    let submission = try handedIn()
    _ = try place.results.item(submission.chunks[3][0]).claim()
    #expect(try chunks(submission, task: 1) == [1, 2, 0])
  }

  @Test("what fails in another task's hands is not tried again by its own; what failed before is")
  func helpingFails() throws {
    let failing = InProcessExecutor { writer, _ in
      try writer.fail(ItemFailure(isConfigurationFault: true, what: "w", why: "y", help: "h"))
      return WorkOutcome(.failed)
    }
    var submission = try handedIn()
    #expect(try chunks(submission, task: 0, failing) == [0, 3, 2, 1])
    #expect(try chunks(submission, task: 2) == [2])
    #expect(try attempts(submission) == Array(repeating: 1, count: 8))
    // Handed in anew.
    for identity in submission.chunks.joined() { submission.attempts[identity] = 1 }
    #expect(Submission(json: submission.json) == submission)
    #expect(try chunks(submission, task: 2) == [2, 1, 0, 3])
    #expect(try attempts(submission) == Array(repeating: 2, count: 8))
  }

  @Test("what two coordinators handed in stays in the queue until its items are done")
  func sameItems() throws {
    let graph = try flat(2)
    try place.results.prepare()
    try place.results.place(graph.orders)
    let queue = FakeQueue(place.results, worker, turns: [.acceptHopeless, .acceptHopeless])
    for _ in 0..<2 {
      let submission = Submission(
        study: "s", chunks: graph.identities.map { [$0] }, request: ClusterRequest(), workers: 1,
        limits: [:])
      let folder = try SubmissionFolder.create(
        submission, script: { _ in "" }, in: place.results)
      _ = queue.submit(submission, in: folder, after: [])
    }
    var round = ClusterRound(
      graph, try RunPlan(graph, in: place.results), place.results, queue, settings())
    let snapshot = try #require(queue.look())
    try round.adopt(snapshot)
    // The items are in flight in one of both; somebody else counts on the other.
    try round.closeWhatIsOver(snapshot)
    #expect(queue.cancelled.isEmpty)
    try Scheduler(place.results, executor: worker, settings: quick()).run(graph)
    try round.observeFolders(now: steadySeconds(), isFull: true)
    try round.closeWhatIsOver(snapshot)
    #expect(Set(queue.cancelled) == Set(queue.submissions.map(\.name)))
  }

  @Test(
    "tasks whose items others have done are taken out of the queue, and what runs is left to end")
  func needless() throws {
    let queue = FakeQueue(place.results, worker, turns: [.startFirst])
    let (summary, _) = try run(flat(6), queue)
    #expect(summary.isComplete && queue.submissions.map(\.chunks.count) == [6])
    #expect(Set(queue.cancelled) == [queue.submissions[0].name])
    let folder = try #require(SubmissionFolder.all(place.results).first)
    #expect(try folder.isClosed())
  }
}
