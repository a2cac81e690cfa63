/// A table as GitHub-flavoured Markdown: aligned columns, the emphasised row in bold, footnotes below.
package struct MarkdownRenderer: Sendable {
  package init() {}

  package func render(_ table: Table) -> String {
    let text = table.written()
    var lines = [row(text.headings.map(Self.escaped))]
    lines.append(row(table.columns.map { $0.alignment == .right ? "---:" : ":---" }))
    for (cells, source) in zip(text.rows, table.rows) {
      lines.append(
        row(
          cells.enumerated().map { index, cell in
            let escaped = Self.escaped(cell.text)
            let isBold = source.isEmphasized && index == 0 && !escaped.isEmpty
            let text = isBold ? "**\(escaped)**" : Self.marked(cell)
            return text + (cell.isSignificant ? "†" : "") + Self.superscript(cell.marks)
          }))
    }
    var result = lines.joined(separator: "\n") + "\n"
    if !table.caption.isEmpty { result += "\n\(Self.escaped(table.caption))\n" }
    for (index, note) in text.footnotes.enumerated() {
      result += "\n\(Self.superscript([index + 1])) \(Self.escaped(note))  "
    }
    if !text.footnotes.isEmpty { result += "\n" }
    return result
  }

  private static func marked(_ cell: TableText.Cell) -> String {
    switch cell.standing {
    case .best: return "**\(escaped(cell.parts.number))**\(escaped(cell.parts.rest))"
    case .second: return "<ins>\(escaped(cell.parts.number))</ins>\(escaped(cell.parts.rest))"
    case .other: return escaped(cell.text)
    }
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// Bytes of what is written otherwise.
  private static let special = Set("\\|*_`~#<>&\n\r\t]".utf8)

  /// Text that Markdown shows as it is: no cell ends early, no name turns into markup or HTML.
  package static func escaped(_ text: String) -> String {
    // Digits and names of most cells: ten thousand trials are looked through in no time.
    if !text.utf8.contains(where: special.contains) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "|", "*", "_", "`", "~", "#": result += "\\" + String(scalar)
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\n", "\r", "\t": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    // `[label](target)` and `[label]: target` are links; intervals alone are not.
    return result.replacing("](", with: "]\\(").replacing("]:", with: "]\\:")
  }

  /// ¹ ² ³, separated by thin commas when there are several.
  static func superscript(_ marks: [Int]) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return marks.map { mark in
      String(String(mark).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }.joined(separator: "˒")
  }
}
