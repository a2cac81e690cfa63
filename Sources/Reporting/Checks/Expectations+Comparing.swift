internal import ResultStatistics

/// Compares results with accepted values of the same study.
///
/// - Parameters:
///   - claims: how the study's claims came out, to be part of the outcome.
///   - allowsUndecided: whether tests and claims that are undecided are let pass.
package func compare(
  _ results: StudyResults, with accepted: AcceptedResults, claims: [ClaimExpectation] = [],
  allowsUndecided: Bool = false
) -> Expectations {
  let comparison = Expectations.Comparison(results.provenance, accepted)
  let cells = pairedCells(results, accepted)
  let rows = cells.flatMap { cell in
    switch comparison {
    case .bits: cell.seedRows
    case .tolerances: cell.meanRows(accepted.tolerances[cell.metric])
    }
  }
  let claims = claims.map { claim in
    var claim = claim
    claim.excuse = accepted.excuses.first { $0.subject == .claim(claim.says) }?.reason
    return claim
  }
  let sensitivity: CheckSensitivity =
    switch comparison {
    case .bits: .bits(rows)
    case .tolerances:
      .tolerances(
        cells.filter { $0.excuse == nil && !$0.accepted.isEmpty }.map { cell in
          .init(
            metric: cell.metric, unit: cell.unit,
            accepted: cell.seeds.compactMap { cell.accepted[$0]?.number },
            tolerance: accepted.tolerances[cell.metric] ?? .exact)
        })
    }
  return Expectations(
    study: results.name, comparison: comparison, rows: rows, claims: claims,
    needlessExcuses: needlessExcuses(accepted.excuses, rows, claims),
    failures: failures(results, cells), warnings: results.warnings,
    sensitivity: sensitivity, allowsUndecided: allowsUndecided, command: results.command)
}

extension Expectations.Comparison {
  fileprivate init(_ mine: ReportProvenance, _ accepted: AcceptedResults) {
    self =
      if mine.numerics != accepted.numerics {
        .tolerances(because: "numerics version \(accepted.numerics) → \(mine.numerics)")
      } else if mine.machine != accepted.machine {
        .tolerances(because: "accepted on '\(accepted.machine)', measured on '\(mine.machine)'")
      } else if !mine.promisesBits {
        .tolerances(because: "'\(mine.machine)' does not promise equal bits")
      } else {
        .bits
      }
  }
}

private func needlessExcuses(
  _ excuses: [AcceptedResults.Excuse], _ rows: [ExpectationRow], _ claims: [ClaimExpectation]
) -> [Expectations.NeedlessExcuse] {
  excuses.compactMap { excuse in
    // Of what it excuses, whether each holds.
    let holds: [Bool] =
      switch excuse.subject {
      case .values(let arm, let measure):
        rows.filter { $0.arm == arm && $0.metric == measure }.map { $0.verdict == .within }
      case .claim(let says): claims.filter { $0.says == says }.map { $0.verdict == .supported }
      }
    // One excuse stands for all seeds: while it is needed for one of them it stays.
    if holds.contains(false) { return nil }
    return Expectations.NeedlessExcuse(excuse: excuse, isKnown: !holds.isEmpty)
  }
}

/// Trials that failed in some measure that no excuse covers, each with its first reason.
private func failures(
  _ results: StudyResults, _ cells: [ExpectationCell]
) -> [Expectations.FailedTrial] {
  results.arms.flatMap { arm in
    arm.trials.compactMap { trial in
      let holes = cells.filter { $0.arm == arm.label && $0.excuse == nil }.compactMap { cell in
        cell.measured[trial.seed]?.hole
      }
      return holes.first(where: \.isFailure).map {
        Expectations.FailedTrial(arm: arm.label, seed: trial.seed, reason: wording($0))
      }
    }
  }
}

private func wording(_ hole: Hole) -> String {
  hole.reason.isEmpty ? hole.kind.rawValue : "\(hole.kind.rawValue), \(hole.reason)"
}

// MARK: One arm and measure

/// An arm and a measure, with what was measured and what was accepted.
private struct ExpectationCell {
  let arm: String
  let metric: String
  let unit: String
  let excuse: String?
  /// Seeds of the results, then those that only the accepted file has.
  let seeds: [Int]
  /// Holes included; a seed that the study no longer plans is absent.
  let measured: [Int: Observation]
  let accepted: [Int: Answer]

  private func answer(_ seed: Int) -> Answer? { measured[seed].flatMap(Answer.init) }

  private static let unplanned = "the study has no such trial"

  var seedRows: [ExpectationRow] {
    seeds.map { seed in
      row(
        .seed(seed), measured: answer(seed), accepted: accepted[seed], tolerance: .exact,
        hole: measured[seed]?.hole,
        note: measured[seed].map { $0.hole.map(wording) ?? acceptedNote(seed) } ?? Self.unplanned)
    }
  }

  private func acceptedNote(_ seed: Int) -> String {
    guard let accepted = accepted[seed], accepted.isCensored else { return "" }
    return "accepted: \(accepted.text)"
  }

  /// One row over the seeds that were accepted; further seeds do not move the mean, but are new.
  ///
  /// - Parameter declared: nil when the measure has no tolerance, so that nothing may move.
  func meanRows(_ declared: Tolerance?) -> [ExpectationRow] {
    let known = seeds.filter { accepted[$0] != nil }
    var rows: [ExpectationRow] = []
    if let lost = known.first(where: { answer($0) == nil }) {
      let hole = known.compactMap { measured[$0]?.hole }.first(where: \.isFailure)
      rows.append(
        row(
          .mean(seeds: known.count), measured: nil,
          accepted: mean(known.compactMap { accepted[$0]?.number }).map { Answer($0) },
          tolerance: declared ?? .exact, hole: hole ?? measured[lost]?.hole,
          note: "seed \(lost): " + (measured[lost]?.hole.map(wording) ?? Self.unplanned)))
    } else if !known.isEmpty {
      rows.append(meanRow(of: known, declared))
    }
    return rows
      + seeds.filter { accepted[$0] == nil }.map { seed in
        row(
          .seed(seed), measured: answer(seed), accepted: nil, tolerance: .exact,
          hole: measured[seed]?.hole, note: measured[seed]?.hole.map(wording) ?? "")
      }
  }

  private func meanRow(of known: [Int], _ declared: Tolerance?) -> ExpectationRow {
    let pairs = known.compactMap { seed in
      accepted[seed].flatMap { old in answer(seed).map { (new: $0.number, old: old.number) } }
    }
    let judged: Judged? =
      if case .equivalence(let margin, let level) = declared {
        Self.judge(pairs, margin: margin, level: level)
      } else { nil }
    return row(
      .mean(seeds: known.count), measured: mean(pairs.map(\.new)).map { Answer($0) },
      accepted: mean(pairs.map(\.old)).map { Answer($0) },
      tolerance: declared ?? .exact, judged: judged,
      note: declared == nil ? "no tolerance is declared for this measure" : judged?.note ?? "")
  }

  /// What had not happened up to a step comes later than what happened at it.
  private static func ofEqualNumbers(
    _ measured: Answer, _ accepted: Answer?
  ) -> ExpectationVerdict {
    if measured.isCensored == accepted?.isCensored { return .within }
    return measured.isCensored ? .above : .below
  }

  private struct Judged {
    var verdict: ExpectationVerdict
    var test: EquivalenceTest?
    var note = ""
  }

  /// The equivalence test over the differences seed by seed.
  private static func judge(
    _ pairs: [(new: Double, old: Double)], margin: Tolerance.Room, level: Double
  ) -> Judged {
    let differences = pairs.map { $0.new - $0.old }
    // No test is needed to see that nothing moved.
    if differences.allSatisfy({ $0 == 0 }) { return Judged(verdict: .within) }
    // A spread that is only the rounding of the subtraction is none.
    let scale = pairs.map { max(abs($0.new), abs($0.old)) }.max() ?? 0
    guard let deviation = standardDeviation(differences), deviation > 1e-12 * scale,
      let test = EquivalenceTest(
        differences, margin: Interval(lower: -margin.below, upper: margin.above), level: level)
    else {
      return Judged(
        verdict: .undecided, note: "all seeds differ by the same: without spread there is no test")
    }
    if test.isEquivalent { return Judged(verdict: .within, test: test) }
    if test.isDifferent {
      return Judged(verdict: test.interval.lower > margin.above ? .above : .below, test: test)
    }
    return Judged(
      verdict: .undecided, test: test,
      note: "the interval reaches across the margin: more seeds would decide")
  }

  private func row(
    _ scope: ExpectationRow.Scope, measured: Answer?, accepted: Answer?, tolerance: Tolerance,
    judged: Judged? = nil, hole: Hole? = nil, note: String
  ) -> ExpectationRow {
    let allowed = accepted.map { tolerance.allowed(around: $0.number) }
    let found: ExpectationVerdict =
      if let judged {
        judged.verdict
      } else if let hole, hole.isFailure {
        .failed
      } else {
        switch (measured, allowed) {
        case (_, nil): .new
        case (nil, _?): .missing
        case (let answer?, let allowed?):
          answer.number < allowed.lower
            ? .below
            : answer.number > allowed.upper
              ? .above : Self.ofEqualNumbers(answer, accepted)
        }
      }
    let isExcused = excuse != nil && found != .within && found != .new
    return ExpectationRow(
      metric: metric, arm: arm, scope: scope, measured: measured?.number,
      accepted: accepted?.number,
      lower: allowed?.lower, upper: allowed?.upper, unit: unit,
      verdict: isExcused ? .excused : found, test: judged?.test,
      note: found == .within ? "" : note, excuse: excuse)
  }
}

/// Every arm and measure that either side knows: the study's first, in its order.
private func pairedCells(_ results: StudyResults, _ accepted: AcceptedResults) -> [ExpectationCell]
{
  struct Place: Hashable {
    let arm: String
    let metric: String
  }
  var places = results.arms.flatMap { arm in
    results.measures.map { Place(arm: arm.label, metric: $0.name) }
  }
  var known = Set(places)
  for value in accepted.values
  where known.insert(Place(arm: value.arm, metric: value.measure)).inserted {
    places.append(Place(arm: value.arm, metric: value.measure))
  }
  return places.map { place in
    let mine = accepted.values.filter { $0.arm == place.arm && $0.measure == place.metric }
    let index = results.measures.firstIndex { $0.name == place.metric }
    let trials =
      index.flatMap { index in
        results.arms.first { $0.label == place.arm }?.trials.filter(\.isPlanned).map {
          ($0.seed, $0.observations[index])
        }
      } ?? []
    let planned = trials.map(\.0)
    return ExpectationCell(
      arm: place.arm, metric: place.metric,
      unit: index.map { results.measures[$0].unit } ?? "",
      excuse: accepted.excuses.first {
        $0.subject == .values(arm: place.arm, measure: place.metric)
      }?.reason,
      seeds: planned + mine.map(\.seed).filter { !planned.contains($0) },
      measured: Dictionary(trials) { first, _ in first },
      accepted: Dictionary(mine.map { ($0.seed, $0.answer) }) { first, _ in first })
  }
}
