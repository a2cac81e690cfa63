internal import ResultStatistics

/// A table with every cell written out: what Markdown and the console share.
struct TableText {
  struct Cell {
    var text: String
    var standing = Table.Cell.Standing.other
    var isSignificant = false
    /// Numbers of its footnotes.
    var marks: [Int]

    /// The number, and the interval behind it with the space between: what is best is bold in its number alone.
    var parts: (number: String, rest: String) {
      let end = text.firstRange(of: " [")?.lowerBound ?? text.endIndex
      return (String(text[..<end]), String(text[end...]))
    }
  }

  var headings: [String]
  var rows: [[Cell]]
  /// In the order of their first appearance, row by row.
  var footnotes: [String]
}

extension Table {
  /// Writes every cell with its column's decimals and numbers the footnotes.
  func written() -> TableText {
    let digits = columns.indices.map(digits(ofColumn:))
    var footnotes: [String] = []
    let rows = rows.map { row in
      zip(row.cells, digits).enumerated().map { place, pair in
        let (cell, digits) = pair
        let mark = place == 0 && !row.mark.isEmpty ? " (\(row.mark))" : ""
        return TableText.Cell(
          text: cell.content.text(digits: digits) + mark, standing: cell.standing,
          isSignificant: cell.isSignificant,
          marks: cell.footnotes.map { note in
            if let known = footnotes.firstIndex(of: note) { return known + 1 }
            footnotes.append(note)
            return footnotes.count
          })
      }
    }
    return TableText(headings: columns.map(\.headingText), rows: rows, footnotes: footnotes)
  }

  /// Decimals of a column: digits follow the spread. The narrowest interval of the column decides,
  /// so that every row can be read, and the column's own limit holds. One number of decimals per
  /// column keeps the points under each other.
  func digits(ofColumn index: Int) -> Int {
    let column = columns[index]
    let spreads = rows.compactMap { $0.cells[index].content.spread }.filter { $0 > 0 }
    guard let narrowest = spreads.min() else { return column.digits }
    return min(column.digits, NumberText.digits(showing: narrowest))
  }
}

extension Table.Column {
  /// The heading with its unit and remark.
  var headingText: String {
    heading + (unit.isEmpty ? "" : ", \(unit)") + (remark.isEmpty ? "" : " \(remark)")
  }
}

extension Table.Cell.Content {
  /// Half the interval's width, or the error; nil for cells without one.
  fileprivate var spread: Double? {
    switch self {
    case .estimate(let estimate): estimate.interval?.halfWidth
    case .difference(let comparison): comparison.interval?.halfWidth
    case .measured(_, let interval), .effect(_, let interval): interval?.halfWidth
    default: nil
    }
  }

  /// The cell as a person reads it.
  func text(digits: Int) -> String {
    switch self {
    case .text(let text): return text
    case .number(let value): return NumberText.fixed(value, digits: digits)
    case .estimate(let estimate):
      guard let mean = estimate.mean else { return "–" }
      return NumberText.fixed(mean, digits: digits)
        + Self.bracketed(estimate.interval) { NumberText.fixed($0, digits: digits) }
    case .difference(let comparison):
      guard let difference = comparison.difference else { return "–" }
      return NumberText.signed(difference, digits: digits)
        + Self.bracketed(comparison.interval) { NumberText.signed($0, digits: digits) }
    case .pValue(let p): return NumberText.pValue(p)
    case .count(let count, let planned): return "\(count)/\(planned)"
    case .paper(let value, let error):
      return NumberText.fixed(value, digits: digits)
        + (error.map { " ± " + NumberText.fixed($0, digits: digits) } ?? "")
    case .measured(let value, let interval):
      return NumberText.fixed(value, digits: digits)
        + Self.bracketed(interval) { NumberText.fixed($0, digits: digits) }
    case .effect(let value, let interval):
      return NumberText.signed(value, digits: digits)
        + Self.bracketed(interval) { NumberText.signed($0, digits: digits) }
    case .absent: return "–"
    }
  }

  private static func bracketed(_ interval: Interval?, _ text: (Double) -> String) -> String {
    guard let interval else { return " [–]" }
    return " [\(text(interval.lower)), \(text(interval.upper))]"
  }
}
