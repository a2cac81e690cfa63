import Foundation
import Reproducibility
import RunStore
import Testing

@Suite("claims of a study", .serialized)
struct StudyClaimTests {
  private static func study(_ seeds: String, _ claims: String...) -> String {
    TinyStudy.study.with("\"seeds\": { \"count\": 2 }", "\"seeds\": \(seeds)")
      .with("\"measures\"", "\"claims\": [\(claims.joined(separator: ", "))],\n  \"measures\"")
  }

  private static func claim(_ says: String, _ expect: String, _ rest: String = "") -> String {
    #"{ "says": "\#(says)", "expect": "\#(expect)"\#(rest) }"#
  }

  private static let learns = claim(
    "Both learn something.", "final(sums | unsure) >= 0 and final(sums | some) > -1")

  @Test("a claim that is planned first is no afterthought; one that is added later is, for ever")
  func postHoc() throws {
    let place = try Place()
    try place.write("study.json", Self.study("{ \"count\": 3 }", Self.learns))
    try place.ablate("plan", "study.json").expect(0)
    let register = "results/claims/tiny.json"
    #expect(try place.text(register).contains("\"post_hoc\": false"))
    try place.ablate("run", "study.json", "--quiet").expect(0)

    let later = Self.claim("Level some is worse.", "final(sums | some) < final(sums | unsure)")
    try place.write("study.json", Self.study("{ \"count\": 3 }", Self.learns, later))
    try place.ablate("report", "study.json").expect(0)
    let page = try place.text("Reports/tiny/README.md")
    #expect(page.contains("| Both learn something. | "))
    #expect(page.contains("| Level some is worse. (post hoc) | "))
    #expect(try place.text("Reports/tiny/claims.csv").contains("post hoc: written when"))

    // Its sentence may be mended; what it compares may not.
    let reworded = Self.claim(
      "Both learn.", "final(sums | unsure) >= 0 and final(sums | some) > -1")
    try place.write("study.json", Self.study("{ \"count\": 3 }", reworded, later))
    try place.ablate("report", "study.json").expect(0)
    #expect(try !place.text("Reports/tiny/README.md").contains("Both learn. (post hoc)"))
    let narrower = Self.claim("Both learn.", "final(sums | unsure) >= 1")
    try place.write("study.json", Self.study("{ \"count\": 3 }", narrower))
    try place.ablate("report", "study.json").expect(0)
    #expect(try place.text("Reports/tiny/README.md").contains("Both learn. (post hoc)"))
  }

  @Test("a first stage that another study ran tells nothing of a claim; all of its arms would")
  func sharedStage() throws {
    let place = try Place(recipe: TinyStudy.twoStages)
    try place.ablate("run", "study.json", "--quiet").expect(0)
    func study(_ name: String) -> String {
      Self.study("{ \"count\": 2 }", Self.claim("More.", "final(sums | more) > final(sums | same)"))
        .with("\"tiny\"", "\"\(name)\"").with("\"unsure\": {},", "\"same\": {},")
        .with(
          "\"some\": { \"stages.first.problems\": { \"math\": \"some\" } }",
          "\"more\": { \"stages.second.problems\": { \"math\": \"unsure\" } }"
        ).with("\"data\": \"unsure\"", "\"data\": \"same\"")
    }
    // The arm 'same' is done, and of 'more' the first stage.
    try place.write("two.json", study("two"))
    try place.ablate("plan", "two.json").expect(0)
    #expect(try place.text("results/claims/two.json").contains("\"post_hoc\": false"))
    try place.ablate("run", "two.json", "--quiet").expect(0)
    try place.write("three.json", study("three"))
    try place.ablate("plan", "three.json").expect(0)
    #expect(try place.text("results/claims/three.json").contains("\"post_hoc\": true"))
  }

  @Test("several studies are reported at once, with a page of all their claims; none twice")
  func overview() throws {
    let place = try Place()
    try place.write("study.json", Self.study("{ \"count\": 2 }", Self.learns))
    try place.write(
      "two.json",
      Self.study("{ \"count\": 2 }", Self.claim("More.", "final(sums | some) > 101"))
        .with("\"tiny\"", "\"two\""))
    for study in ["study.json", "two.json"] { try place.ablate("run", study, "--quiet").expect(0) }
    let written = try place.ablate("report", "study.json", "two.json", "--overview", "--json")
    #expect(written.code == 0, "\(written.error)")
    #expect(try JSONValue(parsing: written.output).array?.map { $0["study"] } == ["tiny", "two"])
    let page = try place.text("Reports/README.md")
    #expect(page.contains("| Both learn something. | "))
    let more = try #require(page.split(separator: "\n").first { $0.hasPrefix("| More.") })
    // Its arms are those of the other study, which were run before.
    #expect(
      more.hasPrefix("| More. (post hoc) | ") && more.hasSuffix(" | contradicted² | 2/2 | two |"))
    #expect(page.contains("./ablate report study.json two.json --overview\n"))
    #expect(page.contains("- [two](two/README.md): Which level? (2 arms, 2 seeds)"))
    let twice = try place.ablate("report", "study.json", "two.json", "study.json")
    #expect(
      twice.code == 2 && twice.error.contains("'study.json' and 'study.json' are both study 'tiny'")
    )
  }

  @Test("a damaged register is refused, for it cannot be made anew")
  func register() throws {
    let place = try Place()
    try place.write("study.json", Self.study("{ \"count\": 2 }", Self.learns))
    try place.write("results/claims/tiny.json", "{}\n")
    let refused = try place.ablate("plan", "study.json")
    #expect(refused.code == 3)
    #expect(refused.error.contains("results/claims/tiny.json"))
  }

  @Test(
    "seeds are added where claims are open, alike after a stop in between and with other workers")
  func until() throws {
    let seeds = "{ \"until\": \"claims decided\", \"at_least\": 2, \"at_most\": 4 }"
    let open = Self.claim("The levels differ.", "final(sums | some) != final(sums | unsure)")
    let first = try Place()
    try first.write("study.json", Self.study(seeds, open))
    let plan = try first.ablate("plan", "study.json")
    #expect(plan.output.contains("2 arms with 2 to 4 seeds, 4 trials by now"))
    try first.ablate("run", "study.json", "-j", "1", "--quiet").expect(0)
    let report = try first.text("Reports/tiny/README.md")
    #expect(report.contains("confidence sequence"))
    #expect(try !first.text("Reports/tiny/trials.csv").contains("unplanned"))
    let again = try first.ablate("plan", "study.json", "--exit-code")
    #expect(again.code == 0, "nothing is left to run: \(again.output)")

    // The same study with its results taken away after the first two seeds were there, on two workers.
    let second = try Place()
    try second.write(
      "study.json", Self.study(seeds.replacing("\"at_most\": 4", with: "\"at_most\": 2"), open))
    try second.ablate("run", "study.json", "-j", "2", "--quiet").expect(0)
    try second.write("study.json", Self.study(seeds, open))
    try second.ablate("run", "study.json", "-j", "2", "--quiet").expect(0)
    for name in ["README.md", "trials.csv", "claims.csv", "table.csv"] {
      #expect(
        try second.text("Reports/tiny/\(name)") == first.text("Reports/tiny/\(name)"), "\(name)")
    }
  }

  @Test("the baseline against itself: a study of its own, whose seeds leave the other's alone")
  func selfComparison() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let before = try place.text("results/studies/tiny.json")
    let found = try place.ablate("aa", "study.json", "--seeds", "3", "--deals", "500", "--quiet")
    #expect(found.code == 0 || found.code == 1, "\(found.error)")
    #expect(
      found.output.contains("unsure against itself: 6 seeds, dealt in 500 ways to two labels of 3"))
    #expect(try place.text("results/studies/tiny.json") == before)
    #expect(place.exists("results/studies/tiny-aa.json"))
    let json = try JSONValue(
      parsing: place.ablate("aa", "study.json", "--seeds", "3", "--json", "--quiet").output)
    #expect(json["seeds"] == 3 && json["measures"]?["final(sums)"]?.int != nil)
  }

  @Test("curves become numbers in every way that a measure may name")
  func measures() throws {
    let place = try Place()
    let measures = [
      "final(sums)", "mean(sums)", "plateau(sums)", "plateau(sums, 0.5)", "area(sums)",
      "best(sums)", "initial(sums)", "forgetting(sums)", "steps_to(sums, 0)",
      "steps_to(sums, 101)", "pass(sums, 2)",
    ]
    let list = measures.map { "\"\($0)\"" }.joined(separator: ", ")
    try place.write(
      "study.json", TinyStudy.study.with("\"final(sums)\", \"mean(reward)\"", list))
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let rows = try place.text("Reports/tiny/trials.csv").split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    func value(_ measure: String) throws -> Double? {
      // Names with a comma are quoted, which splits them in two.
      let text = try #require(rows.first { $0.joined(separator: ",").contains(measure) })
      return text.compactMap { Double($0) }.last
    }
    #expect(try value("best(sums)") ?? 0 >= value("final(sums)") ?? 0)
    #expect(
      try value("forgetting(sums)") == (value("best(sums)") ?? 0) - (value("final(sums)") ?? 0))
    // Nobody solves 101 % of the sums: the trials are censored, and neither fast nor left out.
    #expect(
      rows.contains { $0.joined(separator: ",").contains("censored,not reached within 8 steps") })
    let page = try place.text("Reports/tiny/README.md")
    #expect(page.contains("## Trials that did not get there"))
    #expect(page.contains("| 0/2 |"))
    #expect(page.contains("## Where the noise comes from"))
  }
}
