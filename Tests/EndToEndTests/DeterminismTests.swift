import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// A signal that asks for a stop, and the exit code that answers it.
struct StopCase: Sendable {
  var signal: Int32
  var code: Int32
}

@Suite("the same study gives the same bytes")
struct DeterminismTests {
  /// What an unbroken run of one worker leaves.
  private static let unbroken = Result { try outcome(of: TinyStudy.recipe) }

  private static func outcome(of recipe: String) throws -> Outcome {
    let place = try Place(recipe: recipe)
    let ended = try place.ablate("run", "study.json", "-j", "1", "--quiet")
    #expect(ended.code == 0, "\(ended.error)")
    return try place.outcome()
  }

  @Test("an unbroken run leaves something to compare: files, measurements, and arms that differ")
  func substance() throws {
    let outcome = try Self.unbroken.get()
    #expect(outcome.items.count == TinyStudy.items)
    #expect(outcome.measurements.count == 8, "two solvers, two first evaluations, four stages")
    #expect(outcome.report.keys.contains("tiny/README.md") && outcome.report.count >= 6)
    let table = String(decoding: outcome.report["tiny/trials.csv"] ?? [], as: UTF8.self)
    let rows = table.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(rows.first?.firstIndex(of: "value"))
    #expect(Set(rows.dropFirst().map { $0[column] }).count >= 5, "\(table)")
  }

  @Test("any number of workers, a fresh results folder", arguments: [1, 2, 5])
  func workers(count: Int) throws {
    let place = try Place()
    let ended = try place.ablate("run", "study.json", "-j", "\(count)", "--quiet")
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("the plainest kernels, asked for by name; workers hear of it")
  func kernels() throws {
    let place = try Place()
    let run = try place.start(
      ["run", "study.json", "-j", "1", "--quiet"], environment: ["ABLATE_KERNELS": "baseline"])
    let isHeard = run.wait {
      place.workers.contains { worker in
        let told = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(worker)/environ"))
        return (told ?? Data()).split(separator: 0).contains(Data("ABLATE_KERNELS=baseline".utf8))
      }
    }
    let ended = try run.end()
    #expect(isHeard)
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("a C library that is told of a lesser processor, and so takes other functions")
  func lesserLibrary() throws {
    let tunables = ["GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"]
    let place = try Place()
    let ended = try place.ablate(
      "run", "study.json", "-j", "1", "--quiet", environment: tunables)
    #expect(ended.code == 0, "\(ended.error)")
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("workers killed by kill -9 at random instants are tried again", arguments: 0..<3)
  func killedWorkers(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("killed workers"))
    let place = try Place()
    let run = try place.start(["run", "study.json", "-j", "2", "--progress", "lines"])
    var killed: Set<pid_t> = []
    // Fewer than the scheduler's patience with one item, so that the run must end well.
    while run.isRunning, killed.count < 2 {
      usleep(UInt32(random.uniform() * 80_000))
      if let worker = place.workers.randomElement(using: &random), !killed.contains(worker) {
        kill(worker, SIGKILL)
        killed.insert(worker)
      }
    }
    let ended = try run.end()
    #expect(!killed.isEmpty)
    #expect(ended.code == 0, "seed \(seed): \(ended.error)")
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("a coordinator killed by kill -9 as each item ends goes on with the same command")
  func killedAtEveryItem() throws {
    let place = try Place()
    var ended = Ended(code: -1, output: "", error: "")
    var kills = 0
    while ended.code != 0, kills < 40 {
      let before = try place.doneMarks()
      let run = try place.start(["run", "study.json", "-j", "2", "--progress", "lines"])
      if try run.wait(until: { try place.doneMarks().count > before.count }) {
        run.signal(SIGKILL)
        kills += 1
      }
      ended = try run.end()
      let after = try place.doneMarks()
      #expect(before.allSatisfy { after[$0.key] == $0.value }, "a finished item was written again")
    }
    #expect(ended.code == 0, "\(ended.error)")
    #expect(kills >= 4)
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("everything killed by kill -9 at each checkpoint of a stage", arguments: [1, 2])
  func killedAtCheckpoints(interval: Int) throws {
    let recipe = TinyStudy.recipe.with("\"steps\": 8", "\"steps\": 24").with(
      "\"checkpoint_every\": 2", "\"checkpoint_every\": \(interval)")
    let expected = try Self.outcome(of: recipe)
    let place = try Place(recipe: recipe)
    var ended = Ended(code: -1, output: "", error: "")
    var kills = 0
    while ended.code != 0, kills < 60 {
      let before = try place.checkpoints()
      let run = try place.start(["run", "study.json", "-j", "2", "--progress", "none"])
      let isNew = try run.wait { try place.checkpoints().contains { before[$0.key] != $0.value } }
      if isNew, kills < 8 {
        // Workers first: a coordinator's death alone would let them save and leave.
        for worker in place.workers { kill(worker, SIGKILL) }
        run.signal(SIGKILL)
        kills += 1
      }
      ended = try run.end()
    }
    #expect(ended.code == 0, "\(ended.error)")
    #expect(kills == 8)
    try place.expectOutcome(expected)
  }

  @Test("how often the state is saved changes no weight and no measurement")
  func checkpointInterval() throws {
    let place = try Place(
      study: TinyStudy.study.with(
        "\"unsure\": {}", "\"unsure\": { \"stages.first.checkpoint_every\": 1 }"
      )
      .with("{ \"stages.first.problems\": { \"math\": \"some\" } }", "{}")
      .with("\"count\": 2", "\"count\": 1"))
    let ended = try place.ablate("run", "study.json", "--quiet")
    #expect(ended.code == 0, "\(ended.error)")
    let stages = try place.stageResults()
    #expect(stages.count == 2)
    #expect(Set(stages).count == 1, "\(stages)")
  }

  @Test(
    "asked to stop, it saves, says how to go on, leaves nobody behind, and goes on",
    arguments: [StopCase(signal: SIGINT, code: 130), StopCase(signal: SIGTERM, code: 143)])
  func stopped(_ stop: StopCase) throws {
    let place = try Place()
    let run = try place.start(["run", "study.json", "-j", "2", "--progress", "lines"])
    #expect(run.wait { run.errorSoFar.contains("done     ") })
    run.signal(stop.signal)
    let ended = try run.end()
    #expect(ended.code == stop.code, "\(ended.error)")
    #expect(place.processes.isEmpty)
    let last =
      /stopped: ([0-9]+) of ([0-9]+) work items are left\n  again: \.\/ablate run study\.json\n$/
    let counts = try #require(ended.error.firstMatch(of: last), "\(ended.error)").output
    #expect(counts.2 == "\(TinyStudy.items)")
    #expect(Int(counts.1) == TinyStudy.items - (try place.outcome().items.count))
    #expect(ended.output.isEmpty && !place.exists("Reports"))
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    try place.expectOutcome(Self.unbroken.get())
  }

  @Test("a second Ctrl-C ends it at once, and nothing is lost")
  func stoppedTwice() throws {
    let place = try Place(recipe: TinyStudy.recipe.with("\"steps\": 60", "\"steps\": 100000"))
    let run = try place.start(["run", "study.json", "-j", "2", "--progress", "lines"])
    #expect(run.wait { !place.workers.isEmpty })
    run.signal(SIGINT)
    #expect(run.wait { run.errorSoFar.contains("stopping:") })
    run.signal(SIGINT)
    let ended = try run.end()
    #expect(ended.code == 130, "\(ended.error)")
    #expect(place.processes.isEmpty)
    try place.write("recipe.json", TinyStudy.recipe)
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    #expect(try place.outcome().report == Self.unbroken.get().report)
  }
}

extension Place {
  /// The file that names the newest checkpoint of each item that has one; its inode tells them apart.
  func checkpoints() throws -> [String: UInt] {
    var found: [String: UInt] = [:]
    for identity in try results.identities() {
      var status = stat()
      if unsafe stat(results.item(identity).path(.checkpoint), &status) == 0 {
        found[identity.hex] = status.st_ino
      }
    }
    return found
  }

  /// What each stage item ended with: the digests of weights and optimiser, and its measurements.
  func stageResults() throws -> [String] {
    try results.identities().compactMap { identity in
      let item = results.item(identity)
      guard try item.order()?.kind == "stage", let done = try item.done(.contents) else {
        return nil
      }
      let measurements = done.files.first { $0.name == "measurements.jsonl" }?.digest.hex ?? ""
      return JSONValue.object(done.values).canonical + measurements
    }
  }
}
