import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

@Suite("torture: many items, kills, two coordinators")
struct CrowdTortureTests {
  private static let workers = 8

  @Test("a coordinator of eight workers is killed at random instants: each item is done, and once")
  func killed() throws {
    let items = Torture.rounds(2_000, long: 22_500)
    let probe = try ProbePlace(items: items, "--work", "nothing", "--workers", "\(Self.workers)")
    if Torture.isLong { try reportUndisturbed(probe) }
    var random = RandomStream(Torture.seed.derive("many items"))
    let began = Date()
    var kills = 0
    for _ in 0..<Torture.rounds(6, long: 40) {
      let run = try probe.start()
      // Not before it has found out what is left and has done something of it.
      let before = probe.ledgerSize
      _ = run.wait { probe.ledgerSize > before }
      usleep(UInt32(random.uniform() * (Torture.isLong ? 400_000 : 60_000)))
      run.signal(SIGKILL)
      let ended = try run.end()
      if ended.code == -SIGKILL { kills += 1 }
    }
    let last = try probe.run()
    #expect(last.code == 0, "\(Torture.replay): \(last.error)")
    let before = last.number("done_before") ?? 0
    #expect(before > 0 && before + (last.number("finished") ?? 0) == items, "\(last.output)")
    #expect(kills >= 4)
    try expectEachOnce(probe, lost: kills * Self.workers)
    Torture.report(
      "\(items) items, \(kills) kills: \(before) done before the last run, "
        + "\(Int(Date().timeIntervalSince(began))) s")
  }

  @Test(
    "two coordinators at once, one killed and started again, do each item once between them",
    arguments: 0..<Torture.rounds(4, long: 24))
  func two(round: Int) throws {
    var words = ["--workers", "2", "--shape", "chains", "--milliseconds", "6"]
    if !round.isMultiple(of: 2) { words.append("--processes") }
    let alone = try ProbePlace(items: 60, words)
    #expect(try alone.run().code == 0)
    let probe = try ProbePlace(items: 60, words)
    var random = RandomStream(Torture.seed.derive("two coordinators").derive(round))
    let (first, second) = try (probe.start(), probe.start())
    usleep(UInt32(random.uniform() * 250_000))
    let isKilled = first.isRunning
    first.signal(SIGKILL)
    _ = try first.end()
    let third = try probe.start()
    for run in [second, third] {
      let ended = try run.end()
      #expect(ended.code == 0, "round \(round), \(Torture.replay): \(ended.error)")
    }
    try probe.place.expectOutcome(alone.place.outcome(), "round \(round), \(Torture.replay)")
    try expectEachOnce(probe, lost: isKilled ? 2 : 0)
  }

  @Test(
    "a coordinator that is paused past its lease loses its items, and when it wakes it hurts nobody",
    arguments: 0..<Torture.rounds(2, long: 12))
  func paused(round: Int) throws {
    let words = [
      "--workers", "2", "--shape", "chains", "--milliseconds", "6", "--lease", "1",
    ]
    let alone = try ProbePlace(items: 60, words)
    #expect(try alone.run().code == 0)
    let probe = try ProbePlace(items: 60, words)
    var random = RandomStream(Torture.seed.derive("paused").derive(round))
    let first = try probe.start()
    usleep(UInt32(50_000 + random.uniform() * 250_000))
    first.signal(SIGSTOP)
    let second = try probe.run()
    #expect(second.code == 0, "round \(round), \(Torture.replay): \(second.error)")
    let marks = try probe.place.doneMarks()
    first.signal(SIGCONT)
    let ended = try first.end()
    #expect(ended.code == 0, "round \(round), \(Torture.replay): \(ended.error)")
    let after = try probe.place.doneMarks()
    let changed = try marks.filter { after[$0.key] != $0.value }.map { hex, _ in
      let folder = probe.place.results.item(try #require(Digest(hex: hex)))
      let ends = try folder.attempts().map {
        "\($0.number) \($0.ending?.manner.rawValue ?? "open") \($0.ending?.words ?? "")"
      }
      return "\(folder.identity.short): \(ends)"
    }
    #expect(changed.isEmpty, "a newer result was overwritten, round \(round), \(Torture.replay)")
    try probe.place.expectOutcome(alone.place.outcome(), "round \(round), \(Torture.replay)")
    // What it had begun was begun again by the other, and ended once.
    try expectEachOnce(probe, lost: 2)
  }

  /// Every item has its result, was run to completion once, and nothing came after that.
  ///
  /// - Parameter lost: how many items may have been finished without a line in the ledger, because the
  ///   kill came between the two.
  private func expectEachOnce(_ probe: ProbePlace, lost: Int) throws {
    let identities = try probe.place.results.identities()
    #expect(identities.count == probe.items)
    var wrong: [String] = []
    for identity in identities {
      let folder = probe.place.results.item(identity)
      let attempts = try folder.attempts()
      guard let note = try folder.done(.contents) else {
        wrong.append("\(identity.short) is not done")
        continue
      }
      let ended = attempts.filter { $0.ending?.manner == .done }
      if ended.count > 1 { wrong.append("\(identity.short) was done \(ended.count) times") }
      // Another coordinator may have wanted the item at the same instant, and left it again.
      let later = attempts.filter { $0.number > note.attempt && $0.ending?.manner != .stopped }
      if !later.isEmpty { wrong.append("\(identity.short) was run after it was done") }
    }
    #expect(wrong.isEmpty, "\(Torture.replay): \(wrong.prefix(5))")
    let lines = try probe.ledger()
    #expect(Set(lines).count == lines.count, "run to completion twice, \(Torture.replay)")
    #expect((probe.items - lost...probe.items).contains(lines.count), "\(lines.count)")
  }

  /// Time and memory of a run that nobody disturbs, for the figures.
  private func reportUndisturbed(_ probe: ProbePlace) throws {
    let began = Date()
    let run = try probe.start()
    var peak = 0
    while run.isRunning {
      peak = max(peak, peakMemory(of: run.process) ?? 0)
      usleep(20_000)
    }
    #expect(try run.end().code == 0)
    let seconds = Date().timeIntervalSince(began)
    Torture.report(
      "\(probe.items) items, undisturbed: \(Int(seconds * 10)) tenths of a second, "
        + "at most \(peak / 1024) MiB")
    try probe.clear()
  }

  /// Largest resident size so far, in KiB; nil when the process is gone.
  private func peakMemory(of process: pid_t) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }
}
