/// Where things stand on the page, in pixels of the SVG's own coordinates.
private struct ChartFrame {
  static let width = 860.0
  static let plotHeight = 330.0
  static let left = 64.0
  static let fontSize = 13.0

  let labelWidth: Double
  let top: Double
  let x: ClosedRange<Double>
  let y: NiceTicks

  var right: Double { Self.width - labelWidth - 30 }
  var bottom: Double { top + Self.plotHeight }
  var height: Double { bottom + 58 }

  func across(_ value: Double) -> Double {
    let width = x.upperBound - x.lowerBound
    guard width > 0 else { return (Self.left + right) / 2 }
    return Self.left + (value - x.lowerBound) / width * (right - Self.left)
  }

  func down(_ value: Double) -> Double {
    bottom - (value - y.lower) / (y.upper - y.lower) * Self.plotHeight
  }
}

extension CurveChart {
  /// The figure as an SVG document; nil when there is no point to draw.
  func svg() -> String? {
    drawing().map(SVG.document)
  }

  /// The same as an element, to stand inside another document.
  func drawing() -> XMLElement? {
    guard let extent else { return nil }
    let widest = series.map { estimatedWidth($0.label, fontSize: ChartFrame.fontSize) }.max() ?? 0
    let legend = legendRows()
    let frame = ChartFrame(
      labelWidth: min(200, widest) + 18, top: 78 + Double(legend.count) * 22, x: extent.x,
      y: NiceTicks(enclosing: extent.y))
    let (width, height) = (ChartFrame.width, frame.height)
    let summary = series.map { $0.label }.joined(separator: ", ")
    return SVG.figure(
      title: title, subtitle: subtitle, description: "\(subtitle). Lines: \(summary).",
      width: width, height: height,
      children: drawn(legend) + axes(frame) + bands(frame) + lines(frame) + endLabels(frame))
  }

  // MARK: - Legend

  private typealias LegendEntry = (series: Int, x: Double)
  private static let swatch = 30.0

  /// Entries from left to right, wrapped to the figure's width.
  private func legendRows() -> [[LegendEntry]] {
    var rows: [[LegendEntry]] = []
    var x = Double.infinity
    for (index, one) in series.enumerated() {
      // Bold letters are about a tenth wider.
      let size = one.isEmphasized ? 13.8 : 12.5
      let width = Self.swatch + estimatedWidth(one.legend, fontSize: size) + 22
      if x + width > ChartFrame.width - 24 {
        rows.append([])
        x = 24
      }
      rows[rows.count - 1].append((index, x))
      x += width
    }
    return rows
  }

  private func drawn(_ rows: [[LegendEntry]]) -> [XMLElement] {
    rows.enumerated().flatMap { place, row in
      row.flatMap { entry in
        let one = series[entry.series]
        let y = 80 + Double(place) * 22
        return [
          SVG.line(
            entry.x, y - 4, entry.x + 22, y - 4, color: one.style.color, width: 2.5,
            dashes: one.style.dashes.isEmpty ? "none" : one.style.dashes),
          SVG.text(
            shortened(one.legend, fontSize: 12.5, to: ChartFrame.width - 48 - Self.swatch),
            x: entry.x + Self.swatch, y: y, size: 12.5, color: one.style.textColor,
            weight: one.isEmphasized ? "bold" : "normal"),
        ]
      }
    }
  }

  // MARK: - Axes

  private func axes(_ frame: ChartFrame) -> [XMLElement] {
    var elements: [XMLElement] = []
    for tick in frame.y.values {
      let y = frame.down(tick)
      let isFloor = tick == frame.y.lower
      elements.append(
        SVG.line(ChartFrame.left, y, frame.right, y, color: isFloor ? "#8c959f" : "#e6e9ed"))
      elements.append(
        SVG.text(
          NumberText.fixed(tick, digits: frame.y.digits), x: ChartFrame.left - 10, y: y + 4.5,
          anchor: "end"))
    }
    let steps = NiceTicks(inside: frame.x)
    for tick in steps.values {
      let x = frame.across(tick)
      elements.append(SVG.line(x, frame.bottom, x, frame.bottom + 5, color: "#8c959f"))
      elements.append(
        SVG.text(
          NumberText.fixed(tick, digits: steps.digits), x: x, y: frame.bottom + 21,
          anchor: "middle"))
    }
    elements.append(
      SVG.text(
        horizontal, x: (ChartFrame.left + frame.right) / 2, y: frame.bottom + 43, anchor: "middle"))
    // Where a rule switches, each trial has a step of its own: all are drawn, and as many named as there is room for.
    var free = -Double.infinity
    for step in stageSwitches where frame.x.contains(step) {
      let x = frame.across(step)
      elements.append(SVG.line(x, frame.top, x, frame.bottom, color: "#8c959f", dashes: "4 4"))
      guard x >= free else { continue }
      elements.append(
        SVG.text("next stage", x: x + 5, y: frame.top + 11, size: 11.5, color: "#6e7781"))
      free = x + 75
    }
    return elements
  }

  // MARK: - Lines

  /// Fainter where many bands lie over each other.
  private func bands(_ frame: ChartFrame) -> [XMLElement] {
    let opacity = series.count <= 5 ? "0.13" : "0.06"
    return series.compactMap { one in
      guard one.band.count > 1 else { return nil }
      let upper = one.band.map { (frame.across($0.x), frame.down($0.upper)) }
      let lower = one.band.reversed().map { (frame.across($0.x), frame.down($0.lower)) }
      return XMLElement(
        "path",
        ["d": Self.path(upper + lower) + "Z", "fill": one.style.color, "fill-opacity": opacity])
    }
  }

  /// Single trials first, so that the means lie above them; the baseline's mean below the others.
  private func lines(_ frame: ChartFrame) -> [XMLElement] {
    let thin = series.flatMap { one in
      one.thin.filter { $0.count > 1 }.map {
        stroke($0, one.style, frame, width: 0.9, opacity: "0.38")
      }
    }
    let ordered = series.filter(\.isEmphasized) + series.filter { !$0.isEmphasized }
    let means = ordered.flatMap { one -> [XMLElement] in
      guard let last = one.line.last else { return [] }
      let dot = XMLElement(
        "circle",
        [
          "cx": NumberText.coordinate(frame.across(last.x)),
          "cy": NumberText.coordinate(frame.down(last.y)), "r": "3.5", "fill": one.style.color,
          "stroke": "#ffffff", "stroke-width": "1",
        ])
      guard one.line.count > 1 else { return [dot] }
      return [stroke(one.line, one.style, frame, width: 2.4, opacity: "1"), dot]
    }
    return thin + means
  }

  private func stroke(
    _ points: [(x: Double, y: Double)], _ style: LineStyle, _ frame: ChartFrame, width: Double,
    opacity: String
  ) -> XMLElement {
    XMLElement(
      "path",
      [
        "d": Self.path(points.map { (frame.across($0.x), frame.down($0.y)) }), "fill": "none",
        "stroke": style.color, "stroke-width": NumberText.coordinate(width),
        "stroke-opacity": opacity, "stroke-linejoin": "round", "stroke-linecap": "round",
        "stroke-dasharray": style.dashes.isEmpty ? "none" : style.dashes,
      ])
  }

  private static func path(_ points: [(Double, Double)]) -> String {
    points.enumerated().map { index, point in
      (index == 0 ? "M" : "L") + NumberText.coordinate(point.0) + " "
        + NumberText.coordinate(point.1)
    }.joined()
  }

  // MARK: - Labels at the lines' ends

  /// All labels stand in one column at the right; a fine leader joins each to its line.
  private func endLabels(_ frame: ChartFrame) -> [XMLElement] {
    let ends = series.filter { !$0.label.isEmpty }.compactMap { one in
      one.line.last.map { (series: one, end: $0) }
    }
    let centres = placedLabels(
      anchors: ends.map { frame.down($0.end.y) }, height: 17,
      within: frame.top...frame.bottom)
    return zip(ends, centres).flatMap { entry, centre -> [XMLElement] in
      let (one, end) = entry
      let (x, y) = (frame.across(end.x), frame.down(end.y))
      let isFar = frame.right - x > 1 || abs(centre - y) > 3
      let leader = SVG.line(
        x + 5, y, frame.right + 16, centre, color: one.style.color, width: 0.8, dashes: "1 3")
      let label = SVG.text(
        shortened(one.label, fontSize: ChartFrame.fontSize, to: 200), x: frame.right + 20,
        y: centre + 4.5, color: one.style.textColor,
        weight: one.isEmphasized ? "bold" : "normal")
      return isFar ? [leader, label] : [label]
    }
  }
}
