internal import Reproducibility
internal import ResultStatistics

/// What the page's scripts read: the trials behind each cell, and the curves. Numbers that a reader
/// sees are texts already, so that no browser rounds one in its own way.
struct PageData {
  private let analysis: StudyAnalysis
  private let charts: [CurveChart]
  private var results: StudyResults { analysis.results }

  init(_ analysis: StudyAnalysis, charts: [CurveChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  // MARK: - Cells

  var cells: JSONValue {
    [
      "seeds": .array(results.seeds.map { JSONValue($0) }),
      "baseline": results.baseline.map { .string($0.label) } ?? .null,
      "measures": .array(
        results.measures.map { ["heading": .string($0.heading), "unit": .string($0.unit)] }),
      "arms": .array(results.arms.indices.map(arm)),
    ]
  }

  private func arm(_ place: Int) -> JSONValue {
    let arm = results.arms[place]
    var json: JSONObject = [
      "label": .string(arm.label),
      "isBaseline": .bool(arm.isBaseline),
      "trials": .array(arm.trials.map { .string($0.identity) }),
      "values": .array(
        results.measures.indices.map { measure in
          .array(arm.trials.map { Self.text($0.observations[measure]) })
        }),
    ]
    if !arm.differences.isEmpty {
      json["differences"] = .array(
        arm.differences.map { difference in
          .array(
            [.string(difference.path)]
              + [difference.baseline, difference.arm].map { $0.map { .string($0) } ?? .null })
        })
    }
    if !arm.isBaseline, results.baseline != nil {
      json["against"] = .array(
        results.measures.indices.map { against(place, measure: $0) })
    }
    if arm.trials.contains(where: { !$0.details.stages.isEmpty }) {
      json["stages"] = .array(arm.trials.map { .array($0.details.stages.map(Self.stage)) })
    }
    if arm.trials.contains(where: { !$0.details.spent.isEmpty }) {
      json["tokens"] = .array(
        arm.trials.map { trial in
          trial.details.spent.last.map { .string(NumberText.fixed($0.tokens, digits: 0)) } ?? .null
        })
    }
    return .object(json)
  }

  /// A value in full, or in a list of its own why there is none.
  private static func text(_ observation: Observation) -> JSONValue {
    if let value = observation.value { return .string(NumberText.full(value)) }
    guard let hole = observation.hole else { return .null }
    return [.string(hole.kind.rawValue + (hole.reason.isEmpty ? "" : ", \(hole.reason)"))]
  }

  private func against(_ arm: Int, measure: Int) -> JSONValue {
    guard let judged = analysis.comparisons[arm][measure] else { return [] }
    // Two decimals more than the table: enough to see each pair, and no noise of the subtraction.
    let digits = results.measures[measure].digits + 2
    return .array(
      judged.comparison.differences.map { difference in
        difference.map { .string(NumberText.signed($0, digits: digits)) } ?? .null
      })
  }

  private static func stage(_ stage: TrialDetails.Stage) -> JSONValue {
    [.string(stage.name), JSONValue(stage.step), .string(stage.item), .string(stage.policy)]
  }

  // MARK: - Curves

  var curves: JSONValue {
    .array(
      charts.enumerated().compactMap { place, chart in
        chart.extent.map { Self.curve(chart, place: place, extent: $0) }
      })
  }

  private static func curve(
    _ chart: CurveChart, place: Int, extent: (x: ClosedRange<Double>, y: ClosedRange<Double>)
  ) -> JSONValue {
    let (across, up) = (NiceTicks(inside: extent.x), NiceTicks(enclosing: extent.y))
    // A hundredth of the figure's height is as fine as an eye can tell.
    let digits = NumberText.digits(showing: (up.upper - up.lower) / 100)
    // Whole numbers: shorter, and the script's quotient is the decimal that NumberText would print.
    func rounded(_ value: Double) -> JSONValue {
      .number(NumberText.scaled(value, digits: digits))
    }
    func ticks(_ ticks: NiceTicks) -> JSONValue {
      .array(
        ticks.values.map {
          [.number($0), .string(NumberText.fixed($0, digits: ticks.digits))]
        })
    }
    let series = chart.series.map { one -> JSONValue in
      var json: JSONObject = [
        "label": .string(one.label), "legend": .string(one.legend),
        "style": JSONValue(one.style.number),
        "steps": .array(one.line.map { .number($0.x) }),
        "means": .array(one.line.map { rounded($0.y) }),
      ]
      if !one.band.isEmpty {
        json["band"] = .array(
          one.band.map { [.number($0.x), rounded($0.lower), rounded($0.upper)] })
      }
      if !one.thin.isEmpty {
        json["thin"] = .array(
          one.thin.map { line in .array(line.flatMap { [.number($0.x), rounded($0.y)] }) })
      }
      return .object(json)
    }
    return [
      "chart": JSONValue(place), "title": .string(chart.title),
      "horizontal": .string(chart.horizontal), "digits": JSONValue(digits),
      "left": .number(extent.x.lowerBound), "right": .number(extent.x.upperBound),
      "bottom": .number(up.lower), "top": .number(up.upper),
      "ticksAcross": ticks(across), "ticksUp": ticks(up),
      "switches": .array(chart.stageSwitches.map { .number($0) }), "series": .array(series),
    ]
  }
}
