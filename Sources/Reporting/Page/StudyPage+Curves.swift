extension StudyPage {
  /// Means with intervals and seeds, and suites after each stage, as in the other formats.
  func stills(_ page: inout HTMLWriter) {
    let scores = results.measures.indices.compactMap { ScoreChart(analysis, measure: $0) }
    for chart in scores where results.arms.count > 1 {
      still(chart.title, chart.subtitle, chart.drawing(), &page)
    }
    if let profiles = CurveChart(profilesOf: analysis), let drawing = profiles.drawing() {
      still(profiles.title, profiles.subtitle, drawing, &page)
    }
    for matrix in [MatrixChart(scoresOf: analysis), MatrixChart(analysis)].compactMap(\.self) {
      matrix.drawing().map { still(matrix.title, matrix.subtitle, $0, &page) }
    }
  }

  private func still(
    _ title: String, _ subtitle: String, _ drawing: XMLElement, _ page: inout HTMLWriter
  ) {
    page.block("figure") { page in
      page.element("figcaption") { page in
        page.element("strong") { $0.name(title) }
        page.text(" ")
        page.element("span", ["class": "caption"], text: subtitle + ".")
      }
      page.block("div", ["class": "still"]) { $0.markup(drawing.written()) }
    }
  }

  /// Each chart as the figure that it is in the other formats; a script puts one with values in its place.
  func curves(_ page: inout HTMLWriter) {
    for (place, chart) in charts.enumerated() {
      guard let drawing = chart.drawing() else { continue }
      page.block("figure", ["id": "chart-\(place)"]) { page in
        page.element("figcaption") { page in
          page.element("strong") { $0.name(chart.title) }
          page.text(" ")
          page.element("span", ["class": "caption"], text: chart.subtitle + ".")
        }
        page.block("div", ["class": "still"]) { $0.markup(drawing.written()) }
      }
    }
  }
}

extension CurveChart {
  /// More points of single trials than this, over all arms, and the page leaves them out: a figure of
  /// means is still whole, and a page of many megabytes opens slowly.
  private static let mostThinPoints = 20_000

  /// Without the single trials where there are too many of them.
  var sparing: CurveChart {
    let count = series.reduce(0) { $0 + $1.thin.reduce(0) { $0 + $1.count } }
    guard count > Self.mostThinPoints else { return self }
    var chart = self
    for place in chart.series.indices { chart.series[place].thin = [] }
    chart.subtitle = chart.subtitle.replacing(" · thin: single seeds", with: "")
    return chart
  }
}
