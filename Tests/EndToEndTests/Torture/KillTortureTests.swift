import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// The program and its workers, killed at instants that nobody chose. Chosen ones are in
/// ``DeterminismTests``.
@Suite("torture: kills")
struct KillTortureTests {
  /// Whom a kill -9 meets.
  private enum Victims: CaseIterable {
    case coordinator
    /// A worker, whom the coordinator survives for an instant.
    case workerFirst
    case everyone
  }

  /// Four kills in each; the whole torture has two hundred.
  @Test(
    "coordinator and workers killed by kill -9 at random instants",
    arguments: 0..<Torture.rounds(4, long: 50))
  func killedAtRandom(round: Int) throws {
    var random = RandomStream(Torture.seed.derive("killed at random").derive(round))
    let place = try Place()
    let command = ["run", "study.json", "-j", "2", "--progress", "lines"]
    let name: Comment = "round \(round), \(Torture.replay)"
    for _ in 0..<4 {
      let before = try place.doneMarks()
      let run = try place.start(command)
      usleep(UInt32(random.uniform() * 200_000))
      switch random.element(of: Victims.allCases) {
      case .coordinator: break
      case .workerFirst:
        if let worker = place.workers.first { kill(worker, SIGKILL) }
        usleep(UInt32(random.uniform() * 50_000))
      case .everyone: for worker in place.workers { kill(worker, SIGKILL) }
      }
      run.signal(SIGKILL)
      _ = try run.end()
      let after = try place.doneMarks()
      #expect(before.allSatisfy { after[$0.key] == $0.value }, "a finished item again: \(name)")
    }
    let ended = try place.start(command).end()
    #expect(ended.code == 0, "\(name): \(ended.error)")
    try place.expectOutcome(TinyStudy.unbroken.get(), name.rawValue)
  }
}

extension TinyStudy {
  /// What a run leaves that nobody disturbs.
  static let unbroken = Result {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return try place.outcome()
  }
}
