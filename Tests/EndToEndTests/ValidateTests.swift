import Foundation
import Reproducibility
import Testing

@Suite("validate: every fault of studies, and nothing run")
struct ValidateTests {
  private static let wrong = TinyStudy.study.with("final(sums)", "final(sum)")
  private static let oneSeed = TinyStudy.study.with("\"count\": 2", "\"count\": 1")

  private func place(_ studies: [String: String]) throws -> Place {
    let place = try Place()
    for (name, text) in studies { try place.write(name, text) }
    return place
  }

  @Test("a good study gets a line with its size, and nothing is written")
  func good() throws {
    let place = try Place()
    let before = try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted()
    let ended = try place.ablate("validate", "study.json")
    #expect(ended.code == 0 && ended.error.isEmpty)
    #expect(ended.output == "study.json: well: 2 arms × 2 seeds = 4 trials\n")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted() == before)
  }

  @Test("of many studies each is read to its end, whatever the others hold")
  func many() throws {
    let place = try place([
      "form.json": TinyStudy.study.with("\"measures\"", "\"measure\"").with(
        "\"count\": 2", "\"count\": 0"), "wrong.json": Self.wrong, "torn.json": "{",
    ])
    let ended = try place.ablate(
      "validate", "form.json", "none.json", "study.json", "torn.json", "wrong.json")
    #expect(ended.code == 2)
    #expect(
      ended.output == """
        form.json: 2 errors
        none.json: 1 error
        study.json: well: 2 arms × 2 seeds = 4 trials
        torn.json: 1 error
        wrong.json: 1 error

        """)
    for part in [
      "form.json:12:23: error: 'count' is 0", "form.json:13:3: error: unknown key 'measure'",
      "none.json: error: there is no such file", "torn.json:1:2: error: ",
      "wrong.json:13:16: error: unknown metric 'sum'",
    ] { #expect(ended.error.contains(part), "\(part) in \(ended.error)") }
  }

  @Test("a recipe's faults, between its settings too, are the study's, beside its warnings")
  func recipe() throws {
    let place = try Place(
      study: Self.oneSeed, recipe: TinyStudy.recipe.with("\"per_prompt\": 4", "\"per_prompt\": 1"))
    let ended = try place.ablate("validate", "study.json")
    #expect(ended.code == 2 && ended.output == "study.json: 1 error, 1 warning\n")
    #expect(ended.error.contains("study.json:12:23: warning: one seed gives no spread"))
    #expect(ended.error.contains("recipe.json:34:35: error: groups of 1"))
  }

  @Test("a warning alone is well, unless --strict asks for more")
  func warnings() throws {
    let place = try Place(study: Self.oneSeed)
    let mild = try place.ablate("validate", "study.json")
    #expect(mild.code == 0)
    #expect(mild.output == "study.json: well: 2 arms × 1 seed = 2 trials, 1 warning\n")
    #expect(mild.error.hasPrefix("study.json:12:23: warning: one seed gives no spread\n"))
    let strict = try place.ablate("validate", "--strict", "study.json")
    #expect(strict.code == 2 && strict.error == mild.error)
    #expect(strict.output == "study.json: 1 warning\n")
  }

  @Test("--json says the same: an object for each fault, in the order of the files")
  func json() throws {
    let place = try place(["one.json": Self.oneSeed, "wrong.json": Self.wrong])
    let ended = try place.ablate(
      "validate", "wrong.json", "none.json", "one.json", "study.json", "--json")
    #expect(ended.code == 2 && ended.error.isEmpty)
    let faults = try #require(try JSONValue(parsing: ended.output).array)
    #expect(faults.map { $0["file"] } == ["wrong.json", "none.json", "one.json"])
    #expect(faults.map { $0["line"] } == [13, .null, 12])
    #expect(faults.map { $0["column"] } == [16, .null, 23])
    #expect(faults.map { $0["severity"] } == ["error", "error", "warning"])
    #expect(faults[0]["what"] == "unknown metric 'sum'")
    for fault in faults {
      #expect(
        fault.object?.keys == ["file", "line", "column", "severity", "what", "why", "help"])
      for key in ["what", "why", "help"] { #expect(fault[key]?.string?.isEmpty == false) }
    }
    let well = try place.ablate("validate", "study.json", "--json")
    #expect(well.code == 0 && well.output == "[]\n")
  }
}
