internal import ParallelWork
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

  /// In the order of the study.
  package let claims: [JudgedClaim]

  /// What takes thousands of draws and stands in several files; nil until it was drawn for them.
  private var drawn: Drawn?

  private struct Drawn {
    var notes: [ReportNote]
    var profiles: [PerformanceProfile]?
  }

  /// - Parameter method: nil for the study's own.
  package init(_ results: StudyResults, method: IntervalMethod? = nil, level: Double = 0.95) {
    self.results = results
    self.level = level
    let method = method ?? results.interval
    self.method = method
    claims = results.judgedClaims
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
    // Looked at after every seed there are no p-values to adjust, so the intervals carry the family.
    let ofFamily =
      results.isSequential
      ? partLevel(confidence: level, parts: others.count * measures.count) : level
    let signs = SignPatterns(pairs: results.seeds.count, seed: Seed(0))
    let pairs = others.flatMap { arm in measures.map { (arm: arm, measure: $0) } }
    let family = chunked(pairs.count, size: 8) { chunk in
      pairs[chunk].map { arm, measure in
        PairedComparison(
          arm: results.observations(arm, measure: measure),
          baseline: results.observations(baseline, measure: measure),
          direction: results.measures[measure].direction, method: method, level: ofFamily,
          signs: signs)
      }
    }.flatMap(\.self)
    var judged =
      (results.isSequential ? judgeByIntervals(family) : judge(family, level: level))[...]
    comparisons = results.arms.map { arm in
      measures.map { _ in arm.isBaseline ? nil : judged.popFirst() }
    }
  }

  /// `95 %`.
  package var levelText: String { Self.percent(level) }

  static func percent(_ share: Double) -> String {
    NumberText.full((share * 1e6).rounded() / 1e4) + " %"
  }

  /// The intervals' kind in a few words.
  var methodText: String {
    switch method {
    case .studentT: "Student t"
    case .confidenceSequence: "confidence sequence, which holds after every seed"
    case .bootstrap(let bootstrap):
      (bootstrap.kind == .percentile ? "percentile" : "bias-corrected accelerated")
        + " bootstrap, \(bootstrap.draws) draws"
    }
  }
}

extension StudyAnalysis {
  /// Sections that only some studies have, in the order of the page.
  package var notes: [ReportNote] { drawn?.notes ?? makeNotes() }

  /// The whole distribution of final scores of each arm; nil where there are no such scores, or too many arms.
  var profiles: [PerformanceProfile]? { drawn.map(\.profiles) ?? makeProfiles() }

  private func makeNotes() -> [ReportNote] {
    [factorialNote, stageNote, waitingNote, budgetNote, noiseNote, aggregateNote].compactMap(\.self)
  }

  /// The same, with what several files show drawn once for all of them.
  func withDraws() -> StudyAnalysis {
    var analysis = self
    analysis.drawn = Drawn(notes: makeNotes(), profiles: makeProfiles())
    return analysis
  }
}
