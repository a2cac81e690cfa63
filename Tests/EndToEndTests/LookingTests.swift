import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

@Suite("looking at a run")
struct LookingTests {
  /// A solver that would take minutes.
  private static let long = TinyStudy.recipe.with("\"steps\": 60", "\"steps\": 100000")

  @Test("status tells of a run in another process, and of one that was killed")
  func status() throws {
    let place = try Place(recipe: Self.long)
    #expect(try place.ablate("status", "study.json").output == "tiny: \(TinyStudy.items) absent\n")
    let run = try place.start(["run", "study.json", "-j", "1", "--progress", "lines"])
    #expect(run.wait { place.isReported })
    let status = try place.ablate("status", "study.json")
    #expect(status.code == 0)
    #expect(
      status.output.contains(
        /^tiny: .*1 running · .*\n  running  solver S: step [0-9]+ of 100000\n$/),
      "\(status.output)")
    run.signal(SIGKILL)
    _ = try run.end()
    // Its worker saw that nobody waits for it any more.
    for _ in 0..<2000 where !place.processes.isEmpty { usleep(5000) }
    #expect(place.processes.isEmpty, "a worker outlived its coordinator")
    #expect(try place.ablate("status", "study.json").output.contains("running") == false)
  }

  @Test("show prints the order, the result and the last measurements of an item")
  func show() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let stage = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    let shown = try place.ablate("show", String(stage.hex.prefix(10)))
    #expect(shown.code == 0 && shown.output.hasPrefix("\(stage.hex)  done\n"))
    for part in ["\"kind\": \"stage\"", "\"policy.safetensors\"", "  reward = ", "  sums = "] {
      #expect(shown.output.contains(part), "no \(part)")
    }
    let last = try #require(
      try place.results.item(stage).measurements().last { $0.metric == "sums" })
    #expect(shown.output.contains("  sums = \(ecmaScriptNumber(last.value)) at step 8\n"))
  }

  @Test("--json of run and report say what the table says, and nothing else is on standard output")
  func json() throws {
    let place = try Place()
    let run = try place.ablate("run", "study.json", "--json")
    let json = try JSONValue(parsing: run.output)
    #expect(json["study"] == "tiny" && json["arms"]?.array?.count == 2)
    let cell = try #require(json["arms"]?.array?.first?["measures"]?["final(sums)"])
    #expect(cell["n"] == 2 && cell["planned"] == 2)
    #expect(try place.ablate("report", "study.json", "--json").output == run.output)
    // The mean over the seeds, from the measurements themselves.
    let note = try #require(try place.results.studies().first)
    let finals = try note.trials.filter { $0.arm == 0 }.map { trial -> Double in
      let identity = try #require(trial.items.last?.identity)
      let scores = try place.results.item(identity).measurements().filter { $0.metric == "sums" }
      return try #require(scores.last).value * 100
    }
    #expect(finals.count == 2)
    let mean = try #require(cell["mean"]?.double)
    #expect(abs(mean - (finals[0] + finals[1]) / 2) < 1e-9)
  }

  @Test("results and reports can lie elsewhere, and the way to go on names them")
  func elsewhere() throws {
    let place = try Place()
    let run = try place.ablate(
      "run", "study.json", "--results=a/b", "--reports", "c", "--progress", "none")
    #expect(run.code == 0 && place.exists("a/b/items") && place.exists("c/tiny/README.md"))
    #expect(!place.exists("results") && !place.exists("Reports"))
    #expect(
      run.error.hasSuffix("again: ./ablate run study.json --results a/b --reports c\n"),
      "\(run.error)")
  }

  @Test("help of every command names each of its options once")
  func help() throws {
    let place = try Place()
    let overview = try place.ablate("help").output
    let commands = overview.matches(of: #/(?m)^  ablate ([a-z]+) /#).map { String($0.output.1) }
    #expect(commands.count >= 9)
    for command in commands {
      let help = try place.ablate("help", command)
      #expect(help.code == 0 && help.output.contains("usage: ablate \(command)"))
      #expect(try place.ablate(command, "--help").output == help.output)
    }
  }
}

extension Place {
  /// Whether a running item has said how far it is.
  fileprivate var isReported: Bool {
    let identities = (try? results.identities()) ?? []
    return identities.contains { results.item($0).progress() != nil }
  }
}
