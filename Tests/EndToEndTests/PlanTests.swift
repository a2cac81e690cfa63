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
}
