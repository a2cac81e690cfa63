import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

/// Comparisons within tolerances that are more than a distance: unequal ends, tests, what is undecided, what failed.
@Suite("Expectations with tests and unequal ends")
struct EquivalenceExpectationTests {
  /// Means 24 and 20.
  private let results = ExampleStudy.plain([[23, 24, 25, 24], [19, 20, 21, 20]])

  private func accepted(
    _ results: StudyResults, _ tolerance: Tolerance, excuses: [AcceptedResults.Excuse] = []
  ) throws -> AcceptedResults {
    // Through JSON and back, as the program does it.
    let json = try AcceptedResults(
      results, tolerances: ["final(contest)": tolerance], excuses: excuses
    ).json
    return try AcceptedResults(json: JSONValue(parsing: json.pretty), of: results.name)
  }

  /// The first arm moved by these, on a machine that promises no bits; the second as it was.
  private func moved(_ by: [Double]) -> StudyResults {
    ExampleStudy.plain(
      [zip([23, 24, 25, 24], by).map { $0 + $1 }, [19, 20, 21, 20]], promisesBits: false)
  }

  private let equivalence = Tolerance.equivalence(margin: .init(1), level: 0.95)

  @Test("a tolerance may be wider upwards than downwards, absolute and relative")
  func unequalEnds() throws {
    // 24 − (0.5 + 0) to 24 + (1 + 0.05 · 24) = 26.2.
    let file = try accepted(
      results,
      .room(absolute: .init(below: 0.5, above: 1), relative: .init(below: 0, above: 0.05)))
    func verdict(_ by: Double) -> ExpectationVerdict {
      compare(moved([by, by, by, by]), with: file).rows[0].verdict
    }
    #expect(verdict(2.1) == .within && verdict(2.3) == .above)
    #expect(verdict(-0.4) == .within && verdict(-0.6) == .below)
    // Around a negative value the share is of its size.
    let allowed = Tolerance.room(absolute: .init(0), relative: .init(below: 0.1, above: 0.2))
      .allowed(around: -10)
    #expect(allowed.lower == -11 && allowed.upper == -8)
  }

  /// Differences 0.2, 0.1, 0.3, 0.2: mean 0.2, s = 0.0816, half width 2.353 · 0.0816/2 = 0.096.
  @Test("a difference whose interval lies inside the margin is equivalent")
  func equivalent() throws {
    let outcome = compare(moved([0.2, 0.1, 0.3, 0.2]), with: try accepted(results, equivalence))
    #expect(outcome.rows.map(\.verdict) == [.within, .within] && outcome.outcome == .holds)
    let test = try #require(outcome.rows[0].test)
    #expect(abs(test.interval.lower - 0.104) < 1e-3 && abs(test.interval.upper - 0.296) < 1e-3)
    #expect(outcome.rows[0].remark == "difference in [+0.104, +0.296], equivalence p < 0.001")
    #expect(outcome.rows[1].test == nil, "what is the same bit for bit needs no test")
  }

  @Test("one that lies outside has moved, one across is undecided, which is let pass on request")
  func undecided() throws {
    let file = try accepted(results, equivalence)
    let away = compare(moved([3, 3.2, 2.8, 3.1]), with: file)
    #expect(away.rows[0].verdict == .above && away.outcome == .moved)
    let under = compare(moved([-3, -3.2, -2.8, -3.1]), with: file)
    #expect(under.rows[0].verdict == .below)
    let across = compare(moved([2, 0, 1.5, -0.5]), with: file)
    #expect(across.rows[0].verdict == .undecided && across.outcome == .undecided)
    #expect(
      across.rows[0].note == "the interval reaches across the margin: more seeds would decide")
    #expect(across.junit.contains("<failure type=\"undecided\""))
    let allowed = compare(moved([2, 0, 1.5, -0.5]), with: file, allowsUndecided: true)
    #expect(allowed.rows[0].verdict == .undecided && allowed.outcome == .holds)
    #expect(allowed.junit.contains("<skipped message=\"difference in ["))
    #expect(allowed.annotations(file: "f").hasPrefix("::warning file=f,"))
  }

  @Test("differences without spread decide nothing, unless all are 0")
  func noSpread() throws {
    let file = try accepted(results, equivalence)
    #expect(compare(moved([0, 0, 0, 0]), with: file).outcome == .holds)
    // 0.1 is no binary fraction: the differences scatter in their last bits alone.
    for by in [0.5, 0.1] {
      let same = compare(moved([by, by, by, by]), with: file)
      #expect(same.rows[0].verdict == .undecided)
      #expect(same.rows[0].note == "all seeds differ by the same: without spread there is no test")
    }
  }

  @Test("an equivalence test of one seed is not accepted")
  func oneSeed() {
    let single = ExampleStudy.plain([[23], [19]])
    #expect(throws: ExpectationFault.oneSeed(arm: "arm 0", measure: "final(contest)")) {
      try AcceptedResults(single, tolerances: ["final(contest)": equivalence])
    }
  }

  @Test("a measure without a tolerance may not move, and its row says that it has none")
  func undeclared() throws {
    let file = try AcceptedResults(results)
    let outcome = compare(moved([0.1, 0.1, 0, 0]), with: file)
    #expect(outcome.rows[0].verdict == .above)
    #expect(outcome.rows[0].note == "no tolerance is declared for this measure")
    #expect(outcome.sensitivity.falseAlarmRate == 1)
  }

  private func failing(_ kind: Hole.Kind) -> StudyResults {
    let whole = ExampleStudy.plain([[23, 24, 25, 24], [19, 20, 21, 20]])
    return StudyResults(
      name: whole.name, question: whole.question, command: whole.command, axis: whole.axis,
      seeds: whole.seeds, measures: whole.measures,
      arms: whole.arms.map { arm in
        ArmResult(
          label: arm.label, isBaseline: arm.isBaseline,
          trials: arm.trials.map { trial in
            let fails = arm.label == "arm 0" && trial.seed == 3
            return TrialResult(
              seed: trial.seed, identity: "",
              observations: fails
                ? [.hole(Hole(kind, reason: "loss is nan at step 4"))] : trial.observations)
          })
      }, provenance: whole.provenance)
  }

  @Test("a failed trial outweighs a move, and is named with its reason", arguments: [true, false])
  func failed(promisesBits: Bool) throws {
    let file = try accepted(promisesBits ? results : moved([0, 0, 0, 0]), equivalence)
    for kind in [Hole.Kind.failed, .diverged] {
      let outcome = compare(failing(kind), with: file)
      #expect(outcome.outcome == .failed && outcome.rows.contains { $0.verdict == .failed })
      #expect(
        outcome.failures == [
          .init(arm: "arm 0", seed: 3, reason: "\(kind.rawValue), loss is nan at step 4")
        ])
      #expect(outcome.junit.contains("<error type=\"failed\""))
      #expect(outcome.junit.contains("errors=\"1\""))
    }
    #expect(compare(failing(.missing), with: file).outcome == .moved, "not run is not failed")
    let excused = try accepted(
      results, equivalence,
      excuses: [.init(arm: "arm 0", measure: "final(contest)", reason: "known")])
    let outcome = compare(failing(.failed), with: excused)
    #expect(outcome.outcome == .holds && outcome.failures.isEmpty)
  }

  @Test("a measured number that is not finite is a diverged trial and says so")
  func notFinite() throws {
    let nan = ExampleStudy.plain([[23, .nan, 25, 24], [19, 20, 21, .infinity]])
    let outcome = compare(nan, with: try accepted(results, equivalence))
    #expect(outcome.outcome == .failed)
    #expect(
      outcome.rows[1].note == "diverged, the measured value is nan"
        && outcome.rows[7].note == "diverged, the measured value is inf")
    #expect(throws: ExpectationFault.self) { try AcceptedResults(nan) }
  }

  @Test("claims decide with the rows: contradicted before undecided")
  func claims() throws {
    let file = try accepted(results, equivalence)
    func outcome(
      _ verdicts: ClaimVerdict..., allows: Bool = false
    ) -> Expectations.Outcome {
      compare(
        results, with: file, claims: verdicts.map { .init(says: "s", verdict: $0) },
        allowsUndecided: allows
      ).outcome
    }
    #expect(outcome(.supported) == .holds)
    #expect(outcome(.undecided, .supported) == .undecided)
    #expect(outcome(.undecided, .supported, allows: true) == .holds)
    #expect(outcome(.undecided, .contradicted) == .moved)
    #expect(outcome(.undecided, .contradicted, allows: true) == .moved)
  }

  @Test("an excuse of nothing is reported")
  func idleExcuse() throws {
    let file = try accepted(
      results, equivalence, excuses: [.init(arm: "arm 7", measure: "final(x)", reason: "typo")])
    let outcome = compare(results, with: file)
    #expect(outcome.outcome == .holds)
    #expect(
      outcome.remarks.first
        == "Nothing is called arm 7, final(x): its excuse excuses nothing (typo).")
  }

  @Test("accepting says what moved, came and went")
  func changes() throws {
    let before = try AcceptedResults(ExampleStudy.plain([[1, 2], [3, 4]]))
    let after = try AcceptedResults(
      ExampleStudy.plain([[1, 2.5], [3, 4]], labels: ["arm 0", "arm X"], numerics: 2))
    #expect(
      after.changeLines(since: before) == [
        "values: 1 moved, 2 new, 2 gone, 1 as before",
        "arm 0, final(contest), seed 2: 2 → 2.5",
        "arm X, final(contest), seed 1: nothing → 3", "arm X, final(contest), seed 2: nothing → 4",
        "arm 1, final(contest), seed 1: 3 → nothing", "arm 1, final(contest), seed 2: 4 → nothing",
        "numerics version: 1 → 2",
      ])
    #expect(before.changeLines(since: before) == ["values: 4 as before"])
    #expect(after.changeLines(since: before, most: 1).contains("and 4 more"))
  }

  @Test("the check says how often it errs and what it could have seen")
  func sensitivity() throws {
    let bits = compare(results, with: try accepted(results, equivalence))
    #expect(bits.sensitivity.falseAlarmRate == 0)
    #expect(
      bits.remarks == [
        "False alarms: 0 %, for equal bits are promised.",
        "Smallest shift seen: any, down to the last bit.",
      ])
    // s = √(2/3) in both arms, τ = s √(2/4) = 0.57735, t(3): one arm alarms with 2 · P(T > 2/0.57735) = 4.05 %,
    // two with 7.9 %; a shift is seen from 2 + 0.97847 · 0.57735 = 2.565 on, and a
    // little before that for the other end, whose P(T > 4.56/0.57735) = 0.2 %: 2.559.
    let file = try accepted(results, .room(absolute: 2))
    let outcome = compare(moved([0, 0, 0, 0]), with: file)
    let rate = try #require(outcome.sensitivity.falseAlarmRate)
    #expect(abs(rate - 0.0793) < 5e-4, "\(rate)")
    let up = try #require(outcome.sensitivity.shifts[0].up)
    #expect(abs(up - 2.559) < 2e-3, "\(up)")
    #expect(
      outcome.remarks[1]
        == "Smallest shift of one arm seen with 80 % probability: final(contest) ±2.6 %.")
    let flat = compare(
      ExampleStudy.plain([[5, 5], [6, 6]], promisesBits: false),
      with: try accepted(ExampleStudy.plain([[5, 5], [6, 6]]), .room(absolute: 2)))
    #expect(flat.sensitivity.falseAlarmRate == nil && flat.sensitivity.rowsWithoutSpread == 2)
    #expect(flat.remarks[0].hasPrefix("2 rows have no spread between accepted seeds"))
    #expect(flat.remarks[1].hasSuffix("final(contest) unknown."))
  }
}
