import Foundation
import Reproducibility
import RunStore
import Synchronization
import Testing

@testable import RunScheduler

@Suite("scheduler")
struct SchedulerTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private var worker: InProcessExecutor { InProcessExecutor { try work($0, control: $1) } }

  private func run(
    _ graph: WorkGraph, _ executor: any WorkExecutor, workers: Int = 1
  ) throws -> (RunSummary, Listener) {
    let listener = Listener()
    let scheduler = Scheduler(place.results, executor: executor, settings: quick(workers: workers))
    return (try scheduler.run(graph, observer: listener.hear), listener)
  }

  @Test(
    "one worker: planned first, longest chain first, then the given order; a second run does nothing"
  )
  func order() throws {
    let graph = try diamond()
    let (summary, listener) = try run(graph, worker)
    #expect(
      listener.heard == [
        "planned 0 of 5", "started a 1", "finished a", "started b 1", "finished b", "started c 1",
        "finished c", "started d 1", "finished d", "started e 1", "finished e",
      ])
    #expect(summary.finished == 5 && summary.isComplete && !summary.wasStopped)
    #expect(listener.last?.done == 5 && listener.last?.waiting == 0)
    let (again, silence) = try run(graph, worker)
    #expect(silence.heard == ["planned 5 of 5"])
    #expect(again.doneBefore == 5 && again.finished == 0 && again.isComplete)
  }

  @Test("one worker or several, the results are the same bytes", arguments: [2, 4])
  func workers(count: Int) throws {
    let graph = try diamond()
    _ = try run(graph, worker)
    let other = ResultsFolder(place.path + "/other")
    let summary = try Scheduler(other, executor: worker, settings: quick(workers: count)).run(graph)
    #expect(summary.isComplete)
    let files = try place.resultFiles()
    #expect(files.count == 20)
    #expect(try place.resultFiles(of: other) == files)
  }

  @Test("what fails takes those that read it along, and nothing else")
  func failure() throws {
    let executor = InProcessExecutor { writer, control in
      if writer.order.label == "b" {
        try writer.fail(
          ItemFailure(isConfigurationFault: true, what: "group of 1", why: "w", help: "h"))
        return WorkOutcome(.configurationFault)
      }
      return try work(writer, control: control)
    }
    let (summary, listener) = try run(diamond(), executor)
    #expect(
      listener.heard == [
        "planned 0 of 5", "started a 1", "finished a", "started b 1", "failed b: group of 1",
        "skipped d because b", "started c 1", "finished c", "started e 1", "finished e",
      ])
    #expect(summary.failures.map(\.failure.help) == ["h"])
    #expect(summary.skipped.map(\.label) == ["d"])
    #expect(!summary.isComplete)
    // The cause removed, the same run does what is left.
    let (mended, rest) = try run(diamond(), worker)
    #expect(
      rest.heard == [
        "planned 3 of 5", "started b 2", "finished b", "started d 1", "finished d",
      ])
    #expect(mended.isComplete)
  }

  @Test("a fault of the machine is tried again from the checkpoint, a limited number of times")
  func retries() throws {
    let faults = Mutex(0)
    let executor = InProcessExecutor { writer, control in
      guard writer.order.label == "a" else { return try work(writer, control: control) }
      if faults.withLock({ count in
        count += 1
        return count <= 2
      }) {
        let stop = RunControl()
        stop.ask(.stop)
        _ = try work(writer, control: stop)
        return WorkOutcome(.machineFault, "power cut")
      }
      return try work(writer, control: control)
    }
    let (summary, listener) = try run(diamond(), executor)
    #expect(
      listener.heard.prefix(9) == [
        "planned 0 of 5", "started a 1", "retrying a: power cut", "started e 1", "finished e",
        "started a 2", "retrying a: power cut", "started a 3", "finished a",
      ])
    #expect(summary.isComplete)
    let folder = place.results.item(try diamond().identities[0])
    #expect(
      try folder.attempts().map { $0.ending?.manner } == [.machineFault, .machineFault, .done])

    let hopeless = InProcessExecutor { _, _ in WorkOutcome(.machineFault, "no memory") }
    let (none, heard) = try run(WorkGraph(orders: [RunSchedulerTests.order("z")]), hopeless)
    #expect(
      heard.heard == [
        "planned 0 of 1", "started z 1", "retrying z: no memory", "started z 2",
        "retrying z: no memory", "started z 3", "failed z: no memory",
      ])
    #expect(none.failures.count == 1)
  }

  @Test(
    "asked to stop: nothing new starts, what runs leaves at its checkpoint, the next run goes on")
  func stop() throws {
    let graph = try diamond()
    let scheduler = Mutex<Scheduler?>(nil)
    let executor = InProcessExecutor { writer, control in
      if writer.order.label == "b" { scheduler.withLock { $0?.requestStop() } }
      return try work(writer, control: control)
    }
    let listener = Listener()
    let stopping = Scheduler(place.results, executor: executor, settings: quick())
    scheduler.withLock { $0 = stopping }
    let summary = try stopping.run(graph, observer: listener.hear)
    scheduler.withLock { $0 = nil }
    #expect(
      listener.heard == [
        "planned 0 of 5", "started a 1", "finished a", "started b 1", "stopped b",
      ])
    #expect(summary.wasStopped && !summary.isComplete && summary.finished == 1)
    #expect(summary.failures.isEmpty)
    #expect(try place.results.item(graph.identities[1]).state() == .ordered)
    #expect(try run(graph, worker).0.isComplete)
    let other = ResultsFolder(place.path + "/other")
    try Scheduler(other, executor: worker, settings: quick()).run(graph)
    #expect(try place.resultFiles() == place.resultFiles(of: other))
  }

  @Test(
    "a saved state that lost a bit is said, and the item starts from its beginning",
    arguments: [true, false])
  func savedState(isDamaged: Bool) throws {
    let graph = try WorkGraph(orders: [RunSchedulerTests.order("a")])
    let giveUp = InProcessExecutor { writer, _ in
      let draft = writer.beginCheckpoint(step: 3)
      try writer.folder.files.write([3], to: draft.path("state.bin"))
      try writer.commit(draft)
      return WorkOutcome(.failed, "no more")
    }
    _ = try run(graph, giveUp)
    if isDamaged {
      let state = place.results.item(graph.identities[0]).path + "/checkpoint-1-1-state.bin"
      try place.results.files.write([2], to: state)
    }
    let begun = Mutex<[Int]>([])
    let executor = InProcessExecutor { writer, control in
      begun.withLock { $0.append(writer.checkpoint?.step ?? 0) }
      return try work(writer, control: control)
    }
    let (summary, listener) = try run(graph, executor)
    #expect(
      listener.heard == ["planned 0 of 1", "started a 2"] + (isDamaged ? ["starting anew a"] : [])
        + ["finished a"])
    #expect(begun.withLock { $0 } == [isDamaged ? 0 : 3] && summary.isComplete)
  }

  @Test("a damaged result is found before it is built on, and made anew")
  func damage() throws {
    let graph = try diamond()
    _ = try run(graph, worker)
    let files = try place.resultFiles()
    // b is to run again; a, which it reads, has lost a bit but not its size.
    let (a, b) = (place.results.item(graph.identities[0]), place.results.item(graph.identities[1]))
    var content = try a.artifactBytes("weights.bin")
    content[7] ^= 1
    try place.results.files.write(content, to: a.path + "/weights.bin")
    try place.results.files.remove(b.path(.done))
    let (summary, listener) = try run(graph, worker)
    #expect(
      listener.heard == [
        "planned 3 of 5", "damaged a", "started a 2", "finished a", "started b 2", "finished b",
      ])
    #expect(summary.isComplete)
    #expect(try place.resultFiles() == files)
  }

  @Test("two coordinators on one folder run every item once between them", arguments: 0..<4)
  func twoCoordinators(round: Int) throws {
    let graph = try WorkGraph(
      orders: (0..<20).map { RunSchedulerTests.order("item \($0)") } + diamond().orders)
    let runs = Mutex<[String: Int]>([:])
    let executor = InProcessExecutor { writer, control in
      runs.withLock { $0[writer.order.label, default: 0] += 1 }
      return try work(writer, control: control)
    }
    let results = place.results
    let summaries = Mutex<[RunSummary]>([])
    let faults = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      do {
        let summary = try Scheduler(results, executor: executor, settings: quick(workers: 2))
          .run(graph)
        summaries.withLock { $0.append(summary) }
      } catch { faults.withLock { $0.append("\(error)") } }
    }
    #expect(faults.withLock { $0 } == [])
    #expect(runs.withLock { $0.count } == 25)
    #expect(runs.withLock { $0.values.allSatisfy { $0 == 1 } })
    let both = summaries.withLock { $0 }
    #expect(both.count == 2 && both.allSatisfy(\.isComplete))
    #expect(both.map(\.finished).reduce(0, +) == 25)
  }

  @Test("a lease of a dead coordinator is taken over, and its work finished")
  func deadCoordinator() throws {
    let graph = try diamond()
    let folder = try place.results.place(graph.orders[0])
    var gone = ProcessMark.current
    gone.started += 1
    _ = try folder.claim(for: gone)
    let (summary, listener) = try run(graph, worker)
    #expect(listener.heard[1] == "started a 2")
    #expect(summary.isComplete)
  }

  @Test("while another process has an item the rest goes on, and its result is used")
  func waiting() throws {
    let graph = try diamond()
    let folder = try place.results.place(graph.orders[0])
    let writer = try ItemWriter(folder)
    let box = Handover(writer)
    let executor = InProcessExecutor { given, control in
      // e runs while a is held; then the other process finishes a.
      if given.order.label == "e" { try box.finish() }
      return try work(given, control: control)
    }
    let (summary, listener) = try run(graph, executor)
    #expect(
      listener.heard.prefix(5) == [
        "planned 0 of 5", "waiting a", "started e 1", "finished e", "finished a elsewhere",
      ])
    #expect(summary.finishedElsewhere == 1 && summary.finished == 4 && summary.isComplete)
  }

  @Test("a worker that says done but leaves nothing has failed")
  func emptyHanded() throws {
    let (summary, _) = try run(
      WorkGraph(orders: [RunSchedulerTests.order("x")]), InProcessExecutor { _, _ in .init(.done) })
    #expect(
      summary.failures.map(\.failure.what) == ["the worker said it was done but left no result"])
  }

  @Test("progress reaches the observer, and the time left is guessed from it")
  func progress() throws {
    let executor = InProcessExecutor { writer, control in
      for step in 1...4 {
        usleep(120_000)
        writer.note(ItemProgress(step: step, of: 4, reward: Double(step) / 10))
      }
      return try work(writer, control: control)
    }
    var steps: [Int] = []
    var guesses: [Double] = []
    let scheduler = Scheduler(place.results, executor: executor, settings: quick())
    try scheduler.run(WorkGraph(orders: [RunSchedulerTests.order("x")])) { event in
      if case .progress(_, let progress) = event { steps.append(progress.step) }
      if case .tick(let status) = event, let left = status.timeLeft?.middle { guesses.append(left) }
    }
    #expect(!steps.isEmpty && steps == steps.sorted())
    #expect(guesses.last == 0)
    #expect(guesses.allSatisfy { $0 >= 0 && $0 < 5 })
  }

  @Test("a results folder that cannot be made is a fault of the run")
  func unwritable() throws {
    try place.results.files.write([], to: place.path + "/file")
    let results = ResultsFolder(place.path + "/file/results")
    #expect(throws: StoreFault.file(path: results.path, action: .makeFolder, code: ENOTDIR)) {
      try Scheduler(results, executor: worker, workers: 1).run(diamond())
    }
  }
}

/// Hands a writer to another thread once. `@unchecked Sendable`: the test's thread gives it away before
/// the run starts and never touches it again.
private final class Handover: @unchecked Sendable {
  private let writer: ItemWriter
  init(_ writer: ItemWriter) { self.writer = writer }
  func finish() throws { try work(writer) }
}
