import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("diff: in which settings two studies, arms or trials differ")
struct DiffTests {
  private func diff(_ place: Place, _ words: String...) throws -> (lines: [String], code: Int32) {
    let ended = try place.start(["diff"] + words).end()
    #expect(ended.error.isEmpty, "\(ended.error)")
    return (ended.output.split(separator: "\n").map(String.init), ended.code)
  }

  @Test("a default written out, other spacing and another order of keys are no difference")
  func equal() throws {
    let place = try Place()
    try place.write(
      "other.json",
      TinyStudy.study.with("\"recipe.json\"", "\"turned.json\"").with(
        "\"seeds\": { \"count\": 2 }",
        "\"seeds\": [1, 2],\n  \"tolerance\": { \"absolute\": 0 },\n  \"report\": { \"title\": \"tiny\" }"
      ))
    let json = try JSONValue(parsing: TinyStudy.recipe)
    var turned = JSONObject(try #require(json.object).members.reversed())
    turned["grading"] = .object(
      try #require(json["grading"]?.object).with("strongest", "reference"))
    try place.write("turned.json", JSONValue.object(turned).line)
    let ended = try place.ablate("diff", "study.json", "other.json")
    #expect(ended.code == 0 && ended.output.isEmpty && ended.error.isEmpty, "\(ended)")
    let same = try JSONValue(
      parsing: place.ablate("diff", "study.json", "other.json", "--json").output)
    #expect(same["equal"] == true && same["changes"] == [])
  }

  @Test(
    "of two studies: their own part, what all arms share once, then arm by arm, then missing arms")
  func studies() throws {
    let place = try Place()
    try place.write(
      "other.json",
      TinyStudy.study.with("\"recipe.json\"", "\"changed.json\"").with(
        "\"count\": 2", "\"count\": 3"
      )
      .with("Which level?", "Which one?").with(
        "{ \"stages.first.problems\": { \"math\": \"some\" } }",
        """
        { "stages.first.problems": { "math": "some" }, "stages.first.prompts": 6 },
              "more": { "stages.first.steps": 16 }
        """))
    try place.write(
      "changed.json",
      TinyStudy.recipe.with("\"steps\": 30", "\"steps\": 31").with(
        "\"per_prompt\": 4", "\"per_prompt\": 4, \"temperature\": 0.75"))
    let (lines, code) = try diff(place, "study.json", "other.json")
    #expect(code == 1)
    #expect(
      lines == [
        #"question: "Which level?" → "Which one?""#,
        #"axes.data.variants: ["unsure","some"] → ["unsure","some","more"]"#,
        "seeds.count: 2 → 3",
        "every arm: solvers.M.steps: 30 → 31",
        "every arm: stages.first.rollouts.temperature: 1 → 0.75",
        "arm 'some': stages.first.prompts: 4 → 6",
        "only in other.json: arm 'more'",
      ], "\(lines)")
    // The other way round.
    let back = try diff(place, "other.json", "study.json").lines
    #expect(back.last == "only in other.json: arm 'more'" && back[2] == "seeds.count: 3 → 2")
    let json = try JSONValue(
      parsing: place.ablate("diff", "study.json", "other.json", "--json").output)
    #expect(json["equal"] == false && json["only_in_second"] == ["more"])
    #expect(json["only_in_first"] == [])
    let changes = try #require(json["changes"]?.array)
    #expect(changes.count == 6)
    #expect(changes[2] == ["path": "seeds.count", "from": 2, "to": 3])
    #expect(
      changes[3] == ["every_arm": true, "path": "solvers.M.steps", "from": 30, "to": 31])
    #expect(
      changes[5] == ["arm": "some", "path": "stages.first.prompts", "from": 4, "to": 6])
  }

  @Test("a stage more is named, and long values are cut to where they differ")
  func values() throws {
    let place = try Place()
    try place.write("two.json", TinyStudy.study.with("recipe.json", "two-stages.json"))
    try place.write("two-stages.json", TinyStudy.twoStages)
    let (lines, _) = try diff(place, "study.json", "two.json")
    #expect(lines.count == 1)
    #expect(
      try #require(lines.first).hasPrefix(
        "every arm: stages.second: absent → {\"batching\":\"mixed\","))
    let question = String(repeating: "really, ", count: 20)
    try place.write("a.json", TinyStudy.study.with("Which level?", question + "A?"))
    try place.write("b.json", TinyStudy.study.with("Which level?", question + "B?"))
    #expect(
      try diff(place, "a.json", "b.json").lines
        == [#"question: …really, really, A?" → …really, really, B?""#])
  }

  @Test("of two arms, by label or by number, of one study or of two")
  func arms() throws {
    let place = try Place()
    let expected = #"stages.first.problems.math: "unsure" → "some""#
    for (first, second) in [
      ("study.json#unsure", "study.json#some"), ("study.json#1", "study.json#2"),
      ("study.json#unsure", "study.json#2"),
    ] {
      let (lines, code) = try diff(place, first, second)
      #expect(lines == [expected] && code == 1)
    }
    #expect(try diff(place, "study.json#1", "study.json#unsure").code == 0)
    // A label that is a number is meant before the number is; the sign may be in a path too.
    try place.write(
      "a#b.json",
      TinyStudy.study.with("\"unsure\": {}", "\"2\": {}").with(
        "\"data\": \"unsure\"", "\"data\": \"2\""))
    #expect(try diff(place, "a#b.json#2", "study.json#unsure").code == 0)
    #expect(try diff(place, "a#b.json", "a#b.json").code == 0)
  }

  @Test("of two trials: their seeds, their own settings, and those of what they read")
  func items() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.write("other.json", TinyStudy.study.with("recipe.json", "changed.json"))
    try place.write(
      "changed.json",
      TinyStudy.recipe.with("\"steps\": 30", "\"steps\": 31").with("\"steps\": 8", "\"steps\": 9"))
    try place.ablate("run", "other.json", "--quiet").expect(0)
    func trial(_ study: String, arm: Int, seed: Int) throws -> String {
      let note = try #require(try place.results.studies().first { $0.study == study })
      let trial = try #require(note.trials.first { $0.arm == arm && $0.seed == seed })
      return String(try #require(trial.items.last).identity.hex.prefix(12))
    }
    let first = try trial("tiny", arm: 0, seed: 1)
    // Both studies have one name, and the note is that of the last run; so the first is found by its order.
    #expect(
      try diff(place, first, try trial("tiny", arm: 0, seed: 2)).lines
        == [#"seed: "trial/1/stage/0" → "trial/2/stage/0""#])
    let old = try #require(
      try place.results.identities().first { identity in
        let order = try place.results.item(identity).order()
        return order?.label == "first: math unsure, seed 1" && !identity.hex.hasPrefix(first)
      })
    let (lines, code) = try diff(place, old.hex, first)
    #expect(
      lines == [
        "stage.steps: 8 → 9", "item 'solver M': solver.steps: 30 → 31",
      ], "\(lines)")
    #expect(code == 1)
    let json = try JSONValue(parsing: place.ablate("diff", old.hex, first, "--json").output)
    #expect(
      json["changes"]?.array?.last
        == ["item": "solver M", "path": "solver.steps", "from": 30, "to": 31])
    // What an item read that is gone can only be named.
    let solver = try #require(
      try place.results.identities().first {
        let order = try place.results.item($0).order()
        return order?.label == "solver M" && order?.configuration["solver"]?["steps"] == 30
      })
    try place.remove("results/items/\(solver.hex.prefix(2))/\(solver.hex)")
    #expect(
      try diff(place, old.hex, first).lines.last?.hasPrefix(
        "item 'grades of M': input solver: \"\(solver.hex)\" → ") == true)
    let kinds = try place.ablate(
      "diff",
      String(
        try #require(
          try place.results.identities().first {
            try place.results.item($0).order()?.kind == "levels"
          }
        ).hex.prefix(16)), first)
    #expect(kinds.code == 2 && kinds.error.contains(" is a levels item and "), "\(kinds.error)")
  }
}
