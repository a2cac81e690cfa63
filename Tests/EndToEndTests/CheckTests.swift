import Foundation
import FoundationXML
import Reproducibility
import RunStore
import Testing

@Suite("check", .serialized)
struct CheckTests {
  @Test("compares with what was accepted, and its exit code says how it went")
  func check() throws {
    let place = try Place()
    #expect(try place.ablate("run", "study.json", "--quiet").code == 0)
    let accepted = "results/accepted/tiny.json"

    let missing = try place.ablate("check", "study.json")
    #expect(missing.code == 3)
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
    try place.write("results/accepted/tiny.json", "{}\n")
    let nothing = try place.ablate("check", "study.json")
    #expect(nothing.code == 3)
    try expectGolden(nothing.transcript(of: ["check", "study.json"]), "check/nothing-measured.txt")
    try place.ablate("run", "study.json", "--quiet").expect(0)
    for text in ["{}\n", "{\n", ""] {
      try place.write("results/accepted/tiny.json", text)
      let ended = try place.ablate("check", "study.json")
      #expect(ended.code == 3, "\(ended.error)")
      #expect(ended.error.hasPrefix("error: ") && ended.error.contains("tiny"), "\(ended.error)")
    }
  }

  @Test("a study that is only half there does not pass")
  func half() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.ablate("check", "study.json", "--accept").expect(0)
    let stage = try #require(
      place.results.identities().first { try place.results.item($0).order()?.kind == "stage" })
    try FileManager.default.removeItem(atPath: place.results.item(stage).path)
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
