import Foundation
import FoundationXML
import Reproducibility
import Testing

@testable import Reporting

@Suite("Expectations")
struct ExpectationTests {
  private let results = ExampleStudy.plain([[25.1, 24.3], [18.2, 19]])

  private func accepted(
    _ results: StudyResults, tolerances: [String: Tolerance] = [:],
    excuses: [AcceptedResults.Excuse] = []
  ) throws -> AcceptedResults {
    // Through JSON and back, as the program does it.
    let json = try accept(results, tolerances: tolerances, excuses: excuses)
    return try AcceptedResults(json: JSONValue(parsing: json.pretty), of: results.name)
  }

  @Test("accepted results hold against themselves, bit for bit")
  func holds() throws {
    let outcome = compare(results, with: try accepted(results))
    #expect(outcome.exitCode == 0)
    #expect(outcome.rows.count == 4 && outcome.rows.allSatisfy { $0.verdict == .within })
    #expect(outcome.comparison == .bits)
    #expect(outcome.summary == "plain: 4 expectations, bit for bit, seed by seed: 4 within.")
  }

  @Test("one unit in the last place is a move where bits are promised, and shows")
  func lastBit() throws {
    let moved = ExampleStudy.plain([[(25.1).nextUp, 24.3], [18.2, (19.0).nextDown]])
    let outcome = compare(moved, with: try accepted(results))
    #expect(outcome.exitCode == 1)
    #expect(outcome.rows.map(\.verdict) == [.above, .within, .within, .below])
    #expect(ConsoleRenderer(usesANSI: false).render(outcome.table).contains("25.100000000000005"))
  }

  @Test("other numerics compare means within the declared tolerance")
  func tolerances() throws {
    // Accepted means 24.7 and 18.6; allowed ± (0.2 + 0.01·|mean|) = 0.447 and 0.386.
    let file = try accepted(
      results, tolerances: ["final(contest)": Tolerance(absolute: 0.2, relative: 0.01)])
    let near = compare(ExampleStudy.plain([[25.5, 24.7], [18.2, 19]], numerics: 2), with: file)
    #expect(near.exitCode == 0 && near.rows.count == 2)
    #expect(near.comparison == .tolerances(because: "numerics version 1 → 2"))
    let lower = try #require(near.rows[0].lower)
    #expect(abs(lower - 24.253) < 1e-9)
    let far = compare(ExampleStudy.plain([[25.6, 24.8], [18, 18.4]], numerics: 2), with: file)
    #expect(far.rows.map(\.verdict) == [.above, .below] && far.exitCode == 1)
    let unpromised = compare(
      ExampleStudy.plain([[25, 24.4], [18.2, 19]], promisesBits: false), with: file)
    #expect(unpromised.exitCode == 0 && unpromised.rows[0].scope == .mean(seeds: 2))
  }

  @Test("missing and new values are named, and neither passes")
  func missingAndNew() throws {
    let file = try accepted(results)
    let hole = compare(ExampleStudy.plain([[25.1, nil], [18.2, 19]]), with: file)
    #expect(hole.rows.map(\.verdict) == [.within, .missing, .within, .within])
    #expect(hole.rows[1].note == "missing" && hole.exitCode == 1)
    let more = compare(ExampleStudy.plain([[25.1, 24.3, 26], [18.2, 19, 20]]), with: file)
    #expect(more.rows.map(\.verdict) == [.within, .within, .new, .within, .within, .new])
    #expect(more.exitCode == 1)
    let fewer = compare(ExampleStudy.plain([[25.1], [18.2]]), with: file)
    #expect(fewer.rows.map(\.verdict) == [.within, .missing, .within, .missing])
    #expect(fewer.rows[1].note == "the study has no such trial")
    let renamed = compare(
      ExampleStudy.plain([[25.1, 24.3], [18.2, 19]], labels: ["arm 0", "arm X"]), with: file)
    #expect(renamed.rows.map(\.verdict) == [.within, .within, .new, .new, .missing, .missing])
  }

  @Test("a hole inside a tolerance comparison is missing, not a mean over the rest")
  func holeInMean() throws {
    let file = try accepted(results, tolerances: ["final(contest)": Tolerance(absolute: 50)])
    let outcome = compare(ExampleStudy.plain([[25.1, nil], [18.2, 19]], numerics: 2), with: file)
    #expect(outcome.rows.map(\.verdict) == [.missing, .within])
    #expect(outcome.rows[0].note == "seed 2: missing")
  }

  @Test("a known failure is excused with its reason, and one that holds again is reported")
  func excuses() throws {
    let excuse = AcceptedResults.Excuse(
      arm: "arm 0", measure: "final(contest)", reason: "sampler fix pending")
    let file = try accepted(results, excuses: [excuse])
    let moved = compare(ExampleStudy.plain([[20, 20], [18.2, 19]]), with: file)
    #expect(moved.rows.map(\.verdict) == [.excused, .excused, .within, .within])
    #expect(moved.exitCode == 0 && moved.needlessExcuses.isEmpty)
    let healed = compare(results, with: file)
    #expect(healed.needlessExcuses.count == 2)
    #expect(healed.summary.contains("2 excused expectations hold again"))
  }

  @Test("results with holes cannot be accepted, and the message names them")
  func holesRefused() {
    let holed = ExampleStudy.plain([[25.1, nil], [18.2, 19]])
    #expect(throws: ExpectationFault.holes(["arm 0, final(contest), seed 2"])) {
      try accept(holed)
    }
    #expect(
      ExpectationFault.holes(["arm 0, final(contest), seed 2"]).description
        == "results with holes cannot be accepted: arm 0, final(contest), seed 2")
  }

  @Test(
    "a damaged file is refused with the place",
    arguments: [
      (#"{}"#, "format: expected a whole number"),
      (#"{"format": 9}"#, "accepted values of format 9; this version reads format 1"),
      (#"{"format": 1, "study": "other"}"#, "accepted values of the study 'other', not of 'plain'"),
      (#"{"format": 1, "study": "plain", "numerics": 1.5}"#, "numerics: expected a whole number"),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"x": 1}}}}"#,
        "arms.a.m.x: expected a seed as the key"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": "y"}}}}"#,
        "arms.a.m.1: expected a number"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {"m": {"absolute": -1, "relative": 0}}}"#,
        "tolerances.m: expected 'absolute' and 'relative', 0 or more"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {}, "excused": [{}]}"#,
        "excused.0: expected 'arm', 'measure' and 'reason'"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {}, "tolerances": {}, "excused": []}"#,
        "there is no trial to accept"
      ),
    ])
  func damaged(text: String, message: String) throws {
    let json = try JSONValue(parsing: text)
    let fault = #expect(throws: ExpectationFault.self) {
      _ = try AcceptedResults(json: json, of: "plain")
    }
    #expect(fault?.description == message)
  }

  @Test("the accepted file, the check's table and its machine formats")
  func golden() throws {
    let file = try accepted(
      results, tolerances: ["final(contest)": Tolerance(absolute: 0.5)],
      excuses: [.init(arm: "arm 1", measure: "final(contest)", reason: "a | known, failure")])
    let outcome = compare(ExampleStudy.plain([[25.1, 26], [18, nil]]), with: file)
    try expectGolden(file.json.pretty + "\n", "check/accepted.json")
    try expectGolden(ConsoleRenderer(usesANSI: false).render(outcome.table), "check/console.txt")
    try expectGolden(MarkdownRenderer().render(outcome.table), "check/table.md")
    try expectGolden(outcome.json.pretty + "\n", "check/check.json")
    try expectGolden(outcome.junit, "check/junit.xml")
    try expectGolden(
      outcome.annotations(file: "results/accepted/plain.json"), "check/annotations.txt")
  }

  @Test("JUnit is well-formed XML and annotations are single lines, whatever the names")
  func awkwardNames() throws {
    let labels = ["a<b>&\"c\"]]>\r\n::error::x", "second\u{1}"]
    let before = ExampleStudy.plain([[1, 2], [3, 4]], labels: labels)
    let after = ExampleStudy.plain([[2, 2], [3, 5]], labels: labels)
    let outcome = compare(after, with: try accepted(before))
    #expect(XMLParser(data: Data(outcome.junit.utf8)).parse())
    let lines = outcome.annotations(file: "a,b:c.json").unicodeScalars.split {
      $0 == "\n" || $0 == "\r"
    }
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { String($0).hasPrefix("::error file=a%2Cb%3Ac.json,") })
  }
}
