/// A table for a paper, in the lines of booktabs: no other package is needed.
package struct LaTeXRenderer: Sendable {
  package init() {}

  /// - Parameters:
  ///   - caption: plain text, in place of the table's own.
  ///   - label: what `\ref` names; letters, digits, hyphens and colons.
  package func render(_ table: Table, caption: String, label: String) -> String {
    let text = table.written()
    let escaped = LaTeXText.escaped
    var lines = ["\\begin{table}[htbp]", "\\centering"]
    if !caption.isEmpty { lines.append("\\caption{\(escaped(caption))}") }
    lines.append("\\label{\(label)}")
    let columns = table.columns.map { $0.alignment == .right ? "r" : "l" }.joined()
    lines += ["\\begin{tabular}{\(columns)}", "\\toprule"]
    lines.append(row(text.headings.map(escaped)))
    lines.append("\\midrule")
    for (cells, source) in zip(text.rows, table.rows) {
      lines.append(
        row(
          cells.enumerated().map { index, cell in
            let isBold = source.isEmphasized && index == 0 && !cell.text.isEmpty
            let written = isBold ? "\\textbf{\(escaped(cell.text))}" : Self.marked(cell)
            return written + (cell.isSignificant ? "\\textsuperscript{\\dag}" : "")
              + Self.superscript(cell.marks)
          }))
    }
    lines += ["\\bottomrule", "\\end{tabular}"]
    if !text.footnotes.isEmpty {
      lines += ["\\par\\smallskip", "\\begin{minipage}{\\linewidth}\\footnotesize"]
      for (index, note) in text.footnotes.enumerated() {
        lines.append("\(Self.superscript([index + 1]))~\(escaped(note))\\par")
      }
      lines.append("\\end{minipage}")
    }
    lines.append("\\end{table}")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func marked(_ cell: TableText.Cell) -> String {
    let (number, rest) = (LaTeXText.escaped(cell.parts.number), LaTeXText.escaped(cell.parts.rest))
    switch cell.standing {
    case .best: return "\\textbf{\(number)}\(rest)"
    case .second: return "\\underline{\(number)}\(rest)"
    case .other: return LaTeXText.escaped(cell.text)
    }
  }

  private func row(_ cells: [String]) -> String {
    let text = cells.joined(separator: " & ") + " \\\\"
    // The line break or rule before would take it for an option of its own.
    return text.hasPrefix("[") || text.hasPrefix("*") ? "{}" + text : text
  }

  private static func superscript(_ marks: [Int]) -> String {
    marks.isEmpty ? "" : "\\textsuperscript{\(marks.map(String.init).joined(separator: ","))}"
  }
}
