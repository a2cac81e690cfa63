internal import Reproducibility
internal import ResultStatistics

extension StudyAnalysis {
  /// One number for all suites together, as papers with several benchmarks print it; nil under two suites or three
  /// seeds, and when a trial has a hole.
  var aggregateNote: ReportNote? {
    guard let scores = runScores else { return nil }
    let baseline = results.arms.firstIndex(where: \.isBaseline)
    var columns: [Table.Column] = [
      .init(key: "arm", heading: results.axis, kind: .text),
      .init(
        key: "iqm", heading: "interquartile mean", unit: "%", remark: "[\(levelText)]",
        kind: .measured, digits: 1),
    ]
    if let baseline {
      columns.append(
        .init(
          key: "improvement", heading: "chance to beat \(results.arms[baseline].label)", unit: "%",
          remark: "[\(levelText)]", kind: .measured))
    }
    let rows = results.arms.indices.map { arm -> Table.Row in
      var cells = [Table.Cell.text(results.arms[arm].label), interquartile(arm, scores[arm])]
      if let baseline {
        cells.append(arm == baseline ? .absent : improvement(arm, scores[arm], scores[baseline]))
      }
      return Table.Row(cells, isEmphasized: results.arms[arm].isBaseline)
    }
    return ReportNote(
      title: "All suites together",
      text: """
        Final scores of all seeds and suites. The interquartile mean is the mean of their middle half; the chance to beat \
        the baseline is that of a trial of the arm against a trial of the baseline, in a suite drawn at random. Intervals: \
        bootstrap of whole trials, \(Self.draws) draws (Agarwal et al. 2021; Hesterberg 2015 for few seeds).
        """, tables: [Table(columns: columns, rows: rows)])
  }

  /// Final scores of each arm by suite and seed, % ; nil under two suites or three seeds, and when a trial has a hole.
  private var runScores: [RunScores]? {
    let suites = results.suites
    guard suites.count > 1, results.seeds.count > 2, !results.isSequential else { return nil }
    let scores = results.arms.indices.compactMap { arm -> RunScores? in
      let tasks = suites.map { suite in
        suite.trials[arm].compactMap { $0.map { ResultStatistics.mean($0.shares) ?? 0 } }
      }
      return tasks.allSatisfy({ $0.count == results.seeds.count }) ? RunScores(tasks: tasks) : nil
    }
    return scores.count == results.arms.count ? scores : nil
  }

  /// More arms than this would hide each other in one figure.
  private static let mostProfiles = 8
  /// What `rliable` uses for profiles.
  private static let profileDraws = 2_000

  func makeProfiles() -> [PerformanceProfile]? {
    guard results.arms.count <= Self.mostProfiles, let scores = runScores else { return nil }
    let all = scores.flatMap(\.tasks).flatMap(\.self)
    guard let low = all.min(), let high = all.max() else { return nil }
    // From below the lowest score, where every share is 1, to the highest, above which nothing is.
    let thresholds = (Int(low.rounded(.down)) - 1...Int(high.rounded(.up))).map(Double.init)
    return scores.enumerated().map { arm, scores in
      PerformanceProfile(
        of: scores, thresholds: thresholds, bootstrap: bootstrap(arm, draws: Self.profileDraws),
        level: level)
    }
  }

  private static let draws = 20_000

  /// Named after the arm, so that another arm in the study moves nobody's draws.
  private func bootstrap(_ arm: Int, draws: Int = Self.draws) -> StratifiedBootstrap {
    // A trial is one policy, evaluated on all suites: their luck is shared.
    StratifiedBootstrap(
      of: .wholeRuns, draws: draws,
      seed: Seed(0).derive("aggregate/\(results.arms[arm].label)"))
  }

  private func interquartile(_ arm: Int, _ scores: RunScores) -> Table.Cell {
    Table.Cell(
      .measured(
        AggregateMetric.interquartileMean.value(of: scores),
        bootstrap(arm).interval(of: .interquartileMean, scores, level: level)))
  }

  private func improvement(_ arm: Int, _ mine: RunScores, _ theirs: RunScores) -> Table.Cell {
    let chance = ProbabilityOfImprovement(
      of: mine, over: theirs, bootstrap: bootstrap(arm), level: level)
    return Table.Cell(
      .measured(
        100 * chance.value,
        chance.interval.map { Interval(lower: 100 * $0.lower, upper: 100 * $0.upper) }))
  }
}
