import Foundation
import Reproducibility
import RunStore
import Testing

@testable import RunScheduler

@Suite("fault injection")
struct FaultInjectionTests {
  /// Lets the n-th change of the disk go wrong, for n = 1, 2, 3, … until a run survives. After each:
  /// nothing half-done counts, the same command finishes the run, nothing finished is run again, and
  /// the results have the bytes of an undisturbed run.
  @Test("the n-th change of the disk fails", arguments: FaultyFileSystem.Manner.allCases)
  func everyChange(manner: FaultyFileSystem.Manner) throws {
    // Two items, one built on the other: every kind of step, and little of each.
    let solver = order("solver")
    let graph = try WorkGraph(orders: [solver, order("stage", reads: [solver])])
    let undisturbed = try Workplace(inMemory: true)
    try run(undisturbed.results, graph)
    let expected = try undisturbed.resultFiles()
    #expect(expected.count == 8)

    var n = 0
    while true {
      n += 1
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
      if !disk.wasReached { break }
      guard n < 1000 else {
        Issue.record("no run survived")
        break
      }
    }
    // Each item writes its order, its attempt, six measurements, a checkpoint, a file, its end.
    #expect(n > 60, "only \(n) changes were tried")
  }

  @discardableResult
  private func run(_ results: ResultsFolder, _ graph: WorkGraph) throws -> RunSummary {
    let executor = InProcessExecutor { try work($0, control: $1) }
    return try Scheduler(results, executor: executor, settings: quick()).run(graph)
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
