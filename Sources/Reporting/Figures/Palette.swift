/// Colours that stay apart for every kind of colour vision (Okabe & Ito 2008, without the yellow,
/// which vanishes on white). From the eighth line on, dashes tell repeated colours apart.
struct LineStyle: Equatable {
  let color: String
  /// Darker where the line's own colour is too pale to read as text.
  let textColor: String
  /// SVG's `stroke-dasharray`; empty for a solid line.
  let dashes: String
  /// 0 for the baseline, then one after the other.
  let number: Int

  /// The baseline is dark and solid, the ground the others stand out from.
  static let baseline = LineStyle(color: "#24292f", textColor: "#24292f", dashes: "", number: 0)

  private static let colors = [
    ("#0072b2", "#0072b2"), ("#d55e00", "#b34f00"), ("#009e73", "#007a59"),
    ("#cc79a7", "#a3497b"), ("#e69f00", "#946600"), ("#56b4e9", "#1b78ad"),
  ]
  private static let patterns = ["", "7 4", "2 3", "10 3 2 3"]

  /// The style of the `index`-th line that is not the baseline.
  static func other(_ index: Int) -> LineStyle {
    let (color, textColor) = colors[index % colors.count]
    return LineStyle(
      color: color, textColor: textColor,
      dashes: patterns[(index / colors.count) % patterns.count], number: index + 1)
  }

  /// One style per line.
  static func styles(areBaseline flags: [Bool]) -> [LineStyle] {
    var others = 0
    return flags.map { isBaseline in
      guard !isBaseline else { return .baseline }
      others += 1
      return .other(others - 1)
    }
  }
}
