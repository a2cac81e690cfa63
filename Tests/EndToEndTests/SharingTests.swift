import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("nothing is done twice")
struct SharingTests {
  @Test("the same command again starts nothing and writes no result")
  func again() throws {
    let place = try Place()
    let first = try place.ablate("run", "study.json", "--progress", "lines")
    #expect(first.code == 0, "\(first.error)")
    #expect(first.error.matches(of: #/(?m)^done     /#).count == TinyStudy.items)
    let (outcome, marks, attempts) = try (place.outcome(), place.doneMarks(), place.attempts())
    #expect(marks.count == TinyStudy.items && attempts.values.allSatisfy { $0 == 1 })

    let second = try place.ablate("run", "study.json", "--progress", "lines")
    #expect(second.code == 0 && second.output == first.output)
    #expect(!second.error.contains("done     "))
    #expect(try place.doneMarks() == marks)
    #expect(try place.attempts() == attempts)
    try place.expectOutcome(outcome)

    let plan = try place.ablate("plan", "study.json")
    #expect(
      plan.code == 0
        && plan.output.contains(
          "  \(TinyStudy.items) of \(TinyStudy.items) items are done, 0 would run\n")
    )
    #expect(try place.ablate("status", "study.json").output == "tiny: \(TinyStudy.items) done\n")
  }

  @Test("another seed runs only what is new")
  func anotherSeed() throws {
    let place = try Place()
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    let marks = try place.doneMarks()
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    let plan = try place.ablate("plan", "study.json")
    #expect(
      plan.output.contains(
        "  \(TinyStudy.items) of \(TinyStudy.items + 3) items are done, 3 would run\n"))
    let more = try place.ablate("run", "study.json", "--progress", "lines")
    #expect(more.error.matches(of: #/(?m)^done     /#).count == 3, "\(more.error)")
    let after = try place.doneMarks()
    #expect(after.count == TinyStudy.items + 3 && marks.allSatisfy { after[$0.key] == $0.value })
  }

  @Test("another order of keys, other spacing and a default written out are the same study")
  func sameStudy() throws {
    let place = try Place()
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    let json = try JSONValue(parsing: TinyStudy.recipe)
    var turned = JSONObject(try #require(json.object).members.reversed())
    turned["grading"] = .object(
      try #require(json["grading"]?.object).with("strongest", "reference"))
    try place.write("recipe.json", JSONValue.object(turned).pretty)
    let plan = try place.ablate("plan", "study.json")
    #expect(
      plan.output.contains(
        "  \(TinyStudy.items) of \(TinyStudy.items) items are done, 0 would run\n"),
      "\(plan.output)")
  }

  @Test("two runs of one study at the same time share the work and agree")
  func twoCoordinators() throws {
    let place = try Place()
    let words = ["run", "study.json", "-j", "1", "--progress", "lines"]
    let runs = try [place.start(words), place.start(words)]
    let ended = try runs.map { try $0.end() }
    #expect(ended.allSatisfy { $0.code == 0 }, "\(ended.map(\.error))")
    #expect(ended[0].output == ended[1].output)
    #expect(try place.attempts().values.allSatisfy { $0 == 1 })
    let alone = try Place()
    #expect(try alone.ablate("run", "study.json", "--quiet").code == 0)
    try place.expectOutcome(alone.outcome())
  }

  // MARK: Stages

  private static func study(_ variants: String) -> String {
    """
    {
      "study": "staging",
      "question": "Which second stage?",
      "recipe": "recipe.json",
      "axes": { "stage 2": { \(variants) } },
      "seeds": { "count": 1 },
      "measures": ["final(sums)"]
    }
    """
  }

  private static let longer = #""longer": { "stages.second.steps": 6 }"#

  @Test("arms that begin alike train their first stage once")
  func stages() throws {
    let place = try Place(
      study: Self.study(
        #""as it is": {}, \#(Self.longer), "masked": { "stages.second.objective.truncated": "masked" }"#
      ),
      recipe: TinyStudy.twoStages)
    let plan = try JSONValue(parsing: place.ablate("plan", "study.json", "--json").output)
    let items = try #require(plan["items"]?.array)
    let stages = items.filter { $0["kind"]?.string == "stage" }
    #expect(stages.count == 1 + 3)
    #expect(stages.map { $0["trials"]?.int } == [3, 1, 1, 1])
    #expect(
      items.count == TinyStudy.preparations + 1 + 4, "shared, the first evaluation, the stages")
    let run = try place.ablate("run", "study.json", "-j", "2", "--progress", "lines")
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error.matches(of: #/(?m)^done     first: /#).count == 1)

    // From a stored parent or from the start, in a folder that never saw another arm: the same bits.
    let alone = try Place(study: Self.study(Self.longer), recipe: TinyStudy.twoStages)
    let aloneRun = try alone.ablate("run", "study.json", "-j", "1", "--quiet")
    #expect(aloneRun.code == 0, "\(aloneRun.error)")
    let (shared, own) = try (place.outcome(), alone.outcome())
    #expect(own.items.count == TinyStudy.preparations + 1 + 2)
    for (identity, files) in own.items {
      #expect(shared.items[identity] == files, "\(identity)")
    }
    #expect(own.measurements.allSatisfy { shared.measurements[$0.key] == $0.value })
  }

  @Test("a stage goes on from the weights, the optimiser and the reference that its parent stored")
  func parent() throws {
    let place = try Place(study: Self.study(Self.longer), recipe: TinyStudy.twoStages)
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    let results = place.results
    let stages = try results.identities().compactMap { try results.item($0).order() }
      .filter { $0.kind == "stage" }
    let second = try #require(stages.first { $0.inputs.contains { $0.name == "parent" } })
    let first = try #require(stages.first { $0.identity != second.identity })
    #expect(second.inputs.contains { $0.name == "parent" && $0.identity == first.identity })
    let references = try [first, second].map {
      try results.item($0.identity).artifact("reference.safetensors")
    }.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(references[0] == references[1], "the reference is kept unless a stage refreshes it")
    let steps = try results.item(second.identity).measurements().map(\.step)
    #expect(steps.min() ?? 0 > 8 && steps.max() == 14, "steps count through the stages: \(steps)")
  }
}

extension JSONObject {
  func with(_ key: String, _ value: JSONValue) -> JSONObject {
    var changed = self
    changed[key] = value
    return changed
  }
}
