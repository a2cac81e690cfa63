import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("plan: what is shared, and why an item will run")
struct PlanTests {
  private func why(_ place: Place) throws -> [String] {
    let ended = try place.ablate("plan", "study.json", "--why")
    #expect(ended.code == 0, "\(ended.error)")
    // After "  12345678  ".
    return ended.output.split(separator: "\n").dropFirst(2).map { String($0.dropFirst(12)) }
  }

  @Test("nothing was run: every item says so, and nothing is written")
  func never() throws {
    let place = try Place()
    let lines = try why(place)
    #expect(lines.count == TinyStudy.items + 1)
    #expect(lines.dropLast().allSatisfy { $0.hasSuffix(": never run") }, "\(lines)")
    #expect(!place.exists("results"))
  }

  @Test("a setting that was changed is named with both values, its default too")
  func setting() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try why(place).count == 1, "nothing to run")
    // A key of the stage that the recipe had, and one that it had left at its default.
    try place.write(
      "recipe.json",
      TinyStudy.recipe.with("\"steps\": 8", "\"steps\": 9").with(
        "\"per_prompt\": 4", "\"per_prompt\": 4, \"temperature\": 0.75"))
    let lines = try why(place)
    #expect(lines.count == 5, "four stages: \(lines)")
    for line in lines.dropLast() {
      #expect(line.contains("stage.steps changed 8 → 9"), "\(line)")
      #expect(line.contains("temperature changed 1 → 0.75"), "\(line)")
    }
  }

  @Test("what changed below is named once for all that builds on it")
  func below() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.write("recipe.json", TinyStudy.recipe.with("\"steps\": 30", "\"steps\": 31"))
    let lines = try why(place)
    #expect(lines.first == "solver M: solver.steps changed 30 → 31", "\(lines)")
    let stages = lines.filter { $0.hasPrefix("first: ") }
    #expect(stages.count == 4)
    for line in stages {
      #expect(
        line.hasSuffix(
          "its input 'levels' is another one, because solver M: solver.steps changed 30 → 31"),
        "\(line)")
    }
  }

  @Test("a new seed was never run; a failure, damage and a stop say what is there")
  func states() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    let fresh = try why(place)
    #expect(fresh.count == 4 && fresh.dropLast().allSatisfy { $0.hasSuffix(": never run") })
    try place.write("study.json", TinyStudy.study)
    let stages = try place.results.identities().filter {
      try place.results.item($0).order()?.kind == "stage"
    }
    let damaged = place.results.item(stages[0])
    try Data("noise".utf8).write(to: URL(fileURLWithPath: damaged.path(.measurements)))
    let failed = place.results.item(stages[1])
    try FileManager.default.removeItem(atPath: failed.path(.done))
    try ItemWriter(failed).fail(
      ItemFailure(isConfigurationFault: false, what: "the loss ran away", why: "w", help: "h"))
    let stopped = place.results.item(stages[2])
    try FileManager.default.removeItem(atPath: stopped.path(.done))
    let writer = try ItemWriter(stopped)
    try writer.commit(writer.beginCheckpoint(step: 6))
    try writer.stop()
    let lines = try why(place)
    #expect(lines.contains { $0.contains(": damaged: ") && $0.contains("measurements.jsonl") })
    #expect(lines.contains { $0.hasSuffix(": failed before: the loss ran away") })
    #expect(lines.contains { $0.hasSuffix(": stopped at step 6, goes on from there") })
    #expect(lines.count == 4, "\(lines)")
    // The table has as much of it as fits, and JSON all.
    let table = try place.ablate("plan", "study.json")
    #expect(table.output.contains("failed before: the loss ran away"))
    let json = try JSONValue(parsing: place.ablate("plan", "study.json", "--json").output)
    let reasons = (json["items"]?.array ?? []).compactMap { $0["reason"]?.string }
    #expect(reasons.count == 3)
  }

  @Test("the tree shows a stage that arms share once, with its arms below it")
  func tree() throws {
    let study = TinyStudy.study.with(
      "\"some\": { \"stages.first.problems\": { \"math\": \"some\" } }",
      """
      "longer": { "stages.second.steps": 6 },
            "other": { "stages.first.problems": { "math": "some" } }
      """)
    let place = try Place(study: study, recipe: TinyStudy.twoStages)
    let before = try place.ablate("plan", "study.json", "--tree").output
    let tree = """
      stages
      ├─ first: math unsure  seeds 1–2: 0 done, 2 to run  shared by 4 trials
      │  ├─ second: math some  seeds 1–2: 0 done, 2 to run
      │  │  └─ = unsure
      │  └─ second: math some  seeds 1–2: 0 done, 2 to run
      │     └─ = longer
      └─ first: math some  seeds 1–2: 0 done, 2 to run
         └─ second: math some  seeds 1–2: 0 done, 2 to run
            └─ = other
      10 stages instead of 12 without sharing

      """
    #expect(before.hasSuffix(tree), "\(before)")
    #expect(before.contains("├─ solver M  to run  reads suites, solver S\n"), "\(before)")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let after = try place.ablate("plan", "study.json", "--tree").output
    #expect(after.hasSuffix(tree.replacing("0 done, 2 to run", with: "2 done, 0 to run")))
  }

  @Test("ways to print are chosen one at a time")
  func oneWay() throws {
    let ended = try Place().ablate("plan", "study.json", "--tree", "--why")
    #expect(ended.code == 2 && ended.error.contains("choose one"))
  }

  // MARK: What it costs

  private func summary(
    _ place: Place, _ study: String = "study.json", _ options: String...
  ) throws -> JSONValue {
    let ended = try place.start(["plan", study, "--json"] + options).end()
    return try #require(try JSONValue(parsing: ended.output)["summary"])
  }

  /// The last lines of a table's output, those after its empty line.
  private func lines(_ place: Place, _ options: String...) throws -> [String] {
    let ended = try place.start(["plan", "study.json"] + options).end()
    #expect(ended.code == 0, "\(ended.error)")
    let lines = ended.output.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropLast().reversed().prefix { !$0.isEmpty }.reversed().map {
      String($0.dropFirst(2))
    }
  }

  @Test(
    "--detect says how many seeds a claim needs by the spread of what was run, and what they cost")
  func detect() throws {
    let place = try Place()
    let claims = """
      "claims": [
        {"says": "Some is better.", "expect": "final(sums | some) - final(sums | unsure) > 0"}
      ],
        "seeds"
      """
    try place.write("study.json", TinyStudy.study.with("\"seeds\"", claims))
    func row(_ effect: String) throws -> String {
      let ended = try place.ablate("plan", "study.json", "--detect", effect)
      #expect(ended.code == 0, "\(ended.error)")
      #expect(ended.output.contains("80 % power by a paired two-sided t test"))
      return ended.output.split(separator: "\n").map(String.init).first {
        $0.contains("Some is better.")
      } ?? ""
    }
    #expect(try row("5").contains(#/ 0 +– +– +– +–/#), "nothing was run")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let near = try row("1")
    let far = try row("1000")
    #expect(far.contains(#/ 2 +none: they are done/#), "\(far)")
    let needed = try #require(near.split(separator: " ").compactMap { Int($0) }.last)
    #expect(needed > 2 && near.contains("about"), "\(near)")
    let wrong = try place.ablate("plan", "study.json", "--detect", "none")
    #expect(wrong.code == 2 && wrong.error.contains("'--detect none' is no number above 0"))
  }

  @Test("what a design confounds and what is one experiment stand above the table")
  func designNotes() throws {
    let place = try Place()
    let axes = """
      "axes": {
          "rate": {"off": {}, "on": {"stages.first.optimizer.learning_rate": 0.001}},
          "decay": {"off": {}, "on": {"stages.first.optimizer.weight_decay": 0.5}},
          "beta": {"off": {}, "on": {"stages.first.optimizer.beta2": 0.5}},
          "same": {"a": {}, "b": {"stages.first.optimizer.beta2": 0.5}}
        },
        "blocks": [
          {"axes": ["rate", "decay", "beta"], "design": {"kind": "factorial", "fraction": "1/2"}},
          {"axes": ["same"]}
        ],
        "old":
      """
    let text = TinyStudy.study.with("\"axes\":", axes).with(
      "\"baseline\": { \"data\": \"unsure\" },", "")
    let start = try #require(text.range(of: "\"old\":"))
    let end = try #require(text.range(of: "\"seeds\""))
    try place.write(
      "study.json", text.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: ""))
    let ended = try place.ablate("plan", "study.json")
    #expect(ended.code == 0, "\(ended.error)")
    for line in [
      "4 of 8 combinations, resolution III", "rate = decay × beta",
      "the same experiment, run once:",
    ] { #expect(ended.output.contains(line), "\(ended.output)") }
  }

  @Test("--count says how many trials there are, and looks at no result")
  func count() throws {
    let place = try Place()
    // A results folder that cannot be read.
    try place.write("results", "a file\n")
    let ended = try place.ablate("plan", "study.json", "--count")
    #expect(
      ended.code == 0 && ended.output == "2 arms × 2 seeds = 4 trials\n" && ended.error.isEmpty)
    try place.write(
      "one.json",
      TinyStudy.study.with("\"count\": 2", "\"count\": 1").with(
        ",\n      \"some\": { \"stages.first.problems\": { \"math\": \"some\" } }", ""))
    #expect(try place.ablate("plan", "one.json", "--count").output == "1 arm × 1 seed = 1 trial\n")
  }

  @Test(
    "--exit-code is 10 while something would run, whatever is printed, and 0 when nothing would")
  func exitCode() throws {
    let place = try Place()
    for option in ["--json", "--tree", "--why"] {
      #expect(try place.ablate("plan", "study.json", "--exit-code", option).code == 10)
      #expect(try place.ablate("plan", "study.json", option).code == 0)
    }
    #expect(try place.ablate("plan", "study.json", "--exit-code").code == 10)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try place.ablate("plan", "study.json", "--exit-code").code == 0)
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    #expect(try place.ablate("plan", "study.json", "--exit-code").code == 10)
  }

  @Test("where nothing like it was run no number is printed, and the reason is")
  func unknownCost() throws {
    // Every stage diverges.
    let place = try Place(
      recipe: TinyStudy.untrained.with(
        "\"optimizer\": { \"learning_rate\": 2e-3 }",
        "\"optimizer\": { \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 }"))
    #expect(
      try lines(place) == [
        "2 arms, 4 trials, 14 work items, 10 of them shared",
        "0 of 14 items are done, 14 would run",
        "time left not known: nothing was ever run here",
        "disk: 0 bytes taken",
      ])
    #expect(try place.ablate("run", "study.json", "--quiet").code == 3)
    let after = try lines(place)
    #expect(after[1] == "10 of 14 items are done, 4 would run")
    #expect(after[2] == "time left not known: no stage item was ever finished here")
    #expect(after[3].wholeMatch(of: #/disk: [0-9.]+ kB taken/#) != nil, "\(after)")
    let facts = try summary(place)
    #expect(facts["seconds"] == .null && facts["bytes"]?["missing"] == .null)
    #expect(facts["unknown_kinds"] == ["stage"])
    #expect(facts["done"] == 10 && facts["missing"] == 4)
    try place.remove("results/ablate.sqlite")
    #expect(
      try lines(place)[2]
        == "time left not known: there is no index of what was run here; ablate index makes it")
  }

  @Test("what the rest takes is guessed from what was run here, in words and as JSON")
  func cost() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let bytes = try place.results.identities().reduce(0) {
      try $0 + (place.results.item($1).state().bytes ?? 0)
    }
    let whole = try summary(place)
    #expect(whole["seconds"] == ["low": 0, "middle": 0, "high": 0, "range_is_measured": true])
    #expect(whole["bytes"] == ["done": JSONValue(bytes), "missing": 0])
    #expect(try lines(place).last == "disk: \(try #require(try taken(place))) taken")

    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 22"))
    let facts = try summary(place, "study.json", "-j", "3")
    let expected: [(String, JSONValue)] = [
      ("arms", 2), ("seeds", 22), ("trials", 44), ("items", 74), ("shared", 30), ("done", 14),
      ("missing", 60), ("workers", 3), ("unknown_kinds", []),
    ]
    for (name, value) in expected { #expect(facts[name] == value, "\(name)") }
    // Stages and evaluations to come are as those that were run: their mean bytes and seconds.
    var (seconds, sizes) = (["stage": [Double]()], ["stage": [Int]()])
    for identity in try place.results.identities() {
      let item = place.results.item(identity)
      guard let kind = try item.order()?.kind, let done = try item.done() else { continue }
      seconds[kind, default: []].append(done.seconds ?? 0)
      sizes[kind, default: []].append(done.files.reduce(0) { $0 + $1.bytes })
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let size =
      40 * mean(sizes["stage", default: []].map(Double.init))
      + 20 * mean(sizes["evaluation", default: []].map(Double.init))
    #expect(facts["bytes"]?["missing"]?.double == size.rounded())
    let work =
      40 * mean(seconds["stage", default: []]) + 20 * mean(seconds["evaluation", default: []])
    let middle = try #require(facts["seconds"]?["middle"]?.double)
    let longest = max(mean(seconds["stage", default: []]), mean(seconds["evaluation", default: []]))
    #expect(middle >= work / 3 - 1e-9 && middle <= work / 3 + longest)
    // Ten items of four kinds were seen: too few of any to tell how far off a guess is.
    #expect(facts["seconds"]?["range_is_measured"] == false)
    #expect(facts["seconds"]?["low"]?.double.map { abs($0 - middle / 2) < 1e-9 } == true)
    let text = try lines(place, "-j", "3")
    #expect(
      text[2].hasSuffix(
        " is assumed, for too few items were run here to tell") && text[2].hasPrefix("about "),
      "\(text)")
    #expect(text[2].contains(" left on 3 workers; from "))
    #expect(text[3].contains(" taken, about ") && text[3].hasSuffix(" to come"))

    // More of them tell it.
    try place.write("more.json", TinyStudy.study.with("\"count\": 2", "\"count\": 8"))
    try place.ablate("run", "more.json", "--quiet").expect(0)
    let measured = try lines(place, "-j", "1")
    #expect(
      measured[2].contains(" left on 1 worker; 8 of 10 such guesses end between "), "\(measured)")
    #expect(try summary(place)["seconds"]?["range_is_measured"] == true)
  }

  private func taken(_ place: Place) throws -> String? {
    let text = try place.ablate("plan", "study.json").output
    return text.firstMatch(of: #/disk: (.+?) taken/#).map { String($0.output.1) }
  }

  @Test("more than 200 items are counted by kind and arm group, and --json still has each")
  func groups() throws {
    let rates = (1...60).map { "\(Double($0) / 10000)" }.joined(separator: ", ")
    let place = try Place(
      study: TinyStudy.study.with(
        "\"axes\": {", "\"axes\": {\n    \"stages.first.optimizer.learning_rate\": [\(rates)],"))
    try place.write(
      "turned.json",
      TinyStudy.study.with(
        "\"math\": \"some\" } }\n    }",
        "\"math\": \"some\" } }\n    },\n    \"stages.first.optimizer.learning_rate\": [\(rates)]"))
    // Sixty variants on the first axis are no groups, two are.
    let table = """
      work            arms   items   state
        suites          all        1   1 absent
        solver          all        2   2 absent
        problems        all        1   1 absent
        grades          all        3   3 absent
        levels          all        1   1 absent
        evaluation      all        2   2 absent
        stage 'first'   all      240   240 absent

      """
    let output = try place.ablate("plan", "study.json").output
    #expect(output.contains(table), "\(output)")
    let turned = try place.ablate("plan", "turned.json").output
    #expect(
      turned.contains(
        """
          evaluation      several            2   2 absent
          stage 'first'   data: unsure     120   120 absent
          stage 'first'   data: some       120   120 absent

        """), "\(turned)")
    #expect(turned.contains("\n  120 arms, 240 trials, 250 work items, 10 of them shared\n"))
    let json = try JSONValue(parsing: place.ablate("plan", "turned.json", "--json").output)
    #expect(json["items"]?.array?.count == 250)
    #expect(
      try place.ablate("plan", "turned.json", "--why").output.split(separator: "\n").count == 253)
  }
}
