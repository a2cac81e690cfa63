internal import ResultStatistics

extension StudyAnalysis {
  /// The two sources of noise apart: other training seeds on these problems, and other problems of the same kind;
  /// and what more of either would bring. nil when no suite was counted problem by problem.
  var noiseNote: ReportNote? {
    let rows = results.suites.flatMap(noiseRows)
    if rows.isEmpty { return nil }
    let columns: [Table.Column] = [
      .init(key: "suite", heading: "suite", kind: .text),
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(key: "mean", heading: "mean", unit: "%", kind: .number, digits: 1),
      .init(key: "error_seeds", heading: "± over seeds", kind: .number, digits: 2),
      .init(key: "error_both", heading: "± over seeds and problems", kind: .number, digits: 2),
      .init(key: "error_more_seeds", heading: "with 2 × seeds", kind: .number, digits: 2),
      .init(key: "error_more_problems", heading: "with 2 × problems", kind: .number, digits: 2),
      .init(key: "seeds", heading: "seeds", kind: .number),
      .init(key: "problems", heading: "problems", kind: .number),
    ]
    return ReportNote(
      title: "Where the noise comes from",
      text: """
        Standard errors of final scores, from how often each problem was solved with each seed (crossed random \
        effects). Over seeds: the same problems, other trainings; the intervals of the tables above are of this \
        kind. Over seeds and problems: a statement about other problems of the same kind too. The last columns say \
        what the second would be with twice the seeds, and with twice the problems.
        """,
      tables: [Table(columns: columns, rows: rows, caption: noiseCaption)])
  }

  private var noiseCaption: String {
    results.baseline.map {
      "Rows with a difference are paired with \($0.label), by seed and problem."
    }
      ?? ""
  }

  private func noiseRows(_ suite: SuiteCounts) -> [Table.Row] {
    let shares = suite.trials.map { $0.map { $0.map(\.shares) } }
    let baseline = results.arms.firstIndex(where: \.isBaseline)
    return results.arms.indices.flatMap { arm -> [Table.Row] in
      let own = complete(shares[arm]).flatMap { try? CrossedEffects($0) }
      var rows = [own.map { row(suite, results.arms[arm].label, $0) }]
      if let baseline, baseline != arm, let mine = complete(shares[arm]),
        let theirs = complete(shares[baseline]),
        let effects = try? CrossedEffects(arm: mine, baseline: theirs)
      {
        let label = "\(results.arms[arm].label) − \(results.arms[baseline].label)"
        rows.append(row(suite, label, effects))
      }
      return rows.compactMap(\.self)
    }
  }

  /// nil when a trial counted nothing: variance between those that did would speak of another table.
  private func complete(_ trials: [[Double]?]) -> [[Double?]]? {
    let known = trials.compactMap(\.self)
    return known.count == trials.count ? known : nil
  }

  private func row(_ suite: SuiteCounts, _ label: String, _ effects: CrossedEffects) -> Table.Row {
    let (seeds, problems) = (effects.seeds, effects.problems)
    let notes = [
      effects.seedVarianceWasCut ? "no variance between seeds could be measured" : nil,
      effects.problemVarianceWasCut ? "no variance between problems could be measured" : nil,
    ].compactMap(\.self)
    return Table.Row([
      .text(suite.heading), .text(label), .number(effects.mean),
      .number(effects.standardErrorOverSeeds),
      Table.Cell(.number(effects.standardErrorOverBoth), footnotes: notes),
      .number(effects.standardError(seeds: 2 * seeds, problems: problems)),
      .number(effects.standardError(seeds: seeds, problems: 2 * problems)),
      .number(Double(seeds)), .number(Double(problems)),
    ])
  }
}

extension SuiteCounts.Counts {
  /// Of each problem the share of its attempts that were correct, in per cent.
  var shares: [Double] { correct.map { 100 * Double($0) / Double(max(1, attempts)) } }
}
