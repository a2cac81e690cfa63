import Foundation
import Reproducibility
import RunStore
import Testing

/// The n-th call that changes a file under the results folder goes wrong: n = 1, 2, 3, … until a study of
/// twenty trials survives untouched. Our own calls and SQLite's are counted alike.
@Suite(
  "torture: every call of the disk",
  .enabled(if: FaultShim.compiler != nil, FaultShim.absence),
  .enabled(if: SQLiteProgram.isInstalled, "the sqlite3 program is not installed"))
struct CallTortureTests {
  @Test(
    "after each the same command gives the same results, and nothing finished is run again",
    arguments: FaultShim.Manner.allCases)
  func coordinator(manner: FaultShim.Manner) throws {
    try sweep(ProbePlace(items: 20), manner, calls: Torture.isLong ? .max : 50)
  }

  @Test(
    "so too where items read each other and workers are processes whose calls count as well",
    arguments: FaultShim.Manner.allCases)
  func workers(manner: FaultShim.Manner) throws {
    // Which call is the n-th is not the same each time here, so that trying all is not trying all.
    try sweep(
      ProbePlace(items: 20, "--processes", "--workers", "2", "--shape", "chains"), manner,
      calls: Torture.rounds(12, long: 300))
  }

  /// - Parameter few: about how many calls are tried.
  private func sweep(
    _ probe: ProbePlace, _ manner: FaultShim.Manner, calls few: Int
  ) throws {
    let began = Date()
    let place = probe.place
    let counting = try DiskFault(manner, at: 0, in: place)
    let whole = try probe.run(counting.environment())
    #expect(whole.code == 0, "\(whole.error)")
    let (expected, all) = try (place.outcome(), counting.calls())
    #expect(expected.items.count == 20 && all > 200, "\(all) calls")
    // Sound, all items, six measurements of each, all trials.
    let index = "ok\n20|120|20"
    #expect(try probe.index() == index)

    let stride = max(1, all / few)
    var random = RandomStream(Torture.seed.derive("fault sweep \(manner)"))
    var call = random.integer(in: 1...stride)
    var tried = 0
    while true {
      try probe.clear()
      let fault = try DiskFault(manner, at: call, in: place)
      let start = Date()
      let broken = try probe.run(fault.environment())
      let name: Comment = "\(manner), call \(call), \(Torture.replay)"
      // Well, a fault with its words, or killed: never a trap.
      #expect([0, 3, -SIGKILL].contains(broken.code), "\(name): \(broken.code) \(broken.error)")
      // A worker outlives its coordinator for an instant, and may end its item in it.
      while !place.processes.isEmpty { usleep(500) }
      let done = try place.doneMarks()
      let middle = Date()
      let again = try probe.run()
      // The processes are of this machine: it is seen at once which of them are gone.
      let seconds = [middle.timeIntervalSince(start), Date().timeIntervalSince(middle)]
      #expect(seconds.allSatisfy { $0 < 30 }, "a lease was waited out: \(name), \(seconds)")
      #expect(again.code == 0, "\(name): \(again.error), after \(broken.error)")
      #expect(again.number("done_before") == done.count, name)
      let after = try place.doneMarks()
      #expect(done.allSatisfy { after[$0.key] == $0.value }, "run again: \(name)")
      try place.expectOutcome(expected, name.rawValue)
      #expect(try probe.index() == index, name)
      tried += 1
      guard try fault.wasReached() else {
        #expect(broken.code == 0, "\(name): \(broken.error)")
        break
      }
      call += stride
    }
    #expect(tried >= min(few, all) / 2)
    Torture.report(
      "\(probe.words.dropFirst(4).joined(separator: " ")) \(manner): \(tried) of \(all) calls in "
        + "\(Int(Date().timeIntervalSince(began))) s")
  }
}
