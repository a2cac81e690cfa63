internal import ResultStatistics

extension StudyAnalysis {
  /// Differences of suites' curves against the baseline at equal steps and equal tokens, and a warning where the
  /// sign depends on which. Seconds are for the page alone: they are another machine's tomorrow.
  var budgetNote: ReportNote? {
    budgetTable([.steps, .tokens]).map { table in
      ReportNote(
        title: "At equal steps and at equal tokens",
        text: """
          The last evaluation of each trial within what every compared trial spent. Arms that draw longer answers \
          spend more tokens in a step; where the sign differs from that at equal steps, an arm is ahead by spending more.
          """, tables: [table])
    }
  }

  /// The differences on these clocks; nil where nothing can be compared.
  func budgetTable(_ clocks: [BudgetClock]) -> Table? {
    let rows = budgetComparisons.flatMap { row in
      row.readings.filter { clocks.contains($0.clock) }.map { reading in
        Table.Row([
          .text(row.heading), .text(row.arm), .text("equal \(reading.clock.rawValue)"),
          .number(reading.budget),
          Table.Cell(
            reading.difference.map { .effect($0, interval(reading)) } ?? .absent),
          .text(row.reversals.contains(reading.clock) ? "the sign differs" : ""),
        ])
      }
    }
    if rows.isEmpty { return nil }
    let columns: [Table.Column] = [
      .init(key: "suite", heading: "suite", kind: .text),
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(key: "at", heading: "at", kind: .text),
      .init(key: "budget", heading: "amount", kind: .number),
      .init(
        key: "difference", heading: "difference", unit: "%", remark: "[\(levelText)]",
        kind: .effect, digits: 2),
      .init(key: "warning", heading: "", kind: .text),
    ]
    return Table(columns: columns, rows: rows)
  }

  /// One arm against the baseline in one suite, on every clock that all their trials carry.
  private struct BudgetComparison {
    let heading: String
    let arm: String
    let readings: [EqualBudget]
    let reversals: [BudgetClock]
  }

  /// In the order of suites and arms; empty without a baseline or clocks.
  private var budgetComparisons: [BudgetComparison] {
    guard let baseline = results.baseline else { return [] }
    return results.curves.filter { family in results.suites.contains { $0.suite == family.metric } }
      .flatMap { family in
        results.arms.filter { !$0.isBaseline }.compactMap { arm -> BudgetComparison? in
          let compared = ClockComparison(
            arm: clocked(arm, family), baseline: clocked(baseline, family))
          guard compared.readings.contains(where: { $0.clock == .tokens }) else { return nil }
          return BudgetComparison(
            heading: family.heading, arm: arm.label, readings: compared.readings,
            reversals: compared.reversals)
        }
      }
  }

  private func clocked(_ arm: ArmResult, _ family: CurveFamily) -> [[ClockedPoint]] {
    let lines = family.arms.first { $0.arm == arm.label }?.lines ?? []
    return arm.trials.map { trial in
      let points = lines.first { $0.seed == trial.seed }?.points ?? []
      let spent = Dictionary(trial.details.spent.map { ($0.step, $0) }) { $1 }
      return points.compactMap { point in
        guard point.step > 0, point.value.isFinite, let spent = spent[point.step] else {
          return nil
        }
        return ClockedPoint(
          steps: Double(point.step), tokens: spent.tokens, seconds: spent.seconds,
          value: point.value)
      }
    }
  }

  private func interval(_ reading: EqualBudget) -> Interval? {
    let known = reading.differences.compactMap(\.self)
    guard known.count == reading.differences.count else { return nil }
    return results.isSequential
      ? ConfidenceSequence(known, level: level).interval : studentTInterval(known, level: level)
  }
}
