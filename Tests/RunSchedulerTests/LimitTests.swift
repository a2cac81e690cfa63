import Foundation
import Glibc
import Reproducibility
import RunStore
import Synchronization
import Testing

@testable import RunScheduler

@Suite("limits of a run and of its items", .serialized)
struct LimitTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func run(
    _ graph: WorkGraph, _ executor: any WorkExecutor, workers: Int = 1,
    _ change: (inout Scheduler.Settings) -> Void = { _ in }
  ) throws -> (RunSummary, Listener) {
    let listener = Listener()
    var settings = quick(workers: workers)
    change(&settings)
    let scheduler = Scheduler(place.results, executor: executor, settings: settings)
    return (try scheduler.run(graph, observer: listener.hear), listener)
  }

  private func single() throws -> WorkGraph { try WorkGraph(orders: [order("x")]) }

  // MARK: Time

  @Test("an item that takes too long saves, leaves, goes on from there, and in the end has failed")
  func timeout() throws {
    let starts = Mutex<[Int]>([])
    // One step an attempt: it never ends by itself, and each attempt begins where the last one left.
    let executor = InProcessExecutor { writer, control in
      let step = (writer.checkpoint?.step ?? 0) + 1
      starts.withLock { $0.append(step) }
      while control.wish == .goOn { usleep(1000) }
      try writer.commit(writer.beginCheckpoint(step: step))
      return WorkOutcome(.stopped)
    }
    let (summary, listener) = try run(single(), executor) {
      $0.timeout = 0.05
      $0.retries = 2
    }
    #expect(starts.withLock { $0 } == [1, 2, 3])
    #expect(listener.heard.first { $0.hasPrefix("retrying") }?.contains("took longer than") == true)
    #expect(summary.failures.first?.failure.what.contains("took longer than") == true)
    let folder = place.results.item(order("x").identity)
    #expect(
      try folder.attempts().map { $0.ending?.manner } == Array(repeating: .machineFault, count: 3))
  }

  @Test("one that will not leave is killed after its grace")
  func grace() throws {
    let executor = try place.script("trap '' TERM; while true; do sleep 0.05; done")
    let began = steadySeconds()
    let (summary, _) = try run(single(), executor) {
      $0.timeout = 0.2
      $0.grace = 0.2
      $0.retries = 0
    }
    #expect(summary.failures.count == 1)
    #expect(steadySeconds() - began < 5)
  }

  @Test("a paused worker is no exception: its attempt ends, and the next one finishes")
  func paused() throws {
    try place.prepare(single())
    let executor = try place.script(
      #"[ "$ABLATE_ATTEMPT" = 1 ] && kill -STOP $$; finish "$1""#)
    let (summary, listener) = try run(single(), executor) {
      $0.timeout = 0.3
      $0.grace = 0.2
    }
    #expect(summary.isComplete)
    #expect(listener.heard.contains("started x 2"))
  }

  // MARK: Memory

  @Test("a worker has the data limit that it was given, and so have its children")
  func memory() throws {
    var executor = try place.script("ulimit -d; sh -c 'ulimit -d'")
    executor.memoryLimit = 64 << 20
    let folder = try place.results.place(order("x"))
    _ = executor.run(order("x"), in: folder, attempt: 1, control: RunControl())
    let log = try String(contentsOfFile: folder.path(.log), encoding: .utf8)
    // The first line may be read before the limit is set, a moment after the start.
    #expect(log.split(separator: "\n").last == "65536")
  }

  @Test("a worker that dies of its memory limit has failed and is not tried again")
  func overLimit() throws {
    var executor = try place.script("kill -ABRT $$")
    executor.memoryLimit = 64 << 20
    let (summary, listener) = try run(single(), executor)
    #expect(
      summary.failures.first?.failure.what
        == "the worker was killed by signal 6 (SIGABRT); "
        + "it was limited to 64 MiB of memory, the likely cause")
    #expect(!listener.heard.contains("started x 2"))
  }

  @Test("a kill of the kernel's for want of memory is told from one by hand, and tried again")
  func outOfMemory() throws {
    let counter = place.path + "/events"
    try "low 0\noom_kill 3\n".write(toFile: counter, atomically: true, encoding: .utf8)
    var executor = try place.script("echo oom_kill 4 > \(counter); kill -9 $$")
    executor.outOfMemory = OutOfMemoryCount(files: [counter, "/no/such/file"])
    let folder = try place.results.place(order("x"))
    let killed = executor.run(order("x"), in: folder, attempt: 1, control: RunControl())
    #expect(killed.manner == .machineFault)
    #expect(killed.words.hasSuffix("the kernel ended it for want of memory"))
    let byHand = executor.run(order("x"), in: folder, attempt: 2, control: RunControl())
    #expect(byHand.words == "the worker was killed by signal 9 (SIGKILL)", "the count stood still")
  }

  // MARK: Failures

  @Test("a worker whose disk failed is tried again, one that gave up is not")
  func machineFault() throws {
    try place.prepare(single())
    let executor = try place.script(#"[ "$ABLATE_ATTEMPT" = 1 ] && exit 75; finish "$1""#)
    let (summary, listener) = try run(single(), executor)
    #expect(summary.isComplete)
    #expect(listener.heard.contains("retrying x: the machine let the worker down"))
  }

  @Test("after so many failed items nothing new starts", arguments: [1, 2])
  func maxFailures(most: Int) throws {
    let graph = try WorkGraph(orders: (0..<6).map { order("item \($0)") })
    let executor = InProcessExecutor { _, _ in WorkOutcome(.failed, "no") }
    let (summary, _) = try run(graph, executor) { $0.maxFailures = most }
    #expect(summary.failures.count == most && summary.wasEndedByFailures)
    let (all, _) = try run(graph, executor)
    #expect(all.failures.count == 6 && !all.wasEndedByFailures, "otherwise it keeps going")
  }

  @Test("what runs beside the last failure that is allowed saves and leaves")
  func neighbours() throws {
    let graph = try WorkGraph(orders: [order("long"), order("short")])
    let isBegun = Mutex(false)
    let executor = InProcessExecutor { writer, control in
      if writer.order.label == "short" {
        while !isBegun.withLock({ $0 }) { usleep(1000) }
        return WorkOutcome(.failed, "no")
      }
      isBegun.withLock { $0 = true }
      while control.wish == .goOn { usleep(1000) }
      try writer.commit(writer.beginCheckpoint(step: 1))
      return WorkOutcome(.stopped)
    }
    let (summary, listener) = try run(graph, executor, workers: 2) { $0.maxFailures = 1 }
    #expect(summary.failures.map(\.order.label) == ["short"])
    #expect(listener.heard.contains("stopped long"))
  }

  // MARK: Syncs

  @Test("with group sync nothing is synced by itself, and everything before the run returns")
  func groupSync() throws {
    let disk = SyncCounter()
    let results = ResultsFolder(place.path + "/grouped", files: disk)
    var settings = quick(workers: 2)
    settings.groupSync = 0.05
    let graph = try WorkGraph(orders: (0..<40).map { order("item \($0)") })
    let executor = InProcessExecutor { writer, _ in
      try writer.finish(values: [:], machine: [:])
      return WorkOutcome(.done)
    }
    let summary = try Scheduler(results, executor: executor, settings: settings).run(graph)
    #expect(summary.isComplete)
    #expect(disk.lastWasSync, "what was written last is synced too")
    // With each file synced, a result costs one sync and its folder another.
    #expect(disk.diskSyncs >= 1 && disk.fileSyncs == 0)
  }

  @Test("a result without files costs two syncs, and orders are synced many at a time")
  func syncs() throws {
    let disk = SyncCounter(syncsEachFile: true)
    let results = ResultsFolder(place.path + "/each", files: disk)
    let graph = try WorkGraph(orders: (0..<40).map { order("item \($0)") })
    let executor = InProcessExecutor { writer, _ in
      try writer.finish(values: [:], machine: [:])
      return WorkOutcome(.done)
    }
    _ = try Scheduler(results, executor: executor, settings: quick()).run(graph)
    #expect(disk.fileSyncs == 80 && disk.diskSyncs == 1)
  }
}

/// The disk of this machine, with its syncs counted instead of waited for.
private final class SyncCounter: FileSystem {
  private struct Counts {
    var file = 0
    var disk = 0
    var lastWasSync = false
  }

  private let disk: LocalFileSystem
  private let counts = Mutex(Counts())
  private let syncsEachFile: Bool

  init(syncsEachFile: Bool = false) {
    self.syncsEachFile = syncsEachFile
    disk = LocalFileSystem(syncsEachFile: false)
  }

  var fileSyncs: Int { counts.withLock { $0.file } }
  var diskSyncs: Int { counts.withLock { $0.disk } }
  var lastWasSync: Bool { counts.withLock { $0.lastWasSync } }

  private func wrote() { counts.withLock { $0.lastWasSync = false } }

  func contents(of path: String) throws(StoreFault) -> [UInt8]? { try disk.contents(of: path) }
  func status(of path: String) throws(StoreFault) -> FileStatus? { try disk.status(of: path) }
  func names(in folder: String) throws(StoreFault) -> [String] { try disk.names(in: folder) }
  func makeFolder(_ path: String) throws(StoreFault) { try disk.makeFolder(path) }
  func write(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    wrote()
    try disk.write(bytes, to: path)
  }
  func append(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    wrote()
    try disk.append(bytes, to: path)
  }
  func truncate(_ path: String, to bytes: Int) throws(StoreFault) {
    try disk.truncate(path, to: bytes)
  }
  func sync(_ path: String) { if syncsEachFile { counts.withLock { $0.file += 1 } } }
  func syncFolder(_ path: String) { if syncsEachFile { counts.withLock { $0.file += 1 } } }
  func syncDisk(of folder: String) {
    counts.withLock {
      $0.disk += 1
      $0.lastWasSync = true
    }
  }
  func rename(_ path: String, to new: String) throws(StoreFault) {
    wrote()
    try disk.rename(path, to: new)
  }
  func link(_ path: String, to new: String) throws(StoreFault) -> Bool {
    wrote()
    return try disk.link(path, to: new)
  }
  func remove(_ path: String) throws(StoreFault) { try disk.remove(path) }
  func removeFolder(_ path: String) throws(StoreFault) { try disk.removeFolder(path) }
  func touch(_ path: String) throws(StoreFault) { try disk.touch(path) }
}
