import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("verifying bits")
struct VerifyTests {
  @Test("items done again have the same bits, and so have those of another worker count")
  func same() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet", "-j", "1").expect(0)
    try place.ablate("run", "study.json", "--quiet", "-j", "2", "--results", "other").expect(0)
    let again = try place.ablate("verify", "study.json")
    #expect(again.code == 0)
    #expect(again.output.hasSuffix("  \(TinyStudy.items) the same, 0 differ, 0 not compared\n"))
    let against = try place.ablate("verify", "study.json", "--against", "other")
    #expect(against.code == 0 && against.output == again.output)
    #expect(against.error.isEmpty, "nothing is done again")
  }

  @Test("a step that went another way is named, with the part of the state that parted first")
  func differs() throws {
    let place = try Place(
      recipe: TinyStudy.recipe.with("checkpoint_every\": 2", "digest_every\": 2"))
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let stage = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    let digits = String(stage.hex.prefix(12))
    // The same item on a machine that computes step 5 otherwise: its second half is that of a run
    // whose rate was another.
    let other = try Place(
      recipe: TinyStudy.recipe.with("checkpoint_every\": 2", "digest_every\": 2").with(
        "\"optimizer\": { \"learning_rate\": 2e-3 }",
        "\"optimizer\": { \"learning_rate\": { \"kind\": \"step\", \"values\": [2e-3, 1e-3],"
          + " \"at\": [5] } }"))
    try other.ablate("run", "study.json", "--quiet").expect(0)
    let order = try #require(try place.results.item(stage).order())
    let twin = try #require(
      try other.results.identities().first {
        let item = try other.results.item($0).order()
        return item?.kind == "stage" && item?.label == order.label
      })
    try forge(order, from: other.results.item(twin), in: ResultsFolder(place.path + "/other"))
    let verdict = try place.ablate(
      "verify", "study.json", "--item", digits, "--against", "other", "--json")
    #expect(verdict.code == 1)
    let item = try #require(JSONValue(parsing: verdict.output)["items"]?.array?.first)
    #expect(item["verdict"] == "differs")
    // The rate of step 6 shows first; its weights are in the link of that step, the moments are not.
    #expect(
      item["where"]
        == "step 6: learning_rate first; chain at step 6, equal at step 4: policy")
    let table = try place.ablate("verify", "study.json", "--against", "other")
    #expect(table.code == 1, "a difference weighs more than what is missing")
    #expect(
      table.output.contains("0 the same, 1 differ, \(TinyStudy.items - 1) not compared"),
      "\(table.output)")
  }

  /// A finished item of an order with the files of another.
  private func forge(
    _ order: WorkOrder, from source: ItemFolder, in results: ResultsFolder
  ) throws {
    let note = try #require(try source.done())
    let writer = try ItemWriter(results.place(order))
    for measurement in try source.measurements() { try writer.record([measurement]) }
    for file in note.files where file.name != "measurements.jsonl" {
      try writer.writeArtifact(file.name, source.artifactBytes(file.name))
    }
    try writer.finish(values: note.values, machine: [:])
  }

  @Test("an item that is missing or damaged is a row, and the end is 3 and not 0")
  func incomplete() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet", "-j", "1").expect(0)
    try place.ablate("run", "study.json", "--quiet", "--results", "other").expect(0)
    let stages = try place.results.identities().filter {
      try place.results.item($0).order()?.kind == "stage"
    }
    try place.remove(String(place.results.item(stages[0]).path.dropFirst(place.path.count + 1)))
    let policy = place.results.item(stages[1]).path.dropFirst(place.path.count + 1)
    try place.write("\(policy)/policy.safetensors", "damaged")
    let verdict = try place.ablate("verify", "study.json", "--against", "other")
    #expect(verdict.code == 3)
    #expect(verdict.output.contains("not done in results"), "\(verdict.output)")
    #expect(verdict.output.contains("policy.safetensors"), "\(verdict.output)")
    #expect(
      verdict.output.hasSuffix("  \(TinyStudy.items - 2) the same, 0 differ, 2 not compared\n"))
  }

  @Test("results are not compared with themselves, nor with a folder that is not there")
  func refused() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let own = try place.ablate("verify", "study.json", "--against", "./results/")
    #expect(
      own.code == 2
        && own.error.hasPrefix("error: ./results are the results that are to be verified"),
      "\(own.error)")
    let absent = try place.ablate("verify", "study.json", "--against", "othr")
    #expect(absent.code == 2 && absent.error.hasPrefix("error: there is no folder othr"))
  }

  @Test("what cannot be compared is said, and ends with 3")
  func nothing() throws {
    let place = try Place()
    let verdict = try place.ablate("verify", "study.json")
    #expect(verdict.code == 3)
    #expect(
      verdict.error == """
        error: nothing of study 'tiny' can be compared
          why:  no item of it is done
          help: ./ablate run study.json

        """)
    let unknown = try place.ablate("verify", "study.json", "--item", "zz")
    #expect(unknown.code == 2 && unknown.error.contains("no item of the study begins with 'zz'"))
  }
}
