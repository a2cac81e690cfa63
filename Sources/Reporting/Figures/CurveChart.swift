internal import ResultStatistics

/// Lines over steps, with bands and labels: what a figure shows, before it has a size.
struct CurveChart {
  struct Series {
    /// Written at the line's end; empty where all lines end alike.
    var label: String
    /// Written in the legend.
    var legend: String
    var style: LineStyle
    var isEmphasized: Bool
    var line: [(x: Double, y: Double)]
    var band: [(x: Double, lower: Double, upper: Double)] = []
    /// Single trials behind the line.
    var thin: [[(x: Double, y: Double)]] = []

    fileprivate var heights: [Double] {
      line.map(\.y) + band.flatMap { [$0.lower, $0.upper] } + thin.flatMap { $0.map(\.y) }
    }
    fileprivate var steps: [Double] { line.map(\.x) + thin.flatMap { $0.map(\.x) } }
  }

  var title: String
  /// What line, band and thin lines are.
  var subtitle: String
  var horizontal: String
  var series: [Series]
  var stageSwitches: [Double]

  /// The extent of all points; nil when there is none.
  var extent: (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
    let (x, y) = (series.flatMap(\.steps), series.flatMap(\.heights))
    guard let left = x.min(), let right = x.max(), let low = y.min(), let high = y.max()
    else { return nil }
    return (left...right, low...high)
  }
}

extension CurveChart {
  /// More arms than this, and the single trials would hide the means.
  private static let mostArmsWithThinLines = 8

  /// A study's curves: mean per arm, band over seeds, the trials as thin lines.
  init(_ family: CurveFamily, baseline: String?, planned: Int, band: CurveBand) {
    let styles = LineStyle.styles(areBaseline: family.arms.map { $0.arm == baseline })
    let summaries = family.arms.map { CurveSummary($0.lines, band: band) }
    let showsThin =
      family.arms.count <= Self.mostArmsWithThinLines && summaries.contains { $0.seeds > 1 }
    title = family.unit.isEmpty ? family.heading : "\(family.heading), \(family.unit)"
    horizontal = family.horizontal
    stageSwitches = family.stageSwitches.map(Double.init)
    series = zip(zip(family.arms, summaries), styles).map { pair, style in
      let (arm, summary) = pair
      return Series(
        label: arm.arm, legend: "\(arm.arm) (\(summary.seeds)/\(planned) seeds)", style: style,
        isEmphasized: arm.arm == baseline,
        line: summary.points.map { (Double($0.step), $0.mean) },
        band: summary.points.compactMap { point in
          point.band.map { (Double(point.step), $0.lowerBound, $0.upperBound) }
        },
        thin: showsThin
          ? arm.lines.map { line in
            line.points.filter(\.value.isFinite).map { (Double($0.step), $0.value) }
          } : [])
    }
    subtitle = Self.subtitle(summaries, band: band, showsThin: showsThin)
  }

  /// A figure of the source, on its own axes; a series named like one of our arms has its colour.
  init(_ figure: PaperFigure, arms: [String], baseline: String?) {
    let labels = arms + figure.series.map(\.label).filter { !arms.contains($0) }
    let styles = LineStyle.styles(areBaseline: labels.map { $0 == baseline })
    let unit = figure.unit.isEmpty ? "" : ", \(figure.unit)"
    title = "In the paper: \(figure.heading)\(unit)"
    subtitle = figure.source
    horizontal = figure.horizontal
    stageSwitches = figure.stageSwitches.map(Double.init)
    series = figure.series.map { series in
      Series(
        label: series.label, legend: series.label,
        style: labels.firstIndex(of: series.label).map { styles[$0] } ?? .baseline,
        isEmphasized: false,
        line: series.points.filter(\.value.isFinite).map { (Double($0.step), $0.value) })
    }
  }

  /// Shares of final scores above every threshold; nil where an analysis has no profiles.
  init?(profilesOf analysis: StudyAnalysis) {
    guard let profiles = analysis.profiles else { return nil }
    let arms = analysis.results.arms
    let styles = LineStyle.styles(areBaseline: arms.map(\.isBaseline))
    title = "Share of final scores above a threshold, all suites, %"
    subtitle =
      "Performance profiles (Agarwal et al. 2021)"
      + (profiles.contains { $0.bands != nil }
        ? " · band: \(analysis.levelText) interval of each share by itself" : "")
    horizontal = "threshold, %"
    stageSwitches = []
    series = zip(zip(arms, profiles), styles).map { pair, style in
      let (arm, profile) = pair
      let bands = zip(profile.thresholds, profile.bands ?? [])
      return Series(
        label: "", legend: arm.label, style: style, isEmphasized: arm.isBaseline,
        line: zip(profile.thresholds, profile.shares).map { ($0, 100 * $1) },
        band: bands.map { ($0, 100 * $1.lower, 100 * $1.upper) })
    }
  }

  private static func subtitle(
    _ summaries: [CurveSummary], band: CurveBand, showsThin: Bool
  ) -> String {
    guard summaries.contains(where: { $0.seeds > 1 }) else { return "One seed: no spread is known" }
    let bandText =
      switch band {
      case .range: "band: lowest to highest seed"
      case .interval(let level):
        "band: \(NumberText.full((level * 1e6).rounded() / 1e4)) % interval of the mean, each step by itself"
      }
    return "Line: mean over seeds · \(bandText)" + (showsThin ? " · thin: single seeds" : "")
      + (summaries.contains { $0.unevenSteps > 0 }
        ? " · means only where all of an arm's seeds have a value" : "")
  }
}
