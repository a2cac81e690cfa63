/// A table for the terminal: columns by display width, three spaces apart, numbers to the right.
package struct ConsoleRenderer: Sendable {
  /// Whether the emphasised row and the headings may use ANSI bold and faint.
  private let usesANSI: Bool
  private let indent: String

  package init(usesANSI: Bool, indent: Int = 2) {
    self.usesANSI = usesANSI
    self.indent = String(repeating: " ", count: indent)
  }

  package func render(_ table: Table) -> String {
    let text = table.written()
    let headings = text.headings.map(Self.plain)
    let body = text.rows.map { row in
      row.map {
        (
          text: Self.plain($0.text),
          marks: ($0.isSignificant ? "†" : "") + MarkdownRenderer.superscript($0.marks)
        )
      }
    }
    // Footnote marks hang to the right of a column, so that the digits before them line up.
    let hanging = headings.indices.map { column in
      body.map { displayWidth($0[column].marks) }.max() ?? 0
    }
    let rows = body.map { row in
      zip(row, hanging).enumerated().map { column, pair in
        let (cell, room) = pair
        let fill = table.columns[column].alignment == .right ? room : 0
        return cell.text + cell.marks + Self.spaces(fill - displayWidth(cell.marks))
      }
    }
    let widths = headings.indices.map { column in
      ([headings[column]] + rows.map { $0[column] }).map(displayWidth).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var result = cells.enumerated().map { column, cell in
        let padding = Self.spaces(widths[column] - displayWidth(cell))
        return table.columns[column].alignment == .right ? padding + cell : cell + padding
      }.joined(separator: "   ")
      while result.last == " " { result.removeLast() }
      return result
    }
    var lines = [indent + styled(line(headings), "2")]
    for (cells, row) in zip(rows, table.rows) {
      lines.append(indent + (row.isEmphasized ? styled(line(cells), "1") : line(cells)))
    }
    for (index, note) in text.footnotes.enumerated() {
      lines.append("\(indent)\(MarkdownRenderer.superscript([index + 1])) \(Self.plain(note))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func styled(_ line: String, _ code: String) -> String {
    usesANSI ? "\u{1B}[\(code)m\(line)\u{1B}[0m" : line
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }

  /// Without control characters, so that no name can move the cursor or break the row.
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}

/// Columns that a terminal gives to a text: two for wide East Asian characters and emoji, none for
/// combining marks and joiners (Unicode Standard Annex 11, in its broad strokes).
package func displayWidth(_ text: String) -> Int {
  text.reduce(0) { width, character in
    guard let scalar = character.unicodeScalars.first else { return width }
    if character.unicodeScalars.allSatisfy({ $0.isZeroWidth }) { return width }
    // U+FE0F asks for the emoji form of a character that is narrow by itself.
    let asksForEmoji = character.unicodeScalars.contains { $0.value == 0xFE0F }
    return width + (scalar.isWide || asksForEmoji ? 2 : 1)
  }
}

extension Unicode.Scalar {
  fileprivate var isZeroWidth: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
  }

  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    default: properties.isEmojiPresentation
    }
  }
}
