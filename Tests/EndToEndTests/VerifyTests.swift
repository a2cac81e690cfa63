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
    #expect(against.code == 0 && against.output.hasSuffix(again.output.suffix(40)))
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

  @Test(
    "four ways to the same bits, kills and stored parents among them; the report names the level")
  func certificate() throws {
    let place = try Place(
      study: TinyStudy.study.with(
        "{ \"math\": \"some\" } }",
        "{ \"math\": \"some\" },"
          + " \"stages.second.steps\": 3 }"),
      recipe: TinyStudy.twoStages)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let line = { try place.certificateLine() }
    #expect(
      try line()
        == "level 0 of 4, not verified yet: `./ablate verify study.json --how all`")
    let once = try place.ablate("verify", "study.json", "--how", "resumed", "--json")
    #expect(once.code == 0)
    let rows = try #require(JSONValue(parsing: once.output)["items"]?.array)
    let killed = rows.compactMap { $0["where"]?.string }
    // Eight steps with a checkpoint at every second: the fourth is the end.
    #expect(killed.count >= 4 && killed.allSatisfy { $0.hasPrefix("killed ") }, "\(killed)")
    try place.ablate("report", "study.json").expect(0)
    #expect(try line().hasPrefix("level 1 of 4: all "))
    try place.ablate("verify", "study.json", "--how", "workers", "-j", "3").expect(0)
    try place.ablate("report", "study.json").expect(0)
    #expect(try line().hasPrefix("level 3 of 4: all "))
    let scratch = try place.ablate("verify", "study.json", "--from-scratch", "3", "--json")
    #expect(scratch.code == 0, "\(scratch.error)")
    let made = try #require(JSONValue(parsing: scratch.output)["items"]?.array)
    let stages = made.filter { $0["label"]?.string?.hasPrefix("second") == true }
    #expect(stages.count == 3, "three trials, each with its second stage")
    try place.ablate("report", "study.json").expect(0)
    #expect(try line().hasPrefix("level 4 of 4: all "))
    #expect(!place.exists("results/verifying-1") && place.processes.isEmpty)
    // A trial more, and the certificate speaks of all the others only.
    try place.write("study.json", place.text("study.json").with("\"count\": 2", "\"count\": 3"))
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try line().hasPrefix("level 0 of 4"))
  }

  @Test("a sample of trials is made from nothing, drawn anew each time and again by its seed")
  func sample() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    func trials(_ words: String...) throws -> (labels: [String], said: String) {
      let verdict = try place.start(["verify", "study.json", "--sample", "1"] + words).end()
      #expect(verdict.code == 0, "\(verdict.error)")
      let made = verdict.error.split(separator: "\n").filter { $0.contains(", seed ") }
      return (made.map(String.init), verdict.error)
    }
    let first = try trials()
    let line = try #require(first.said.split(separator: "\n").first)
    #expect(line.hasPrefix("the same trials again: --sample 1 --seed ") && !first.labels.isEmpty)
    let seed = try #require(line.split(separator: " ").last)
    #expect(try trials("--seed", String(seed)).labels == first.labels)
    let others = try (0..<8).map { try trials("--seed", "\($0)").labels }
    #expect(Set(others).count > 1, "another seed draws another trial")
  }

  @Test("a trial is verified by the digits that its report prints, with all that it reads")
  func trial() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let stage = try #require(
      try place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    let verdict = try place.ablate("verify", String(stage.hex.prefix(12)), "--json")
    #expect(verdict.code == 0, "\(verdict.error)")
    let rows = try #require(JSONValue(parsing: verdict.output)["items"]?.array)
    #expect(rows.last?["identity"]?.string == stage.hex)
    #expect(rows.count == TinyStudy.preparations + 1, "no first evaluation: a stage reads none")
  }

  @Test("a result that does not come out again takes its proofs along")
  func revoked() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("verify", "study.json").expect(0)
    try place.ablate("report", "study.json").expect(0)
    #expect(try place.certificateLine().hasPrefix("level 1 of 4"))
    let stages = try place.results.identities().filter {
      try place.results.item($0).order()?.kind == "stage"
    }
    // The first stage gets what the second one learned: sound files, other bits.
    let order = try #require(try place.results.item(stages[0]).order())
    let source = place.results.item(stages[1])
    try place.remove(String(place.results.item(stages[0]).path.dropFirst(place.path.count + 1)))
    try forge(order, from: source, in: place.results)
    let verdict = try place.ablate("verify", "study.json")
    #expect(verdict.code == 1)
    #expect(verdict.output.contains("\(TinyStudy.items - 1) the same, 1 differ"))
    try place.ablate("report", "study.json").expect(0)
    #expect(try place.certificateLine().hasPrefix("level 0 of 4"))
  }

  @Test(
    "options that would be ignored are refused",
    arguments: [
      (["--how", "agian"], "did you mean 'again'?"),
      (["-j", "3"], "'-j' is for '--how workers'"),
      (["--seed", "3"], "'--seed' chooses the trials of '--from-scratch'"),
      (["--against", "other", "--how", "again"], "leave --how, --from-scratch and --sample out"),
      (["--sample", "1", "--how", "again"], "'--sample' makes whole trials from scratch"),
    ])
  func options(words: [String], answer: String) throws {
    let place = try Place()
    let ended = try place.start(["verify", "study.json"] + words).end()
    #expect(ended.code == 2 && ended.error.contains(answer), "\(ended.error)")
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

extension Place {
  /// What the report says of the determinism certificate.
  fileprivate func certificateLine() throws -> String {
    let report = try text("Reports/tiny/README.md")
    let start = "- determinism certificate: "
    let line = try #require(report.split(separator: "\n").first { $0.hasPrefix(start) })
    return String(line.dropFirst(start.count))
  }
}
