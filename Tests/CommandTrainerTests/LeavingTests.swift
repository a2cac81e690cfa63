import Foundation
import Reproducibility
import StudyLanguage
import Testing

@testable import CommandTrainer

/// Where a queue takes a machine back, every process on it hears so at once, and in any order.
@Suite("commands that left because all had to")
struct LeavingTests {
  /// Hears that it is to leave when it was asked so often after the command had ended.
  private final class Bench: CommandBench {
    let folder = NSTemporaryDirectory() + "leaving-\(UUID().uuidString)"
    let hearsAfter: Int
    private var looks = 0

    init(hearsAfter: Int) { self.hearsAfter = hearsAfter }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var item: String { folder }
    var order: String { folder + "/order.json" }
    var log: String { folder + "/log.txt" }
    var scratch: String { folder + "/attempt" }
    var attempt: Int { 1 }
    func parentState() throws -> String? { nil }
    func savedState() throws -> SavedState? { nil }
    func record(_ measured: [MeasuredNumber]) throws {}
    func report(step: Int, of steps: Int?, _ values: [(name: String, value: Double)]) {}
    func keep(_ folder: String, step: Int, notes: JSONValue) throws {}
    func leaveState() throws -> String? { nil }
    func discard(_ folder: String) {}
    func say(_ bytes: [UInt8]) throws {}
    var isStopRequested: Bool {
      guard FileManager.default.fileExists(atPath: CommandFolder(scratch).end) else { return false }
      looks += 1
      return looks > hearsAfter
    }
  }

  /// What comes of a command whose guard says that it ended so.
  private func outcome(
    _ report: String, hearing: Double, hearsAfter: Int = 20
  ) throws -> (any Error)? {
    let stage: JSONObject = [
      "name": "train", "kind": "command", "run": ["true"], "metrics": ["reward": [:]],
    ]
    let recipe = CommandRecipe(
      try Settings(normalising: ["stages": [.object(stage)]], as: CommandRecipe.schema))
    let trial = CommandCompiler().compile(recipe, seeds: [1], labels: ["a"]) { _, _ in "" }[0]
    var surroundings = CommandSurroundings(
      guardProgram: "/bin/sh", guardArguments: ["-c", "echo '\(report)' >\"$0/end.json\""],
      environment: [:])
    surroundings.limits.hearing = hearing
    do {
      _ = try CommandWork.perform(
        trial.orders[0], on: Bench(hearsAfter: hearsAfter), surroundings)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "one that has left before its worker hears of it was stopped, and has not failed",
    arguments: [#"{"exit": 1}"#, #"{"exit": 75}"#, #"{"signal": 15}"#])
  func early(report: String) throws {
    #expect(try outcome(report, hearing: 600) is CommandStopped)
    #expect(try outcome(report, hearing: 0.1, hearsAfter: .max) is CommandFailure)
  }

  @Test("one that ended well is not held to it")
  func well() throws {
    let failure = try #require(try outcome(#"{"exit": 0}"#, hearing: 600) as? CommandFailure)
    #expect(failure.what.contains("measured nothing"))
  }
}
