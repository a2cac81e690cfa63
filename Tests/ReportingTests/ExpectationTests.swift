import Foundation
import FoundationXML
import Reproducibility
import ResultStatistics
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
    let json = try AcceptedResults(results, tolerances: tolerances, excuses: excuses).json
    return try AcceptedResults(json: JSONValue(parsing: json.pretty), of: results.name)
  }

  @Test("accepted results hold against themselves, bit for bit")
  func holds() throws {
    let outcome = compare(results, with: try accepted(results))
    #expect(outcome.outcome == .holds)
    #expect(outcome.rows.count == 4 && outcome.rows.allSatisfy { $0.verdict == .within })
    #expect(outcome.comparison == .bits)
    #expect(outcome.summary == "plain: 4 expectations, bit for bit, seed by seed: 4 within.")
  }

  @Test("one unit in the last place is a move where bits are promised, and shows")
  func lastBit() throws {
    let moved = ExampleStudy.plain([[(25.1).nextUp, 24.3], [18.2, (19.0).nextDown]])
    let outcome = compare(moved, with: try accepted(results))
    #expect(outcome.outcome == .moved)
    #expect(outcome.rows.map(\.verdict) == [.above, .within, .within, .below])
    #expect(ConsoleRenderer(usesANSI: false).render(outcome.table).contains("25.100000000000005"))
  }

  @Test("other numerics compare means within the declared tolerance")
  func tolerances() throws {
    // Accepted means 24.7 and 18.6; allowed ± (0.2 + 0.01·|mean|) = 0.447 and 0.386.
    let file = try accepted(
      results, tolerances: ["final(contest)": .room(absolute: 0.2, relative: 0.01)])
    let near = compare(ExampleStudy.plain([[25.5, 24.7], [18.2, 19]], numerics: 2), with: file)
    #expect(near.outcome == .holds && near.rows.count == 2)
    #expect(near.comparison == .tolerances(because: "numerics version 1 → 2"))
    let lower = try #require(near.rows[0].lower)
    #expect(abs(lower - 24.253) < 1e-9)
    let far = compare(ExampleStudy.plain([[25.6, 24.8], [18, 18.4]], numerics: 2), with: file)
    #expect(far.rows.map(\.verdict) == [.above, .below] && far.outcome == .moved)
    let unpromised = compare(
      ExampleStudy.plain([[25, 24.4], [18.2, 19]], promisesBits: false), with: file)
    #expect(unpromised.outcome == .holds && unpromised.rows[0].scope == .mean(seeds: 2))
  }

  @Test("missing and new values are named, and neither passes")
  func missingAndNew() throws {
    let file = try accepted(results)
    let hole = compare(ExampleStudy.plain([[25.1, nil], [18.2, 19]]), with: file)
    #expect(hole.rows.map(\.verdict) == [.within, .missing, .within, .within])
    #expect(hole.rows[1].note == "missing" && hole.outcome == .moved)
    let more = compare(ExampleStudy.plain([[25.1, 24.3, 26], [18.2, 19, 20]]), with: file)
    #expect(more.rows.map(\.verdict) == [.within, .within, .new, .within, .within, .new])
    #expect(more.outcome == .moved)
    let fewer = compare(ExampleStudy.plain([[25.1], [18.2]]), with: file)
    #expect(fewer.rows.map(\.verdict) == [.within, .missing, .within, .missing])
    #expect(fewer.rows[1].note == "the study has no such trial")
    let renamed = compare(
      ExampleStudy.plain([[25.1, 24.3], [18.2, 19]], labels: ["arm 0", "arm X"]), with: file)
    #expect(renamed.rows.map(\.verdict) == [.within, .within, .new, .new, .missing, .missing])
  }

  @Test(
    "what had not happened by the end is accepted as that, and differs from happening at the end")
  func censored() throws {
    func results(_ values: [Double?], numerics: Int = 1) -> StudyResults {
      ExampleStudy.observed(
        [values.map { $0.map(Observation.value) ?? .hole(Hole(.censored, after: 240)) }],
        numerics: numerics)
    }
    let file = try accepted(
      results([120, nil, 240]), tolerances: ["final(contest)": .room(absolute: 30)])
    #expect(file.values.map(\.answer.isCensored) == [false, true, false])
    #expect(compare(results([120, nil, 240]), with: file).outcome == .holds)
    let swapped = compare(results([120, 240, nil]), with: file)
    #expect(swapped.rows.map(\.verdict) == [.within, .below, .above])
    #expect(swapped.rows[1].note == "accepted: not by 240")
    // Means, with 240 for what had not happened: accepted 200, measured 180 and 160.
    let near = compare(results([60, 240, nil], numerics: 2), with: file)
    #expect(near.rows.map(\.verdict) == [.within] && near.rows[0].measured == 180)
    let far = compare(results([60, 180, 240], numerics: 2), with: file)
    #expect(far.rows.map(\.verdict) == [.below])
    let lines = try accepted(results([120, 200, 240])).changeLines(since: file)
    #expect(lines.contains("arm 0, final(contest), seed 2: not by 240 → 200"))
  }

  @Test("a hole inside a tolerance comparison is missing, not a mean over the rest")
  func holeInMean() throws {
    let file = try accepted(results, tolerances: ["final(contest)": .room(absolute: 50)])
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
    #expect(moved.outcome == .holds && moved.needlessExcuses.isEmpty)
    let healed = compare(results, with: file)
    #expect(healed.outcome == .holds && healed.rows.allSatisfy { $0.verdict == .within })
    #expect(
      healed.remarks.first
        == "arm 0, final(contest) holds again: its excuse can go (sampler fix pending).")
    #expect(
      healed.annotations(file: "f.json").hasPrefix(
        "::notice file=f.json,title=ablate check plain::"))
    let half = compare(ExampleStudy.plain([[20, 24.3], [18.2, 19]]), with: file)
    #expect(half.rows.map(\.verdict) == [.excused, .within, .within, .within])
    #expect(half.needlessExcuses.isEmpty, "one seed still needs it")
  }

  @Test("a claim that is known not to hold is excused by its sentence; another one is not")
  func excusedClaims() throws {
    let excuse = AcceptedResults.Excuse(.claim("It helps."), reason: "it does not, at this scale")
    let file = try accepted(results, excuses: [excuse])
    func outcome(_ verdict: ClaimVerdict, of says: String = "It helps.") -> Expectations {
      compare(results, with: file, claims: [.init(says: says, verdict: verdict)])
    }
    for verdict in [ClaimVerdict.contradicted, .undecided] {
      let known = outcome(verdict)
      #expect(known.outcome == .holds && known.needlessExcuses.isEmpty)
      #expect(known.annotations(file: "f.json").isEmpty)
      #expect(
        known.junit.contains("<skipped message=\"claim \(verdict.rawValue): It helps. (it does not")
      )
      let table = ConsoleRenderer(usesANSI: false).render(try #require(known.claimTable))
      #expect(table.contains("\(verdict.rawValue), excused"))
    }
    let healed = outcome(.supported)
    #expect(healed.outcome == .holds)
    #expect(healed.remarks.first?.hasPrefix("claim “It helps.” holds again: its excuse") == true)
    let other = outcome(.contradicted, of: "It hurts.")
    #expect(other.outcome == .moved && !other.needlessExcuses[0].isKnown)
  }

  @Test("results with holes cannot be accepted, and the message names them")
  func holesRefused() {
    let holed = ExampleStudy.plain([[25.1, nil], [18.2, 19]])
    #expect(throws: ExpectationFault.holes(["arm 0, final(contest), seed 2"])) {
      try AcceptedResults(holed)
    }
    #expect(
      ExpectationFault.holes(["arm 0, final(contest), seed 2"]).description
        == "results with holes cannot be accepted: arm 0, final(contest), seed 2")
  }

  @Test(
    "a damaged file is refused with the place",
    arguments: [
      (#"{}"#, "study: expected a string"),
      (#"[]"#, "study: expected a string"),
      (#"{"format": 9}"#, "accepted values of format 9; this version reads up to format 3"),
      (#"{"format": 0}"#, "format: expected 1 or more"),
      (#"{"format": "2"}"#, "format: expected a whole number"),
      (#"{"format": 1, "study": "other"}"#, "accepted values of the study 'other', not of 'plain'"),
      (#"{"format": 1, "study": "plain", "numerics": 1.5}"#, "numerics: expected a whole number"),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"x": 1}}}}"#,
        "arms.a.m.x: expected a seed as the key"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": "y"}}}}"#,
        "arms.a.m.1: expected a number, or 'after' and a number"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {"m": {"absolute": -1, "relative": 0}}}"#,
        "tolerances.m: expected 'absolute' and 'relative', 0 or more, or 'equivalence' and 'confidence'"
      ),
      (
        #"{"study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {"m": {"equivalence": {"below": 1, "above": 0}, "confidence": 0.95}}}"#,
        "tolerances.m: expected 'absolute' and 'relative', 0 or more, or 'equivalence' and 'confidence'"
      ),
      (
        #"{"study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {"m": {"equivalence": 1, "confidence": 0.95}}, "excused": []}"#,
        "an equivalence test of one seed: a, m; it needs the spread between two or more"
      ),
      (
        #"{"study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"01": 2}}}}"#,
        "arms.a.m.01: expected a seed as the key"
      ),
      (
        #"{"format": 1, "study": "plain", "numerics": 1, "machine": "m", "command": "c", "arms": {"a": {"m": {"1": 2}}}, "tolerances": {}, "excused": [{}]}"#,
        "excused.0: expected 'arm', 'measure' and 'reason', or 'claim' and 'reason'"
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
}
