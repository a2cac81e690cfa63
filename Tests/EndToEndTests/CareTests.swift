import Foundation
import Glibc
import Reproducibility
import RunStore
import Testing

/// What a person does with a store between runs.
@Suite("looking after a store")
struct CareTests {
  /// A solver that would take minutes.
  private static let long = TinyStudy.recipe.with("\"steps\": 60", "\"steps\": 100000")

  /// Its stages diverge; everything before them is done.
  private static let diverging = TinyStudy.untrained.with(
    "\"optimizer\": { \"learning_rate\": 2e-3 }",
    "\"optimizer\": { \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 }")

  private func finished() throws -> Place {
    let place = try Place(recipe: TinyStudy.untrained)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return place
  }

  // MARK: rm

  @Test("show has words for a number that is none")
  func notANumber() throws {
    let place = try Place()
    let order = WorkOrder(kind: "stage", configuration: [:], numerics: 1, label: "strange")
    let writer = try ItemWriter(place.results.place(order))
    for (metric, value) in [("kl", Double.nan), ("loss", .infinity), ("reward", 0.5)] {
      try writer.record(Measurement(step: 3, metric: metric, value: value))
    }
    try writer.finish(values: [:], machine: [:])
    let shown = try place.ablate("show", order.identity.hex)
    #expect(shown.code == 0, "\(shown.error)")
    for line in [
      "kl = \"NaN\" at step 3", "loss = \"Infinity\" at step 3", "reward = 0.5 at step 3",
    ] {
      #expect(shown.output.contains(line), "\(shown.output)")
    }
  }

  @Test("index brings itself up to date with what came and what went, studies too")
  func refreshed() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let before = try place.ablate("status", "--json").output
    let gone = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    try FileManager.default.removeItem(atPath: place.results.item(gone).path)
    try place.write(
      "results/studies/other.json",
      place.text("results/studies/tiny.json").replacing("\"tiny\"", with: "\"other\""))
    try place.ablate("index").expect(0)
    let during = try place.ablate("status", "--json").output
    let stages = try JSONValue(parsing: during)["items"]?.array?.first { $0["kind"] == "stage" }
    #expect(stages?["count"]?.int == 3)
    #expect(during.contains("\"other\""))
    try place.remove("results/studies/other.json")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("index").expect(0)
    #expect(try place.ablate("status", "--json").output == before)
  }

  @Test("rm keeps what a study needs unless it is forced, and the next run makes it anew")
  func removeNeeded() throws {
    let place = try finished()
    let whole = try place.outcome()
    let solver = try #require(try place.items("solver").first).short
    let refused = try place.ablate("rm", solver)
    #expect(refused.code == 2 && refused.output.isEmpty)
    #expect(
      refused.error.hasPrefix("error: item \(solver) is needed by study 'tiny'\n  why:  "),
      "\(refused.error)")
    let dry = try place.ablate("rm", solver, "--force", "--dry-run")
    #expect(dry.code == 0 && dry.output.contains(/would remove 1 item, [0-9.]+ kB\n$/), "\(dry)")
    try place.expectOutcome(whole, "a dry run removes nothing")
    let forced = try place.ablate("rm", solver, "--force")
    #expect(forced.code == 0 && forced.output.contains("removed 1 item, "), "\(forced)")
    #expect(try place.results.identities().count == TinyStudy.items - 1)
    #expect(try place.ablate("show", solver).code == 2)
    let counts = try place.ablate("status").output
    #expect(counts.contains(/solver +done +1\n/), "the index has lost its row: \(counts)")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(whole)
  }

  @Test("rm of an item that no study needs goes by what finished items read")
  func removeRead() throws {
    let place = try finished()
    try place.remove("results/studies/tiny.json")
    let note = try place.items("stage").map(\.short)
    let solver = try #require(try place.items("solver").first).short
    let refused = try place.ablate("rm", solver)
    #expect(refused.code == 2 && refused.error.contains("is read by item"), "\(refused.error)")
    let stage = try place.ablate("rm", note[0], note[1])
    #expect(stage.code == 0 && stage.output.contains("removed 2 items, "), "\(stage)")
  }

  @Test("rm --study removes a study and what only it needs, and another keeps its own")
  func removeStudy() throws {
    let place = try finished()
    let before = try Set(place.results.identities())
    try place.write(
      "other.json",
      TinyStudy.study.with("\"tiny\"", "\"other\"").with("\"count\": 2", "\"count\": 3"))
    try place.ablate("run", "other.json", "--quiet").expect(0)
    #expect(try place.results.identities().count == TinyStudy.items + 3)
    let typo = try place.ablate("rm", "--study", "othr")
    #expect(typo.code == 2 && typo.error.contains("did you mean 'other'?"), "\(typo.error)")
    let removed = try place.ablate("rm", "--study", "other")
    #expect(removed.code == 0 && removed.output.contains("removed 3 items, "), "\(removed)")
    #expect(removed.error == "kept: \(TinyStudy.items) items that others need too\n")
    #expect(try Set(place.results.identities()) == before)
    #expect(!place.exists("results/studies/other.json"))
    #expect(try !place.ablate("status").output.contains("other"))
    let plan = try place.ablate("plan", "study.json").output
    #expect(plan.contains("items are done, 0 would run\n"), "\(plan)")
  }

  @Test("rm and gc leave alone what a living process holds")
  func removeRunning() throws {
    let place = try Place(recipe: Self.long)
    let run = try place.start(["run", "study.json", "-j", "1", "--progress", "none"])
    #expect(run.wait { place.isStepping })
    let running = try #require(
      try place.results.identities().first { place.results.item($0).progress() != nil })
    for words in [["--study", "tiny"], [running.short, "--force"]] {
      let refused = try place.start(["rm"] + words).end()
      #expect(refused.code == 3 && refused.error.contains("is being worked on by process"))
    }
    // Without its note only the lease speaks for the item.
    let note = try place.text("results/studies/tiny.json")
    try place.remove("results/studies/tiny.json")
    try place.write("results/studies/none.json", #"{"study":"none","question":"","trials":[]}"#)
    try place.ablate("gc").expect(0)
    #expect(try place.results.identities().contains(running))
    try place.write("results/studies/tiny.json", note)
    run.signal(SIGINT)
    #expect(try run.end().code == 130)
  }

  // MARK: gc

  @Test("gc removes what no study needs, drafts, trash and folders of dead processes")
  func collect() throws {
    let place = try finished()
    let kept = try Set(place.results.identities())
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.write("study.json", TinyStudy.study)
    // As a run with two seeds would note it: the third seed belongs to nobody now.
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let solver = place.results.item(try #require(try place.items("solver").first))
    let draft = ".draft-\(ProcessMark.current.host)-4194305-1"
    try place.write(
      "results/items/\(solver.identity.hex.prefix(2))/\(solver.identity.hex)/\(draft)", "x")
    try place.write("results/trash/\(solver.identity.hex)-1/file", "left")
    try place.write("results/verifying-4194305/items/file", "left")
    try place.write("results/verifying-\(getpid())/items/file", "in use")
    let dry = try JSONValue(parsing: place.ablate("gc", "--dry-run", "--json").output)
    #expect(dry["items"]?.array?.count == 3 && dry["dry_run"] == true)
    #expect(dry["kept"]?.int == kept.count && dry["trash_bytes"] == 4)
    #expect(dry["drafts"]?.array?.count == 1 && dry["verifying"]?.array?.count == 1)
    #expect(try place.results.identities().count == kept.count + 3, "nothing goes yet")
    let bytes = try #require(dry["bytes"]?.int)
    let collected = try place.ablate("gc")
    #expect(
      collected.code == 0
        && collected.output.contains(
          "removed 3 items of \(kept.count + 3); "),
      "\(collected.output)")
    #expect(bytes > 1000)
    #expect(try Set(place.results.identities()) == kept)
    #expect(!place.exists("results/trash/\(solver.identity.hex)-1"))
    #expect(!place.exists("results/verifying-4194305"))
    #expect(place.exists("results/verifying-\(getpid())"), "its process lives")
    #expect(try !place.results.files.names(in: solver.path).contains(draft))
    let again = try place.ablate("gc").output
    #expect(again == "removed 0 items of \(kept.count); 0 bytes freed\n")
  }

  @Test("gc of a store in which a study has only begun keeps what its later items will read")
  func collectBegun() throws {
    let place = try finished()
    for kind in ["stage", "evaluation", "levels"] {
      for item in try place.items(kind) {
        try FileManager.default.removeItem(atPath: place.results.item(item).path)
      }
    }
    let left = try place.results.identities()
    #expect(left.count > 3)
    try place.ablate("gc").expect(0)
    #expect(try place.results.identities() == left)
  }

  @Test("gc refuses where no study was run or a note is damaged, and removes nothing")
  func collectRefuses() throws {
    let place = try finished()
    try place.write("results/studies/tiny.json", "{ \"study\": ")
    let damaged = try place.ablate("gc")
    #expect(damaged.code == 3 && damaged.error.contains("tiny.json' is damaged"))
    try place.remove("results/studies/tiny.json")
    let none = try place.ablate("gc")
    #expect(none.code == 2 && none.error.hasPrefix("error: no study was ever run in results\n"))
    #expect(try place.results.identities().count == TinyStudy.items)
  }

  @Test(
    "gc keeps everything where an older note and an order that cannot be read leave needs unknown")
  func collectUnknown() throws {
    let place = try finished()
    let json = try JSONValue(parsing: place.text("results/studies/tiny.json"))
    var members = try #require(json.object)
    members["preparation"] = nil
    try place.write("results/studies/tiny.json", JSONValue.object(members).pretty)
    let stage = try #require(try place.items("stage").first)
    try place.write("results/items/\(stage.hex.prefix(2))/\(stage.hex)/order.json", "{")
    let gc = try place.ablate("gc")
    #expect(gc.code == 0 && gc.error.contains("warning: every item is kept: study 'tiny'"))
    #expect(try place.results.identities().count == TinyStudy.items)
  }

  // MARK: ls

  @Test("ls lists items by state, kind, label and study, and refuses what it does not know")
  func list() throws {
    let place = try finished()
    let all = try JSONValue(parsing: place.ablate("ls", "--json").output)
    #expect(all["items"]?.array?.count == TinyStudy.items)
    let terms = "kind=sol*,kind=grades,state=done,study=t*y"
    let some = try JSONValue(parsing: place.ablate("ls", "--json", "--filter", terms).output)
    let kinds = some["items"]?.array?.compactMap { $0["kind"]?.string } ?? []
    #expect(Set(kinds) == ["solver", "grades"] && kinds.filter { $0 == "solver" }.count == 2)
    #expect(some["items"]?.array?.allSatisfy { $0["attempts"] == 1 } == true)
    let solver = try place.ablate("ls", "--filter=label=solver S").output
    #expect(solver.contains(/solver +solver S +done +1 +[0-9.]+\n/), "\(solver)")
    #expect(solver.hasSuffix("  1 of \(TinyStudy.items) items\n"))
    try place.ablate("rm", "--study", "tiny").expect(0)
    let planned = try place.ablate("ls", "study.json", "--filter", "state=absent").output
    #expect(planned.hasSuffix("  \(TinyStudy.items) of \(TinyStudy.items) items\n"))
    for (terms, message) in [
      ("stat=done", "did you mean 'state'?"), ("state=fialed", "did you mean 'failed'?"),
      ("done", "'done' is no term"),
    ] {
      let refused = try place.ablate("ls", "--filter", terms)
      #expect(refused.code == 2 && refused.error.contains(message), "\(refused.error)")
    }
  }

  // MARK: logs

  @Test("logs prints what a worker said, whole or its last lines")
  func logs() throws {
    let place = try finished()
    let stage = try #require(try place.items("stage").first)
    try place.write(
      "results/items/\(stage.hex.prefix(2))/\(stage.hex)/log.txt", "one\ntwo\nthree\n")
    let all = try place.ablate("logs", stage.short)
    #expect(all.code == 0 && all.output == "one\ntwo\nthree\n")
    #expect(all.error == "\(stage.short) done\n")
    #expect(try place.ablate("logs", stage.short, "--lines", "2").output == "two\nthree\n")
    let followed = try place.ablate("logs", "-f", stage.short, "--lines=0")
    #expect(followed.code == 0 && followed.output.isEmpty && followed.error.hasSuffix(" done\n"))
  }

  @Test("logs -f waits for a log that is not there yet, prints what comes, and ends with the item")
  func follow() throws {
    let place = try finished()
    let stage = place.results.item(try #require(try place.items("stage").first))
    let done = try place.text(
      "results/items/\(stage.identity.hex.prefix(2))/\(stage.identity.hex)/done.json")
    try place.results.files.remove(stage.path(.done))
    try place.results.files.remove(stage.path(.log))
    let logs = try place.start(["logs", "--follow", stage.identity.short])
    usleep(300_000)
    #expect(logs.isRunning)
    try place.results.files.append(Array("hello\nwor".utf8), to: stage.path(.log))
    usleep(300_000)
    try place.results.files.append(Array("ld\n".utf8), to: stage.path(.log))
    try place.results.files.write(Array(done.utf8), to: stage.path(.done))
    let ended = try logs.end()
    #expect(ended.code == 0 && ended.output == "hello\nworld\n", "\(ended)")
    try place.results.files.remove(stage.path(.done))
    let waiting = try place.start(["logs", "-f", stage.identity.short])
    usleep(500_000)
    waiting.signal(SIGINT)
    #expect(try waiting.end().code == 130)
  }

  // MARK: retry

  @Test("retry runs what failed and what waits on it, with the exit codes of run")
  func retry() throws {
    let place = try Place(recipe: Self.diverging)
    try place.ablate("run", "study.json", "--quiet").expect(3)
    let before = try place.attempts()
    let retried = try place.ablate("retry", "study.json", "--quiet", "-j", "1")
    #expect(retried.code == 3 && retried.error.contains("failed: "), "\(retried.error)")
    let stages = try Set(place.items("stage").map(\.hex))
    #expect(!stages.isEmpty)
    for (item, count) in try place.attempts() {
      #expect(count == (before[item] ?? 0) + (stages.contains(item) ? 1 : 0))
    }
    let one = try #require(stages.sorted().first)
    let single = try place.ablate(
      "retry", "study.json", "--item", String(one.prefix(12)), "--from-start", "--quiet")
    #expect(single.code == 3)
    for (item, count) in try place.attempts() where stages.contains(item) {
      // The one that forgets its checkpoint was claimed for that too.
      #expect(count == (before[item] ?? 0) + (item == one ? 3 : 1))
    }
    let solver = try #require(try place.items("solver").first).short
    let refused = try place.ablate("retry", "study.json", "--item", solver)
    #expect(refused.code == 2 && refused.error.contains("is done\n"), "\(refused.error)")
  }

  @Test("retry makes a damaged item anew and leaves alone what was never begun")
  func retryDamaged() throws {
    let place = try finished()
    let whole = try place.outcome()
    let nothing = try place.ablate("retry", "study.json")
    #expect(nothing.code == 0)
    #expect(nothing.error == "nothing of study 'tiny' failed or is damaged\n")
    let stages = try place.items("stage")
    try FileManager.default.removeItem(atPath: place.results.item(stages[0]).path)
    try place.results.files.truncate(place.results.item(stages[1]).path(.measurements), to: 5)
    try place.ablate("retry", "study.json", "--quiet").expect(0)
    #expect(try place.results.item(stages[1]).done(.contents) != nil)
    #expect(try place.results.item(stages[0]).state() == .absent)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectOutcome(whole)
  }

  // MARK: status and show

  @Test("status without a study counts the items of all from the index, and says how to get one")
  func overview() throws {
    let place = try Place(recipe: TinyStudy.untrained)
    let none = try place.ablate("status")
    #expect(none.code == 2 && none.error.contains("help: ablate index makes it"), "\(none.error)")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let status = try place.ablate("status")
    // Two first evaluations and four stages; what they build on is counted by kind.
    #expect(status.output.hasPrefix("tiny: 6 done\n"), "\(status.output)")
    #expect(status.output.contains(/stage +done +4\n/))
    let stage = try #require(try place.items("stage").first)
    try FileManager.default.removeItem(atPath: place.results.item(stage).path)
    try place.ablate("index", "--rebuild").expect(0)
    let json = try JSONValue(parsing: place.ablate("status", "--json").output)
    #expect(json["studies"]?.array?.first?["counts"] == ["absent": 1, "done": 5])
    let study = try JSONValue(parsing: place.ablate("status", "study.json", "--json").output)
    #expect(study["counts"]?["done"]?.int == TinyStudy.items - 1)
    #expect(study["items"]?.array?.count == TinyStudy.items)
  }

  @Test("show tells of each attempt, in words and as JSON")
  func show() throws {
    let place = try finished()
    let stage = try #require(try place.items("stage").first)
    let shown = try place.ablate("show", stage.short).output
    #expect(
      shown.contains(#/  attempt 1, process [0-9]+ on .+: done after [0-9.]+ s\n$/#), "\(shown)")
    let json = try JSONValue(parsing: place.ablate("show", stage.short, "--json").output)
    #expect(json["identity"]?.string == stage.hex && json["state"] == "done")
    #expect(json["attempts"]?.array?.first?["ending"]?["manner"] == "done")
    let last = try #require(
      try place.results.item(stage).measurements().last { $0.metric == "sums" })
    #expect(json["last"]?["sums"]?["value"]?.double == last.value)
    #expect(json["order"]?["kind"] == "stage" && json["done"]?["digest"] != nil)
  }
}

extension Place {
  fileprivate func items(_ kind: String) throws -> [Digest] {
    try results.identities().filter { try results.item($0).order()?.kind == kind }
  }

  /// Whether a running item has said how far it is.
  fileprivate var isStepping: Bool {
    let identities = (try? results.identities()) ?? []
    return identities.contains { results.item($0).progress() != nil }
  }
}
