import ChildProcesses
import Testing

@testable import CommandTrainer

/// Where a queue takes a machine back, every process on it hears so at once, and in any order.
@Suite("commands that left because all had to")
struct LeavingTests {
  private static let badEnds: [ChildProcess.End.Manner] = [.exit(1), .exit(75), .signal(15)]

  @Test("one that has left before its worker hears of it was stopped", arguments: badEnds)
  func early(end: ChildProcess.End.Manner) {
    var looks = 0
    let hasLeft = GuardReport.End.ended(end).isLeaving(hearing: 600) {
      looks += 1
      return looks > 5
    }
    #expect(hasLeft && looks == 6)
  }

  @Test("one that nobody asked to leave has ended by itself", arguments: badEnds)
  func alone(end: ChildProcess.End.Manner) {
    #expect(!GuardReport.End.ended(end).isLeaving(hearing: 0.1) { false })
  }

  @Test("one that ended well has ended, whoever is asked to leave")
  func well() {
    #expect(!GuardReport.End.ended(.exit(0)).isLeaving(hearing: 600) { true })
  }
}
