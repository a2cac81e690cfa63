internal import ResultStatistics

extension StudyAnalysis {
  /// One row per arm: every measure with its interval, the leading measure's paired difference, the
  /// source's numbers in columns of their own, and n of N.
  ///
  /// - Parameter showsPaper: the console leaves the source's columns out.
  package func scoreTable(showsPaper: Bool = true) -> Table {
    let measures = Array(results.measures.enumerated())
    let quoted = measures.filter { _, measure in
      showsPaper && results.arms.contains { $0.paper.contains { $0.measure == measure.name } }
    }
    var columns = [Table.Column(key: "arm", heading: results.axis, kind: .text)]
    columns += measures.map { _, measure in
      Table.Column(
        key: measure.name, heading: measure.heading, unit: measure.unit,
        remark: "\(measure.direction.arrow) [\(levelText)]", kind: .estimate,
        digits: measure.digits)
    }
    if let baseline = results.baseline, let leading = results.measures.first {
      let what = measures.count > 1 ? "\(leading.heading) " : ""
      columns += [
        .init(
          key: "\(leading.name)_difference",
          heading: "\(what)against \(baseline.label), paired", kind: .difference,
          digits: leading.digits + 1),
        .init(key: "\(leading.name)_verdict", heading: "verdict", kind: .text),
      ]
    }
    columns += quoted.map { _, measure in
      Table.Column(
        key: "paper_\(measure.name)", heading: "paper: \(measure.heading)", unit: measure.unit,
        kind: .paper, digits: measure.digits)
    }
    columns.append(.init(key: "trials", heading: "n", kind: .count))

    let rows = results.arms.indices.map { index in
      let arm = results.arms[index]
      var cells = [Table.Cell.text(arm.label)]
      cells += measures.map { estimateCell(arm: index, measure: $0.offset) }
      if results.baseline != nil, !measures.isEmpty {
        cells += [differenceCell(arm: index, measure: 0), verdictCell(arm: index, measure: 0)]
      }
      cells += quoted.map { _, measure in Self.paperCell(arm, measure) }
      cells.append(countCell(arm: index))
      return Table.Row(cells, isEmphasized: arm.isBaseline, mark: arm.isBaseline ? "base" : "")
    }
    return Table(columns: columns, rows: rows, caption: scoreCaption)
  }

  /// All paired differences against the baseline; nil when the study has no baseline or no other arm.
  ///
  /// - Parameter measures: which measures; rows run through the arms within each of them.
  package func comparisonTable(measures: [Int]) -> Table? {
    guard results.baseline != nil, results.arms.count > 1 else { return nil }
    let chosen = measures.map { results.measures[$0] }
    let columns: [Table.Column] = [
      .init(key: "measure", heading: "measure", kind: .text),
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(
        key: "difference", heading: "difference",
        unit: chosen.count == 1 ? chosen[0].unit : "",
        remark: "[\(levelText)\(results.isSequential ? ", all together" : "")]",
        kind: .difference, digits: 1 + (chosen.map(\.digits).max() ?? 0)),
      .init(key: "p_t", heading: "p, paired t", kind: .pValue),
      .init(key: "p_holm", heading: "p, Holm", kind: .pValue),
      .init(key: "p_sign_flip", heading: "p, sign flip", kind: .pValue),
      .init(key: "pairing_worth", heading: "pairing worth, × seeds", kind: .number, digits: 1),
      .init(key: "verdict", heading: "verdict", kind: .text),
      .init(key: "pairs", heading: "pairs", kind: .count),
    ]
    let rows = measures.flatMap { measure in
      results.arms.indices.compactMap { arm -> Table.Row? in
        guard let judged = comparisons[arm][measure] else { return nil }
        let comparison = judged.comparison
        return Table.Row([
          .text(results.measures[measure].heading), .text(results.arms[arm].label),
          Table.Cell(
            comparison.difference == nil ? .absent : .difference(comparison),
            footnotes: comparisonNotes(arm: arm, measure: measure)),
          shown(comparison.pValue),
          shown(judged.adjustedPValue), shown(comparison.signFlip?.pValue),
          comparison.pairingWorth.map { Table.Cell.number($0) } ?? .absent,
          .text(judged.verdict.rawValue),
          Table.Cell(.count(comparison.count, of: comparison.planned)),
        ])
      }
    }
    return Table(columns: columns, rows: rows)
  }

  /// By whom the error is shared among the comparisons.
  var familyText: String { results.isSequential ? "Bonferroni" : "Holm" }

  /// A p-value of one look; none where seeds were added after looking.
  private func shown(_ p: Double?) -> Table.Cell {
    results.isSequential ? .absent : p.map { Table.Cell(.pValue($0)) } ?? .absent
  }

  // MARK: - Cells

  private func estimateCell(arm: Int, measure: Int) -> Table.Cell {
    let estimate = estimates[arm][measure]
    var cell = Table.Cell(
      estimate.mean == nil ? .absent : .estimate(estimate),
      footnotes: holeNotes(arm: arm, measure: measure)
        + Self.intervalNotes(estimate.missingInterval, count: estimate.count))
    cell.standing = standing(arm: arm, measure: measure)
    cell.isSignificant = comparisons[arm][measure].map { $0.verdict != .undecided } ?? false
    return cell
  }

  /// Best and second among the means of a measure; nobody is second of two, and an arm that rests on holes is
  /// neither.
  private func standing(arm: Int, measure: Int) -> Table.Cell.Standing {
    let sign = results.measures[measure].direction == .higherIsBetter ? 1.0 : -1.0
    let means = estimates.compactMap { row in
      row[measure].isComplete ? row[measure].mean.map { sign * $0 } : nil
    }
    guard results.arms.count > 1, estimates[arm][measure].isComplete,
      let mine = estimates[arm][measure].mean.map({ sign * $0 }), let best = means.max()
    else { return .other }
    if mine == best { return .best }
    let second = means.filter { $0 < best }.max()
    return means.count > 2 && mine == second ? .second : .other
  }

  private func differenceCell(arm: Int, measure: Int) -> Table.Cell {
    guard let judged = comparisons[arm][measure], judged.comparison.difference != nil
    else { return .absent }
    return Table.Cell(
      .difference(judged.comparison), footnotes: comparisonNotes(arm: arm, measure: measure))
  }

  private func verdictCell(arm: Int, measure: Int) -> Table.Cell {
    comparisons[arm][measure].map { .text($0.verdict.rawValue) } ?? .absent
  }

  private static func paperCell(_ arm: ArmResult, _ measure: Measure) -> Table.Cell {
    guard let paper = arm.paper.first(where: { $0.measure == measure.name }) else { return .absent }
    return Table.Cell(
      .paper(paper.value, error: paper.error), footnotes: paper.note.isEmpty ? [] : [paper.note])
  }

  /// Seeds for which every measure has a value, of those planned.
  private func countCell(arm: Int) -> Table.Cell {
    let trials = results.arms[arm].trials
    let asked = trials.filter(\.isPlanned)
    let whole = asked.count { $0.observations.allSatisfy { $0.value != nil } }
    return Table.Cell(.count(whole, of: asked.count))
  }

  // MARK: - Footnotes

  private func holeNotes(arm: Int, measure: Int) -> [String] {
    let arm = results.arms[arm]
    return arm.trials.compactMap { trial in
      guard let hole = trial.observations[measure].hole, hole.kind != .unplanned else { return nil }
      let head = "\(arm.label), seed \(trial.seed): \(hole.kind.rawValue)"
      return hole.reason.isEmpty ? head : "\(head), \(hole.reason)"
    }
  }

  private static func intervalNotes(_ missing: MissingInterval?, count: Int) -> [String] {
    switch missing {
    case nil, .noValues: []
    case .oneValue: ["one seed has no spread, so there is no interval"]
    case .zeroSpread: ["all \(count) seeds gave the same value, so there is no interval"]
    }
  }

  private func comparisonNotes(arm: Int, measure: Int) -> [String] {
    guard let comparison = comparisons[arm][measure]?.comparison else { return [] }
    if comparison.count == 0 { return ["no seed has a value on both sides"] }
    let holes =
      comparison.count < comparison.planned
      ? [
        "\(comparison.planned - comparison.count) of \(comparison.planned) pairs are missing, "
          + "so the comparison stays undecided" + boundsText(arm: arm, measure: measure)
      ] : []
    guard comparison.interval == nil else { return holes }
    return holes
      + [
        comparison.count == 1
          ? "one pair has no spread, so there is no interval"
          : "all \(comparison.count) differences are equal, so there is no interval"
      ]
  }

  /// What the difference of all planned pairs would be at worst and at best; empty for a measure without bounds.
  private func boundsText(arm: Int, measure: Int) -> String {
    guard let baseline = results.baseline,
      let bounds = HoleBounds.difference(
        arm: results.observations(results.arms[arm], measure: measure).filter(\.isPlanned),
        baseline: results.observations(baseline, measure: measure).filter(\.isPlanned),
        range: results.measures[measure].range)
    else { return "" }
    let digits = results.measures[measure].digits
    return
      "; with all of them it would lie between \(NumberText.signed(bounds.lower, digits: digits)) "
      + "and \(NumberText.signed(bounds.upper, digits: digits)), whatever the missing ones gave"
  }

  private var scoreCaption: String {
    let difference =
      results.baseline == nil
      ? ""
      : "; differences are paired by seed, verdicts after \(familyText) over the study, † marks what differs from the baseline"
    return "Mean over seeds [\(levelText) interval, \(methodText)], varying over "
      + "\(results.replication)\(difference). "
      + "Bold: best mean\(results.arms.count > 2 ? ", underlined: second" : ""). n: trials with all values, of those planned."
  }
}
