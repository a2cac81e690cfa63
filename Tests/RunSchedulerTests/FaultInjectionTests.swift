import Foundation
import Reproducibility
import RunStore
import Testing

@testable import RunScheduler

@Suite("fault injection")
struct FaultInjectionTests {
  /// Two items, one built on the other: every kind of step, and little of each.
  @Test("the n-th change of the disk fails", arguments: FaultyFileSystem.Manner.allCases)
  func everyChange(manner: FaultyFileSystem.Manner) throws {
    let solver = order("solver")
    let graph = try WorkGraph(orders: [solver, order("stage", reads: [solver])])
    // Each item writes its order, its attempt, six measurements, a checkpoint, a file, its end.
    try sweep(graph, manner, stride: 1, from: 1, atLeast: 40)
  }

  /// Twenty items in groups that share their parents. Every change is tried when the whole torture is
  /// asked for, otherwise about forty of them, others each day.
  @Test(
    "torture: the n-th change of the disk fails in a graph of twenty items",
    arguments: FaultyFileSystem.Manner.allCases)
  func tortureOfTwentyItems(manner: FaultyFileSystem.Manner) throws {
    let orders = (0..<4).flatMap { group -> [WorkOrder] in
      let a = order("a\(group)", kind: "solver")
      let (b, c) = (order("b\(group)", reads: [a]), order("c\(group)", reads: [a]))
      return [a, b, c, order("d\(group)", reads: [b]), order("e\(group)", reads: [b, c])]
    }
    let graph = try WorkGraph(orders: orders)
    let isLong = ProcessInfo.processInfo.environment["ABLATE_TORTURE"] == "long"
    let stride = isLong ? 1 : 17
    let day = UInt64(Date().timeIntervalSince1970 / 86_400)
    var random = RandomStream(Seed(day).derive("faults of twenty items, \(manner)"))
    try sweep(
      graph, manner, stride: stride, from: random.integer(in: 1...stride),
      atLeast: 400 / stride)
  }

  /// The price that `--sync group` names: results that were finished and not synced may go. None of them may
  /// count in part, and what went is made anew with the same bytes.
  @Test("with group sync a power cut costs results since the last sync, and none that was synced")
  func groupedPowerCut() throws {
    let solver = order("solver")
    let graph = try WorkGraph(orders: [
      solver, order("a", reads: [solver]), order("b", reads: [solver]),
    ])
    let undisturbed = try Workplace(inMemory: true)
    try run(undisturbed.results, graph)
    let expected = try undisturbed.resultFiles()
    var lost = 0
    var n = 0
    while true {
      n += 1
      let place = try Workplace(inMemory: true)
      let disk = FaultyFileSystem(.powerCut, at: n, isGrouped: true)
      let results = ResultsFolder(place.results.path, files: disk)
      let first = try? run(results, graph, groupSync: 60)
      let before = try done(place.results)
      try disk.losePower()
      let after = try done(place.results)
      #expect(after.isSubset(of: before), "change \(n)")
      if before.count > after.count { lost += 1 }
      // A run that came back has synced everything.
      if first != nil { #expect(after == before, "change \(n)") }
      try endAttempts(ResultsFolder(place.results.path, files: FaultyFileSystem.sound))
      let sound = ResultsFolder(place.results.path, files: FaultyFileSystem.sound)
      let summary = try run(sound, graph)
      #expect(summary.isComplete && summary.doneBefore == after.count, "change \(n)")
      #expect(try place.resultFiles() == expected, "change \(n)")
      if !disk.wasReached { break }
    }
    #expect(n > 60 && lost > 10, "\(lost) of \(n) cuts cost a result")
  }

  private func done(_ results: ResultsFolder) throws -> Set<Digest> {
    try Set(results.identities().filter { try results.item($0).soundResult(.contents) != nil })
  }

  /// Lets the n-th change of the disk go wrong, for growing n until a run survives. After each:
  /// nothing half-done counts, the same command finishes the run, nothing finished is run again, and
  /// the results have the bytes of an undisturbed run.
  ///
  /// The process dies in none of these manners, but a disk that takes nothing any more is what a killed
  /// process leaves: "for ever" from the n-th change is `kill -9` before it and after the one before.
  private func sweep(
    _ graph: WorkGraph, _ manner: FaultyFileSystem.Manner, stride: Int, from first: Int,
    atLeast least: Int
  ) throws {
    let undisturbed = try Workplace(inMemory: true)
    try run(undisturbed.results, graph)
    let expected = try undisturbed.resultFiles()
    #expect(expected.count == graph.count * 4)

    var n = first
    var tried = 0
    while true {
      let place = try Workplace(inMemory: true)
      let disk = FaultyFileSystem(manner, at: n)
      _ = try? run(ResultsFolder(place.results.path, files: disk), graph)
      try disk.losePower()
      let sound = ResultsFolder(place.results.path, files: FaultyFileSystem.sound)
      try endAttempts(sound)

      var done: [Digest: Int] = [:]
      for identity in try place.results.identities() {
        let folder = place.results.item(identity)
        switch try folder.state(.contents) {
        case .done(let note): done[identity] = note.attempt
        // An order that lost its bytes could only mean that it was used before it was safe.
        case .damaged(let reason): Issue.record("\(manner), change \(n): \(reason)")
        case .absent, .ordered, .running, .failed, .known: break
        }
      }
      let summary = try run(sound, graph)
      #expect(summary.isComplete && summary.doneBefore == done.count, "\(manner), change \(n)")
      for (identity, attempt) in done {
        #expect(try place.results.item(identity).done()?.attempt == attempt)
      }
      #expect(try place.resultFiles() == expected, "\(manner), change \(n)")
      tried += 1
      if !disk.wasReached { break }
      n += stride
      guard n < 5000 else {
        Issue.record("no run survived")
        break
      }
    }
    #expect(tried >= least, "only \(tried) changes were tried")
  }

  @discardableResult
  private func run(
    _ results: ResultsFolder, _ graph: WorkGraph, groupSync: Double? = nil
  ) throws -> RunSummary {
    let executor = InProcessExecutor { try work($0, control: $1) }
    var settings = quick()
    settings.groupSync = groupSync
    return try Scheduler(results, executor: executor, settings: settings).run(graph)
  }

  /// The fault stands for the death of the whole process, but this test lives on: make its leases look
  /// like those of a process that is gone.
  private func endAttempts(_ results: ResultsFolder) throws {
    for identity in try results.identities() {
      let folder = results.item(identity)
      for var attempt in try folder.attempts() where attempt.ending == nil {
        attempt.holder.started += 1
        attempt.worker = nil
        try folder.record(attempt)
      }
    }
  }
}
