import Foundation
import FoundationXML
import Reproducibility
import RunStore
import Testing

@Suite("check", .serialized)
struct CheckTests {
  private let accepted = "results/accepted/tiny.json"

  @Test("compares with what was accepted, and its exit code says how it went")
  func check() throws {
    let place = try Place()
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    let missing = try place.ablate("check", "study.json")
    #expect(missing.code == 2)
    try expectGolden(missing.transcript(of: ["check", "study.json"]), "check/nothing-accepted.txt")
    #expect(!place.exists(accepted), "values are recorded only when asked")

    let accept = try place.ablate("check", "study.json", "--accept")
    #expect(accept.code == 0, "\(accept.error)")
    #expect(
      accept.output
        == "accepted: results/accepted/tiny.json; look at its diff before you commit it\n")
    let good = try place.ablate("check", "study.json")
    #expect(good.code == 0, "\(good.output)\(good.error)")

    let text = try place.text(accepted)
    try place.ablate("check", "study.json", "--accept").expect(0)
    #expect(try place.text(accepted) == text, "accepting again writes the same bytes")

    try place.moveOneValue(in: accepted)
    let bad = try place.ablate("check", "study.json", "--junit", "check.xml")
    #expect(bad.code == 1, "\(bad.error)")
    let row = bad.output.split(separator: "\n").first {
      $0.contains("unsure") && $0.contains("final(sums)")
    }
    #expect(row?.contains("above") == true, "\(bad.output)")

    let xml = try XMLDocument(data: Data(place.text("check.xml").utf8))
    let cases = try xml.nodes(forXPath: "//testcase")
    #expect(cases.count > 1)
    #expect(try xml.nodes(forXPath: "//testcase/failure").count == 1)

    let json = try JSONValue(parsing: place.ablate("check", "study.json", "--json").output)
    #expect(json.canonical.contains("\"above\""), "\(json.pretty)")
    #expect(
      try place.ablate("report", "study.json").code == 0, "a report asks for no accepted values")

    // Repaired by hand, it holds again.
    try place.write(accepted, text)
    #expect(try place.ablate("check", "study.json").code == 0)
  }

  @Test("results that are not there cannot be checked, and damaged values are named")
  func absent() throws {
    let place = try Place()
    try place.write(accepted, "{}\n")
    let nothing = try place.ablate("check", "study.json")
    #expect(nothing.code == 2)
    try expectGolden(nothing.transcript(of: ["check", "study.json"]), "check/nothing-measured.txt")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.remove(accepted)
    try place.ablate("check", "study.json", "--accept").expect(0)
    let whole = try place.text(accepted)
    for (name, text) in [
      ("no-keys", "{}\n"), ("cut-off", "{\n"), ("empty", ""),
      ("other-study", whole.with("\"study\": \"tiny\"", "\"study\": \"large\"")),
      ("later-format", whole.with("\"format\": 3", "\"format\": 4")),
      ("not-a-number", whole.with("\"excused\": []", "\"excused\": [NaN]")),
      (
        "one-seed",
        #"{"study": "tiny", "numerics": 1, "machine": "m", "command": "c", "tolerances": {"final(sums)": {"equivalence": 1, "confidence": 0.95}}, "excused": [], "arms": {"unsure": {"final(sums)": {"1": 2}}}}"#
      ),
    ] {
      try place.write(accepted, text)
      let ended = try place.ablate("check", "study.json")
      #expect(ended.code == 2, "\(ended.error)")
      try expectGolden(ended.transcript(of: ["check", "study.json"]), "check/file-\(name).txt")
      // What cannot be read is not overwritten either: excuses may stand in it.
      try place.ablate("check", "study.json", "--accept").expect(2)
      #expect(try place.text(accepted) == text)
    }
  }

  @Test("accepting says what moved, and refuses a study with holes")
  func accepting() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    try place.moveOneValue(in: accepted)
    let again = try place.ablate("check", "study.json", "--accept")
    #expect(again.code == 0 && again.output.contains("\n  values: 1 moved, 7 as before\n"))
    #expect(again.output.contains("\n  unsure, final(sums), seed 1: "), "\(again.output)")
    try place.removeOneStage()
    let text = try place.text(accepted)
    let holed = try place.ablate("check", "study.json", "--accept")
    #expect(holed.code == 2)
    try expectGolden(
      holed.transcript(of: ["check", "study.json", "--accept"]), "check/accept-holes.txt")
    #expect(try place.text(accepted) == text)
    let both = try place.ablate("check", "study.json", "--accept", "--allow-undecided")
    #expect(both.code == 2 && both.error.contains("'--accept' records and compares nothing"))
  }

  @Test("another machine class goes through tolerances, and undecided is let pass on request")
  func undecided() throws {
    let place = try Place(
      study: TinyStudy.study.with(
        "\"measures\"",
        "\"tolerance\": { \"final(sums)\": { \"equivalence\": 5 }, \"*\": { \"absolute\": 0.5 } },\n  \"measures\""
      ))
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    let own = try place.text(accepted)
    try place.write(
      accepted, own.with("\"machine\": \"x86-64, own products\"", "\"machine\": \"m\""))
    let other = try place.ablate("check", "study.json")
    #expect(other.code == 0, "\(other.output)\(other.error)")
    #expect(other.output.contains("means within tolerances (accepted on 'm', measured on"))
    #expect(other.output.contains("False alarms: at most"))
    // By ten points at one of two seeds: no test of two seeds is that sure.
    try place.moveOneValue(in: accepted)
    let undecided = try place.ablate("check", "study.json")
    #expect(undecided.code == 4, "\(undecided.output)\(undecided.error)")
    #expect(undecided.output.contains("the interval reaches across the margin"))
    try place.ablate("check", "study.json", "--allow-undecided").expect(0)
    let json = try JSONValue(parsing: place.ablate("check", "study.json", "--json").output)
    #expect(json["exit"] == 4 && json["holds"] == false)
  }

  @Test("a trial that failed is named, with how to see why, and not taken for a move")
  func failed() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    let folder = try place.removeOneStage()
    // What a worker leaves that gave up.
    try place.write(
      "\(folder)/failure.json",
      #"{"configuration_fault": false, "divergence": true, "what": "loss is nan at step 4", "attempt": 1}"#
    )
    let ended = try place.ablate("check", "study.json")
    #expect(ended.code == 3, "\(ended.output)\(ended.error)")
    #expect(
      ended.output.contains(", seed ") && ended.output.contains("diverged, loss is nan at step 4"))
    #expect(
      ended.error
        == "1 trial failed; why: ./ablate status study.json, then ./ablate logs ITEM; again: ./ablate retry study.json\n"
    )
    try place.ablate("check", "study.json", "--accept").expect(3)
  }

  @Test("where every trial failed there is nothing to compare, and it says why")
  func allFailed() throws {
    let place = try Place(
      recipe: TinyStudy.untrained.with(
        "\"optimizer\": { \"learning_rate\": 2e-3 }",
        "\"optimizer\": { \"learning_rate\": 10, \"weight_decay\": 10, \"clip_norm\": 1e9 }"))
    try place.ablate("run", "study.json", "--quiet").expect(3)
    try place.write(
      accepted,
      #"{"study": "tiny", "numerics": 1, "machine": "m", "command": "c", "tolerances": {}, "excused": [], "arms": {"unsure": {"final(sums)": {"1": 2}}}}"#
    )
    let ended = try place.ablate("check", "study.json")
    #expect(ended.code == 3)
    #expect(
      ended.error.hasPrefix(
        "error: every trial of study 'tiny' failed or waits for one that did\n"),
      "\(ended.error)")
    #expect(ended.error.contains("./ablate retry study.json"))
  }

  @Test("under GitHub Actions it annotates, writes a job summary, and leaves JSON whole")
  func gitHub() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    try place.write("page.md", "before\n")
    let surroundings = ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "\(place.path)/page.md"]
    let good = try place.ablate("check", "study.json", environment: surroundings)
    #expect(good.code == 0 && good.error.isEmpty, "\(good.error)")
    #expect(try place.text("page.md").hasPrefix("before\n## Check of tiny: holds\n"))
    try place.moveOneValue(in: accepted)
    let bad = try place.ablate("check", "study.json", "--json", environment: surroundings)
    #expect(bad.code == 1)
    _ = try JSONValue(parsing: bad.output)
    #expect(bad.error.hasPrefix("::error file=results/accepted/tiny.json,title="))
    #expect(try place.text("page.md").contains("\n## Check of tiny: does not hold\n"))
    let unwritable = try place.ablate(
      "check", "study.json",
      environment: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/nowhere/page.md"])
    #expect(unwritable.code == 1 && unwritable.error.contains("note: no job summary: "))
  }

  @Test("a study that is only half there does not pass")
  func half() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    try place.removeOneStage()
    let ended = try place.ablate("check", "study.json")
    #expect(ended.code == 1, "\(ended.output)\(ended.error)")
    #expect(ended.output.contains("missing"))
  }
}

extension Ended {
  func expect(_ code: Int32, at location: SourceLocation = #_sourceLocation) {
    #expect(self.code == code, "\(output)\(error)", sourceLocation: location)
  }
}

extension Place {
  /// Takes the result of a trial's last stage away.
  ///
  /// - Returns: the item's folder, within the place.
  @discardableResult
  fileprivate func removeOneStage() throws -> String {
    let stage = try #require(
      results.identities().first { try results.item($0).order()?.kind == "stage" })
    let folder = results.item(stage).path
    try FileManager.default.removeItem(atPath: folder)
    return String(folder.dropFirst(path.count + 1))
  }

  /// Lowers the first accepted score of the first arm by ten points.
  fileprivate func moveOneValue(in name: String) throws {
    var json = try #require(JSONValue(parsing: text(name)).object)
    var arms = try #require(json["arms"]?.object)
    var arm = try #require(arms["unsure"]?.object)
    var seeds = try #require(arm["final(sums)"]?.object)
    let value = try #require(seeds["1"]?.double)
    seeds["1"] = .number(value - 10)
    arm["final(sums)"] = .object(seeds)
    arms["unsure"] = .object(arm)
    json["arms"] = .object(arms)
    try write(name, JSONValue.object(json).pretty + "\n")
  }
}
