internal import ResultStatistics

/// How one expectation ended.
package enum ExpectationVerdict: String, Sendable, Hashable, CaseIterable {
  case within, below, above
  /// Accepted, but the results have no value.
  case missing
  /// Measured, but nothing was accepted for it.
  case new
  /// Outside or missing, and a known failure.
  case excused
}

/// One compared value.
package struct ExpectationRow: Sendable, Hashable {
  package enum Scope: Sendable, Hashable {
    /// One trial's value, bit for bit.
    case seed(Int)
    /// The mean over the accepted seeds, within a tolerance.
    case mean(seeds: Int)
  }

  /// The measure's name.
  package let metric: String
  package let arm: String
  package let scope: Scope
  package let measured: Double?
  package let accepted: Double?
  package let lower: Double?
  package let upper: Double?
  package let unit: String
  package let verdict: ExpectationVerdict
  /// Why a value is missing, or the excuse; empty for none.
  package let note: String
}

/// Results compared with accepted values.
package struct Expectations: Sendable, Hashable {
  package enum Comparison: Sendable, Hashable {
    /// Seed by seed: machine class and numerics version promise equal bits.
    case bits
    /// Means over seeds within the declared tolerances, because bits may differ for this reason.
    case tolerances(because: String)
  }

  package let study: String
  package let comparison: Comparison
  /// In the study's order, then what only the accepted file knows.
  package let rows: [ExpectationRow]
  /// The command that rebuilds the results.
  package let command: String

  /// 0 when every expectation holds or is excused, 1 when something moved, is missing or is new.
  package var exitCode: Int32 {
    rows.allSatisfy { $0.verdict == .within || $0.verdict == .excused } ? 0 : 1
  }

  /// Excused expectations that hold again, so the excuse can go.
  package var needlessExcuses: [ExpectationRow] {
    rows.filter { $0.verdict == .within && !$0.note.isEmpty }
  }
}

/// Compares results with accepted values of the same study.
package func compare(_ results: StudyResults, with accepted: AcceptedResults) -> Expectations {
  let mine = results.provenance
  let comparison: Expectations.Comparison =
    if mine.numerics != accepted.numerics {
      .tolerances(because: "numerics version \(accepted.numerics) → \(mine.numerics)")
    } else if mine.machine != accepted.machine {
      .tolerances(because: "accepted on '\(accepted.machine)', measured on '\(mine.machine)'")
    } else if !mine.promisesBits {
      .tolerances(because: "'\(mine.machine)' does not promise equal bits")
    } else {
      .bits
    }
  let cells = pairedCells(results, accepted)
  let rows = cells.flatMap { cell in
    switch comparison {
    case .bits: cell.seedRows
    case .tolerances: cell.meanRows(accepted.tolerances[cell.metric] ?? .exact)
    }
  }
  return Expectations(
    study: results.name, comparison: comparison, rows: rows, command: results.command)
}

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
  let accepted: [Int: Double]

  var seedRows: [ExpectationRow] {
    seeds.map { seed in
      row(
        .seed(seed), measured: measured[seed]?.value, accepted: accepted[seed], tolerance: .exact,
        why: measured[seed].map { $0.hole.map(Self.wording) ?? "" } ?? "the study has no such trial"
      )
    }
  }

  /// One row over the seeds that were accepted; further seeds do not move the mean, but are new.
  func meanRows(_ tolerance: Tolerance) -> [ExpectationRow] {
    let known = seeds.filter { accepted[$0] != nil }
    let values = known.compactMap { measured[$0]?.value }
    let lost = known.first { measured[$0]?.value == nil }
    var rows: [ExpectationRow] = []
    if !known.isEmpty {
      rows.append(
        row(
          .mean(seeds: known.count), measured: lost == nil ? mean(values) : nil,
          accepted: mean(known.compactMap { accepted[$0] }), tolerance: tolerance,
          why: lost.map { seed in
            "seed \(seed): "
              + (measured[seed]?.hole.map(Self.wording) ?? "the study has no such trial")
          } ?? ""))
    }
    rows += seeds.filter { accepted[$0] == nil }.map { seed in
      row(
        .seed(seed), measured: measured[seed]?.value, accepted: nil, tolerance: tolerance,
        why: measured[seed]?.hole.map(Self.wording) ?? "")
    }
    return rows
  }

  private func row(
    _ scope: ExpectationRow.Scope, measured: Double?, accepted: Double?, tolerance: Tolerance,
    why: String
  ) -> ExpectationRow {
    let allowed = accepted.map(tolerance.allowed)
    let found: ExpectationVerdict =
      switch (measured, allowed) {
      case (nil, _?): .missing
      case (_, nil): .new
      case (let value?, let allowed?):
        value < allowed.lower ? .below : value > allowed.upper ? .above : .within
      }
    let isExcused = excuse != nil && found != .within && found != .new
    return ExpectationRow(
      metric: metric, arm: arm, scope: scope, measured: measured, accepted: accepted,
      lower: allowed?.lower, upper: allowed?.upper, unit: unit,
      verdict: isExcused ? .excused : found,
      note: [excuse ?? "", found == .within ? "" : why].filter { !$0.isEmpty }
        .joined(separator: "; "))
  }

  private static func wording(_ hole: Hole) -> String {
    hole.reason.isEmpty ? hole.kind.rawValue : "\(hole.kind.rawValue), \(hole.reason)"
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
        results.arms.first { $0.label == place.arm }?.trials.map {
          ($0.seed, $0.observations[index])
        }
      } ?? []
    let planned = trials.map(\.0)
    return ExpectationCell(
      arm: place.arm, metric: place.metric,
      unit: index.map { results.measures[$0].unit } ?? "",
      excuse: accepted.excuses.first { $0.arm == place.arm && $0.measure == place.metric }?.reason,
      seeds: planned + mine.map(\.seed).filter { !planned.contains($0) },
      measured: Dictionary(trials) { first, _ in first },
      accepted: Dictionary(mine.map { ($0.seed, $0.value) }) { first, _ in first })
  }
}
