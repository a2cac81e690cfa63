import Foundation
import Reproducibility
import Testing

@Suite("init: a study to begin from")
struct InitTests {
  /// A folder with nothing in it.
  private func emptyPlace() throws -> Place {
    let place = try Place()
    for name in ["study.json", "recipe.json"] { try place.remove(name) }
    return place
  }

  @Test("in an empty folder its own two commands lead to a report in which the policy has learnt")
  func fromNothing() throws {
    let place = try emptyPlace()
    let made = try place.ablate("init")
    made.expect(0)
    let lines = made.output.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.first == "ablations/first-study.jsonc: well: 3 arms × 5 seeds = 15 trials")
    let commands = lines.filter { $0.hasPrefix("./ablate ") }
      .map { $0.split(separator: " ").dropFirst().map(String.init) }
    #expect(
      commands == [
        ["validate", "ablations/first-study.jsonc"], ["run", "ablations/first-study.jsonc"],
      ])
    for words in commands { try place.start(words).end().expect(0) }
    #expect(
      try place.text("Reports/first-study/README.md").contains("Do larger groups of rollouts"))
    let shown = try place.ablate("report", "ablations/first-study.jsonc", "--json")
    let arms = try #require(try JSONValue(parsing: shown.output)["arms"]?.array)
    #expect(arms.count == 3)
    for arm in arms {
      let first = try #require(arm["measures"]?["initial(sums)"]?["mean"]?.double)
      let last = try #require(arm["measures"]?["final(sums)"]?["mean"]?.double)
      #expect(last > first + 15, "percent of the sums, of which it could do some before")
    }
  }

  @Test("a name of one's own is the study's, the file's and the report's")
  func named() throws {
    let place = try emptyPlace()
    try place.ablate("init", "group-size").expect(0)
    let text = try place.text("ablations/group-size.jsonc")
    #expect(text.contains("\"study\": \"group-size\""))
    #expect(try place.ablate("validate", "ablations/group-size.jsonc", "--strict").code == 0)
    // Beside another study, in a folder that is there.
    try place.ablate("init").expect(0)
    #expect(place.exists("ablations/first-study.jsonc"))
  }

  @Test("what somebody wrote is left as it is")
  func kept() throws {
    let place = try emptyPlace()
    try place.write("ablations/first-study.jsonc", "mine\n")
    let ended = try place.ablate("init")
    #expect(ended.code == 2 && ended.output.isEmpty)
    #expect(try place.text("ablations/first-study.jsonc") == "mine\n")
  }

  @Test(
    "a name that is none makes no file",
    arguments: ["First", "a b", "../up", "-", "", "a.json", String(repeating: "a", count: 65)])
  func badName(name: String) throws {
    let place = try emptyPlace()
    let ended = try place.ablate("init", name)
    #expect(ended.code == 2)
    #expect(ended.error.hasPrefix("error: '\(name)' is no name for a study\n"))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: place.path).isEmpty)
  }
}
