/// What figures are drawn of. Attributes only, no style sheet and no script: every viewer and converter draws them
/// alike.
enum SVG {
  static let faint = "#57606a"
  static let dark = "#1f2328"

  static func text(
    _ content: String, x: Double, y: Double, size: Double = 13, color: String = faint,
    anchor: String = "start", weight: String = "normal"
  ) -> XMLElement {
    XMLElement(
      "text",
      [
        "x": NumberText.coordinate(x), "y": NumberText.coordinate(y),
        "font-size": NumberText.coordinate(size), "fill": color, "text-anchor": anchor,
        "font-weight": weight,
      ], text: content)
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double = 1,
    dashes: String = "none"
  ) -> XMLElement {
    XMLElement(
      "line",
      [
        "x1": NumberText.coordinate(x1), "y1": NumberText.coordinate(y1),
        "x2": NumberText.coordinate(x2), "y2": NumberText.coordinate(y2), "stroke": color,
        "stroke-width": NumberText.coordinate(width), "stroke-dasharray": dashes,
      ])
  }

  static func circle(
    _ x: Double, _ y: Double, radius: Double, color: String, opacity: String = "1"
  ) -> XMLElement {
    XMLElement(
      "circle",
      [
        "cx": NumberText.coordinate(x), "cy": NumberText.coordinate(y),
        "r": NumberText.coordinate(radius), "fill": color, "fill-opacity": opacity,
      ])
  }

  static func rectangle(
    x: Double, y: Double, width: Double, height: Double, color: String
  ) -> XMLElement {
    XMLElement(
      "rect",
      [
        "x": NumberText.coordinate(x), "y": NumberText.coordinate(y),
        "width": NumberText.coordinate(width), "height": NumberText.coordinate(height),
        "fill": color,
      ])
  }

  static func document(_ figure: XMLElement) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + figure.written()
  }

  /// A whole figure with its heading. The background is drawn, so it reads the same on white and on dark pages.
  ///
  /// - Parameter description: what is seen, for those who do not see it.
  static func figure(
    title: String, subtitle: String, description: String, width: Double, height: Double,
    children: [XMLElement]
  ) -> XMLElement {
    let background = XMLElement(
      "rect",
      [
        "x": "0.5", "y": "0.5", "width": NumberText.coordinate(width - 1),
        "height": NumberText.coordinate(height - 1), "rx": "8", "fill": "#ffffff",
        "stroke": "#d0d7de",
      ])
    return XMLElement(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": NumberText.coordinate(width),
        "height": NumberText.coordinate(height),
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))",
        "role": "img", "font-family": "Helvetica, Arial, sans-serif",
      ],
      children: [
        XMLElement("title", text: title), XMLElement("desc", text: description), background,
        text(title, x: 24, y: 34, size: 17, color: dark, weight: "bold"),
        text(shortened(subtitle, fontSize: 12.5, to: width - 48), x: 24, y: 55, size: 12.5),
      ] + children)
  }
}
