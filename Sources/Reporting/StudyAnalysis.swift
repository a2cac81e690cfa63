internal import Reproducibility
package import ResultStatistics

/// The statistics of one study: every cell estimated, every arm compared with the baseline, all
/// comparisons judged as one family.
package struct StudyAnalysis: Sendable {
  package let results: StudyResults
  /// Coverage of every interval; one minus it is the family's level.
  package let level: Double
  package let method: IntervalMethod
  /// `[arm][measure]`.
  package let estimates: [[MeanEstimate]]
  /// `[arm][measure]`; nil for the baseline, and everywhere when the study has none.
  package let comparisons: [[JudgedComparison?]]

  package init(_ results: StudyResults, method: IntervalMethod = .studentT, level: Double = 0.95) {
    self.results = results
    self.level = level
    self.method = method
    let measures = results.measures.indices
    estimates = results.arms.map { arm in
      measures.map { measure in
        MeanEstimate(
          of: results.observations(arm, measure: measure), method: method, level: level)
      }
    }
    guard let baseline = results.baseline else {
      comparisons = results.arms.map { _ in measures.map { _ in nil } }
      return
    }
    let others = results.arms.filter { !$0.isBaseline }
    let family = others.flatMap { arm in
      measures.map { measure in
        PairedComparison(
          arm: results.observations(arm, measure: measure),
          baseline: results.observations(baseline, measure: measure),
          direction: results.measures[measure].direction, method: method, level: level,
          // Named after the pair, so that another arm in the study moves nobody's draws.
          seed: Seed(0).derive("sign-flip/\(arm.label)/\(results.measures[measure].name)"))
      }
    }
    var judged = judge(family, level: level)[...]
    comparisons = results.arms.map { arm in
      measures.map { _ in arm.isBaseline ? nil : judged.popFirst() }
    }
  }

  /// `95 %`.
  package var levelText: String { NumberText.full((level * 1e6).rounded() / 1e4) + " %" }

  /// The intervals' kind in a few words.
  var methodText: String {
    switch method {
    case .studentT: "Student t"
    case .bootstrap(let bootstrap):
      (bootstrap.kind == .percentile ? "percentile" : "bias-corrected accelerated")
        + " bootstrap, \(bootstrap.draws) draws"
    }
  }
}
