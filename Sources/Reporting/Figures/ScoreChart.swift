internal import ResultStatistics

/// Arms one under the other: mean, interval and the seeds themselves. Dots and not bars, for a bar has to begin at 0,
/// where differences between arms would be too small to see.
struct ScoreChart {
  struct Row {
    var label: String
    var isBaseline: Bool
    var mean: Double
    var interval: Interval?
    /// One per seed with a value.
    var seeds: [Double]
    var style: LineStyle
  }

  var title: String
  var subtitle: String
  var rows: [Row]
  /// Decimals of the values that are written beside the rows.
  var digits: Int

  /// nil when no arm has a value.
  init?(_ analysis: StudyAnalysis, measure: Int) {
    let results = analysis.results
    let column = results.measures[measure]
    let styles = LineStyle.styles(areBaseline: results.arms.map(\.isBaseline))
    rows = results.arms.indices.compactMap { arm in
      let estimate = analysis.estimates[arm][measure]
      guard let mean = estimate.mean else { return nil }
      return Row(
        label: results.arms[arm].label, isBaseline: results.arms[arm].isBaseline, mean: mean,
        interval: estimate.interval,
        seeds: results.observations(results.arms[arm], measure: measure).compactMap(\.value),
        style: styles[arm])
    }
    if rows.isEmpty { return nil }
    digits = column.digits
    title =
      "\(column.heading)\(column.unit.isEmpty ? "" : ", \(column.unit)") \(column.direction.arrow)"
    subtitle =
      "Dot: mean over seeds · bar: \(analysis.levelText) interval, \(analysis.methodText) · small: single seeds"
  }

  private static let width = 860.0
  private static let rowHeight = 34.0
  /// More would be a smear.
  private static let mostSeeds = 40

  func drawing() -> XMLElement {
    let widest = rows.map { estimatedWidth($0.label, fontSize: 13.8) }.max() ?? 0
    let left = min(280, widest) + 40
    let (top, right) = (78.0, Self.width - 90)
    let bottom = top + Double(rows.count) * Self.rowHeight
    let values = rows.flatMap { row in
      [row.mean] + row.seeds + (row.interval.map { [$0.lower, $0.upper] } ?? [])
    }
    let ticks = NiceTicks(enclosing: (values.min() ?? 0)...(values.max() ?? 1), count: 6)
    func across(_ value: Double) -> Double {
      left + (value - ticks.lower) / (ticks.upper - ticks.lower) * (right - left)
    }
    var elements: [XMLElement] = []
    for tick in ticks.values {
      let x = across(tick)
      elements.append(SVG.line(x, top, x, bottom, color: "#e6e9ed"))
      elements.append(
        SVG.text(
          NumberText.fixed(tick, digits: ticks.digits), x: x, y: bottom + 20, anchor: "middle"))
    }
    for (place, row) in rows.enumerated() {
      let y = top + (Double(place) + 0.5) * Self.rowHeight
      elements.append(
        SVG.text(
          shortened(row.label, fontSize: 13, to: 280), x: left - 14, y: y + 4.5,
          color: row.style.textColor, anchor: "end", weight: row.isBaseline ? "bold" : "normal"))
      let shown = row.seeds.count <= Self.mostSeeds ? row.seeds : []
      elements += shown.map {
        SVG.circle(across($0), y + 9, radius: 2.2, color: row.style.color, opacity: "0.55")
      }
      if let interval = row.interval {
        let (low, high) = (across(interval.lower), across(interval.upper))
        elements.append(SVG.line(low, y, high, y, color: row.style.color, width: 2.4))
        elements += [low, high].map {
          SVG.line($0, y - 5, $0, y + 5, color: row.style.color, width: 1.6)
        }
      }
      elements.append(SVG.circle(across(row.mean), y, radius: 5, color: row.style.color))
      elements.append(
        SVG.text(
          NumberText.fixed(row.mean, digits: digits), x: right + 14, y: y + 4.5,
          color: SVG.dark))
    }
    return SVG.figure(
      title: title, subtitle: subtitle,
      description: rows.map { "\($0.label) \(NumberText.fixed($0.mean, digits: digits))" }
        .joined(separator: ", ") + ".",
      width: Self.width, height: bottom + 36, children: elements)
  }
}
