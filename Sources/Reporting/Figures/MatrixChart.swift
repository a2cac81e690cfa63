internal import ResultStatistics

/// A matrix of numbers as shaded cells. Every cell says its number, and shades differ in lightness alone, so that it
/// reads in grey and to everybody; each column has a scale of its own, for suites differ in difficulty.
struct MatrixChart {
  var title: String
  var subtitle: String
  var columns: [String]
  /// nil is a cell without a number.
  var rows: [(label: String, values: [Double?])]
  var digits: Int

  private static let cell = (width: 120.0, height: 34.0)

  /// Suites after each stage; nil where no arm has several stages.
  init?(_ analysis: StudyAnalysis) {
    guard let matrix = analysis.stageMatrix else { return nil }
    title = "After each stage, %"
    subtitle = "Mean over seeds · darker: higher, each column by itself"
    columns = matrix.suites
    rows = matrix.rows.map { ($0.label, $0.cells.map(\.mean)) }
    digits = 1
  }

  /// Every arm's final score in every suite: what was trained, and what it did elsewhere; nil under two suites.
  init?(scoresOf analysis: StudyAnalysis) {
    let suites = analysis.results.suites
    guard suites.count > 1 else { return nil }
    title = "Trained and tested, %"
    subtitle = "Final scores, mean over seeds · darker: higher, each column by itself"
    columns = suites.map(\.heading)
    rows = analysis.results.arms.enumerated().map { arm, result in
      (
        result.label,
        suites.map { suite in
          let scores = zip(result.trials, suite.trials[arm]).filter(\.0.isPlanned).map {
            _, counts in
            counts.flatMap { mean($0.shares) }
          }
          // There is no room for a mark, so a hole takes the cell's number with it.
          return scores.contains { $0 == nil } ? nil : mean(scores.compactMap(\.self))
        }
      )
    }
    digits = 1
  }

  /// nil without two rows and a number.
  func drawing() -> XMLElement? {
    guard rows.count > 1, rows.contains(where: { $0.values.contains { $0 != nil } }) else {
      return nil
    }
    let widest = rows.map { estimatedWidth($0.label, fontSize: 13) }.max() ?? 0
    let left = min(360, widest) + 40
    let top = 100.0
    var elements: [XMLElement] = []
    for (place, heading) in columns.enumerated() {
      elements.append(
        SVG.text(
          shortened(heading, fontSize: 13, to: Self.cell.width - 8),
          x: left + (Double(place) + 0.5) * Self.cell.width, y: top - 12, color: SVG.dark,
          anchor: "middle"))
    }
    for (rowPlace, row) in rows.enumerated() {
      let y = top + Double(rowPlace) * Self.cell.height
      elements.append(
        SVG.text(
          shortened(row.label, fontSize: 13, to: 360), x: left - 14,
          y: y + Self.cell.height / 2 + 4.5,
          color: SVG.dark, anchor: "end"))
      for (place, value) in row.values.enumerated() {
        elements += cell(value, column: place, x: left + Double(place) * Self.cell.width, y: y)
      }
    }
    let width = max(520, left + Double(columns.count) * Self.cell.width + 30)
    return SVG.figure(
      title: title, subtitle: subtitle,
      description: rows.map { row in
        "\(row.label): "
          + zip(columns, row.values).map {
            "\($0) \($1.map { NumberText.fixed($0, digits: digits) } ?? "–")"
          }
          .joined(separator: ", ")
      }.joined(separator: "; ") + ".",
      width: width, height: top + Double(rows.count) * Self.cell.height + 28, children: elements)
  }

  private func cell(_ value: Double?, column: Int, x: Double, y: Double) -> [XMLElement] {
    let (width, height) = (Self.cell.width - 3, Self.cell.height - 3)
    guard let value, let shade = shade(value, column: column) else {
      return [
        SVG.rectangle(x: x, y: y, width: width, height: height, color: "#f6f8fa"),
        SVG.text("–", x: x + width / 2, y: y + height / 2 + 4.5, anchor: "middle"),
      ]
    }
    return [
      SVG.rectangle(x: x, y: y, width: width, height: height, color: Self.color(shade)),
      SVG.text(
        NumberText.fixed(value, digits: digits), x: x + width / 2, y: y + height / 2 + 4.5,
        color: shade > 0.55 ? "#ffffff" : SVG.dark, anchor: "middle"),
    ]
  }

  /// 0 for the lowest of its column, 1 for the highest; a half when all are equal.
  private func shade(_ value: Double, column: Int) -> Double? {
    let known = rows.compactMap { $0.values[column] }
    guard let low = known.min(), let high = known.max() else { return nil }
    return high > low ? (value - low) / (high - low) : 0.5
  }

  /// From pale to dark blue.
  private static func color(_ share: Double) -> String {
    let (pale, dark) = ((229.0, 240.0, 249.0), (0.0, 90.0, 145.0))
    func mixed(_ a: Double, _ b: Double) -> String {
      let value = Int((a + (b - a) * share).rounded())
      let hex = String(value, radix: 16)
      return hex.count < 2 ? "0" + hex : hex
    }
    return "#" + mixed(pale.0, dark.0) + mixed(pale.1, dark.1) + mixed(pale.2, dark.2)
  }
}
