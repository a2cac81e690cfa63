import Foundation
import Reproducibility
import Synchronization
import Testing

@testable import RunStore

@Suite("claims")
struct ClaimTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  @Test("of eight threads that want an item, one gets it", arguments: 0..<20)
  func race(round: Int) throws {
    let folder = try place.item(round)
    let won = Mutex<[Int]>([])
    let faults = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        if case .claimed(let attempt) = try folder.claim() {
          won.withLock { $0.append(attempt.number) }
        }
      } catch { faults.withLock { $0.append("\(error)") } }
    }
    #expect(faults.withLock { $0 } == [])
    #expect(won.withLock { $0 } == [1])
  }

  @Test("a lease of a dead process is taken over at once, with the next number")
  func deadHolder() throws {
    let folder = try place.item()
    let dead = try endedProcess()
    #expect(dead.life == .dead)
    guard case .claimed(let first) = try folder.claim(for: dead) else {
      Issue.record("no claim")
      return
    }
    #expect(first.number == 1)
    #expect(try folder.state() == .ordered, "nobody is behind it any more")
    guard case .claimed(let second) = try folder.claim() else {
      Issue.record("no takeover")
      return
    }
    #expect(second.number == 2)
    #expect(try !folder.isCurrent(attempt: 1))
    #expect(try folder.claim() == .held(ProcessMark.current.wording))
    #expect(try folder.state() == .running(second))
  }

  @Test("a living worker keeps the lease when its coordinator is dead")
  func livingWorker() throws {
    let folder = try place.item()
    guard case .claimed(var attempt) = try folder.claim(for: endedProcess()) else {
      Issue.record("no claim")
      return
    }
    attempt.worker = .current
    try folder.record(attempt)
    #expect(try folder.claim() == .held(ProcessMark.current.wording))
  }

  /// A coordinator may die between starting a worker and the worker's first word. Without these two looks
  /// a successor began the item, ended it, and then the worker cut its measurements off.
  @Test("a worker that says its name while the item is taken over keeps it")
  func lateWorker() throws {
    let disk = HookedFileSystem()
    let results = ResultsFolder(place.results.path, files: disk)
    let folder = results.item(try place.item().identity)
    guard case .claimed(var first) = try folder.claim(for: endedProcess()) else {
      Issue.record("no claim")
      return
    }
    first.worker = .current
    let (plain, named) = (place.results.item(folder.identity), first)
    disk.beforeLink { try? plain.record(named) }
    #expect(try folder.claim() == .held(ProcessMark.current.wording))
    #expect(try folder.claim() == .held(ProcessMark.current.wording), "still, when looked at again")
    #expect(try folder.state() == .running(first))
    #expect(try !folder.isCurrent(attempt: 1), "so that the worker leaves at its next step")
    // It has left.
    disk.beforeLink {}
    first.worker = try endedProcess()
    try folder.record(first)
    guard case .claimed(let third) = try folder.claim() else {
      Issue.record("not taken over")
      return
    }
    #expect(third.number == 3)
  }

  @Test("a worker that says its name after the item was taken over touches nothing")
  func lostWorker() throws {
    let disk = HookedFileSystem()
    let results = ResultsFolder(place.results.path, files: disk)
    let folder = results.item(try place.item().identity)
    _ = try folder.claim(for: endedProcess())
    let plain = place.results.item(folder.identity)
    let isTaken = Mutex(false)
    // Between its first look and its word another process takes the item and ends it.
    disk.beforeAppend {
      if isTaken.withLock({ (was: inout Bool) in
        defer { was = true }; return was
      }) {
        return
      }
      guard let writer = try? ItemWriter(plain) else { return }
      try? writer.record(measurement(1))
      _ = try? writer.finish(values: [:], machine: [:])
    }
    #expect(throws: StoreFault.attemptLost(path: folder.path, attempt: 1)) {
      _ = try ItemWriter(folder, attempt: 1)
    }
    #expect(try plain.done(.contents)?.attempt == 2)
  }

  /// Stopped between its look at the lease and its write, a process may wake when the item is done.
  @Test(
    "what a paused attempt writes when it wakes reaches no byte of its successor",
    arguments: [false, true])
  func pausedWorker(hasCheckpoint: Bool) throws {
    let disk = HookedFileSystem()
    let results = ResultsFolder(place.results.path, files: disk)
    let folder = results.item(try place.item().identity)
    let paused = try ItemWriter(folder)
    try paused.record(measurement(1))
    if hasCheckpoint { try paused.commit(paused.beginCheckpoint(step: 1)) }
    let plain = place.results.item(folder.identity)
    let isTaken = Mutex(false)
    disk.beforeAppend {
      let was = isTaken.withLock { (was: inout Bool) in
        defer { was = true }
        return was
      }
      if was { return }
      do {
        var watch = LeaseWatch(timeout: 0)
        guard case .claimed(let attempt) = try plain.claim(watch: &watch) else {
          Issue.record("the silent attempt kept its lease")
          return
        }
        let successor = try ItemWriter(plain, attempt: attempt.number)
        #expect((successor.checkpoint != nil) == hasCheckpoint)
        for step in (hasCheckpoint ? 2 : 1)...3 { try successor.record(measurement(step)) }
        try successor.writeArtifact("weights.bin", [1, 2, 3])
        _ = try successor.finish(values: [:], machine: [:])
      } catch {
        Issue.record(error)
      }
    }
    try paused.record(measurement(2))
    #expect(throws: StoreFault.attemptLost(path: folder.path, attempt: 1)) {
      try paused.record(measurement(3))
    }
    #expect(try plain.done(.contents)?.attempt == 2)
    #expect(try plain.measurements() == (1...3).map(measurement))
    guard case .done = try plain.claim() else {
      Issue.record("the item would be done once more")
      return
    }
  }

  @Test("a process number that came again is not mistaken for the old process")
  func recycledNumber() {
    var mark = ProcessMark.current
    #expect(mark.life == .alive)
    mark.started += 1
    #expect(mark.life == .dead)
    mark = .current
    mark.boot = "an earlier one"
    #expect(mark.life == .dead)
    mark.host = "elsewhere"
    #expect(mark.life == .unknown)
    mark = .current
    mark.space = "another container"
    #expect(mark.life == .unknown)
    #expect(ProcessMark(json: mark.json) == mark)
  }

  @Test("another machine's lease runs out when its file stays silent, by our own clock")
  func otherMachine() throws {
    var watch = LeaseWatch()
    let seen = [
      ("a", 5, 1000, false), ("a", 5, 1059, false), ("a", 6, 1061, false), ("a", 6, 1120, false),
      ("a", 6, 1121, true), ("b", 6, 1122, false),
    ]
    for (path, changed, now, isSilent) in seen {
      let verdict = watch.isSilent(path, changed: Int64(changed), now: Double(now))
      #expect(verdict == isSilent, "\(path), \(changed), \(now)")
    }

    let folder = try place.item()
    var far = ProcessMark.current
    far.host = "atlas"
    _ = try folder.claim(for: far)
    var fresh = LeaseWatch()
    #expect(try folder.claim(watch: &fresh) == .held("process \(far.process) on atlas"))
    let path = folder.path + "/attempt-0001.jsonl"
    let changed = try #require(try folder.files.status(of: path)).changed
    var old = LeaseWatch()
    _ = old.isSilent(path, changed: changed, now: steadySeconds() - 61)
    guard case .claimed(let attempt) = try folder.claim(watch: &old) else {
      Issue.record("not taken over")
      return
    }
    #expect(attempt.number == 2)
  }

  @Test("a paused process loses its lease; when it wakes it writes nothing, and the newer one ends")
  func pausedHolder() throws {
    let folder = try place.item()
    let sleeper = Process()
    sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
    sleeper.arguments = ["60"]
    try sleeper.run()
    defer { kill(sleeper.processIdentifier, SIGKILL) }
    kill(sleeper.processIdentifier, SIGSTOP)
    let old = try ItemWriter(folder)
    var record = try #require(try folder.attempt(1))
    record.holder = ProcessMark(process: Int(sleeper.processIdentifier))
    record.worker = nil
    try folder.record(record)
    #expect(record.life == .alive)

    var watch = LeaseWatch(timeout: 0.1)
    #expect(try folder.claim(watch: &watch) == .held(record.holder.wording))
    // It wakes in time and gives a sign: the wait begins anew.
    usleep(60_000)
    try folder.heartbeat(attempt: 1)
    #expect(try folder.claim(watch: &watch) == .held(record.holder.wording))
    usleep(120_000)
    guard case .claimed(let newer) = try folder.claim(watch: &watch) else {
      Issue.record("not taken over")
      return
    }
    #expect(newer.number == 2)
    let lost = StoreFault.attemptLost(path: folder.path, attempt: 1)
    #expect(throws: lost) { try old.record(Measurement(step: 1, metric: "reward", value: 1)) }
    #expect(throws: lost) { try old.writeArtifact("weights.bin", [1]) }
    #expect(throws: lost) { try old.finish(values: [:], machine: [:]) }
    let writer = try ItemWriter(folder, attempt: 2)
    try writer.finish(values: [:], machine: [:])
    #expect(throws: lost) { try old.finish(values: [:], machine: [:]) }
    #expect(try folder.done(.contents)?.attempt == 2)
  }

  @Test("a record that a full disk cut in half hides no later one, and no earlier one")
  func tornRecord() throws {
    let folder = try place.item()
    guard case .claimed(let attempt) = try folder.claim() else {
      Issue.record("no claim")
      return
    }
    let file = folder.path + "/attempt-0001.jsonl"
    for count in [1, 20] {
      let half = Array("\n\(attempt.json.line)".utf8.prefix(count))
      try place.results.files.append(half, to: file)
      #expect(try folder.claim() == .held(ProcessMark.current.wording))
      #expect(try folder.state() == .running(attempt))
    }
    try folder.end(
      attempt: attempt.number, .init(manner: .machineFault, words: "no space", seconds: 1))
    #expect(try folder.attempt(1)?.ending?.words == "no space")
    guard case .claimed = try folder.claim() else {
      Issue.record("not taken over at once")
      return
    }
  }

  @Test("an attempt's record that cannot be read is waited for like a stranger's, and still counts")
  func unreadableAttempt() throws {
    let folder = try place.item()
    _ = try folder.claim()
    try write(Array("?\n".utf8), folder.path + "/attempt-0001.jsonl")
    #expect(try folder.claim() == .held("an unknown process"))
    #expect(try folder.attempts().isEmpty)
  }

  @Test("one that a power cut left empty holds nobody up, and still counts", arguments: [0, 300])
  func tornAttempt(zeros: Int) throws {
    let folder = try place.item()
    _ = try folder.claim()
    try write(Array(repeating: 0, count: zeros), folder.path + "/attempt-0001.jsonl")
    guard case .claimed(let attempt) = try folder.claim() else {
      Issue.record("not claimed")
      return
    }
    #expect(attempt.number == 2)
  }

  @Test("the record of an attempt comes back as it was")
  func record() throws {
    let attempt = Attempt(
      number: 3, holder: .current, worker: .current, began: 1.5,
      ending: .init(manner: .machineFault, words: "killed", seconds: 2, peakMemory: 4096))
    #expect(Attempt(json: attempt.json) == attempt)
    var open = attempt
    open.ending = nil
    open.worker = nil
    #expect(Attempt(json: open.json) == open)
  }
}
