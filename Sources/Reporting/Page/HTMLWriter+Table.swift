internal import ResultStatistics

extension HTMLWriter {
  /// Where the cells of a table lead, and where links to it arrive.
  struct TableLinks {
    /// Unique on the page; the footnotes' anchors begin with it.
    var id: String
    /// Where a cell's text leads, by row and column; nil for plain text.
    var target: (_ row: Int, _ column: Int) -> String? = { _, _ in nil }
    /// The anchor of a column.
    var anchor: (_ column: Int) -> String? = { _ in nil }

    init(_ id: String) { self.id = id }
  }

  /// The table with the texts of every other format. Each number carries its full precision for sorting.
  ///
  /// - Parameter title: what a screen reader calls the table.
  mutating func table(_ table: Table, title: String, links: TableLinks) {
    let text = table.written()
    block(
      "div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": title]
    ) { page in
      page.block("table", ["class": "data", "id": links.id]) { page in
        page.element("thead") { page in
          page.element("tr") { page in
            for (place, heading) in text.headings.enumerated() {
              page.heading(
                heading, alignment: table.columns[place].alignment, anchor: links.anchor(place))
            }
          }
        }
        page.block("tbody") { page in
          for (place, row) in table.rows.enumerated() {
            page.row(row, place, text.rows[place], table.columns, links)
          }
        }
      }
    }
    if !table.caption.isEmpty { element("p", ["class": "caption"], text: table.caption) }
    if text.footnotes.isEmpty { return }
    block("ol", ["class": "footnotes"]) { page in
      for (place, note) in text.footnotes.enumerated() {
        page.element("li", ["id": "\(links.id)-note-\(place + 1)"], text: note)
      }
    }
  }

  private mutating func heading(_ text: String, alignment: Table.Alignment, anchor: String?) {
    let side = alignment == .right ? "right" : "left"
    // A line may not end between a number and its unit.
    let text = text.replacing(" %", with: "\u{A0}%")
    guard let anchor else {
      return element("th", ["scope": "col", "class": side]) { $0.name(text) }
    }
    element("th", ["scope": "col", "class": side, "id": anchor]) { $0.name(text) }
  }

  private mutating func row(
    _ row: Table.Row, _ place: Int, _ cells: [TableText.Cell], _ columns: [Table.Column],
    _ links: TableLinks
  ) {
    element("tr", row.isEmphasized ? ["class": "emphasized"] : [:]) { page in
      for (column, cell) in cells.enumerated() {
        let content: (inout HTMLWriter) -> Void = { page in
          if let target = links.target(place, column) {
            page.element("a", ["class": "cell", "href": target]) { $0.score(cell) }
          } else if case .text = row.cells[column].content {
            page.name(cell.text)
          } else {
            page.score(cell)
          }
          if cell.isSignificant { page.text("†") }
          page.marks(cell.marks, links.id)
        }
        if column == 0 {
          page.element("th", ["scope": "row"], content)
        } else {
          page.cell(row.cells[column].content, columns[column], content)
        }
      }
    }
  }

  /// The number of the best in bold, of the second underlined; the interval behind it as it is.
  private mutating func score(_ cell: TableText.Cell) {
    let (number, rest) = cell.parts
    switch cell.standing {
    case .best: element("strong", text: number)
    case .second: element("u", text: number)
    case .other: text(number)
    }
    text(rest)
  }

  private mutating func cell(
    _ content: Table.Cell.Content, _ column: Table.Column, _ write: (inout HTMLWriter) -> Void
  ) {
    let side = column.alignment == .right ? "right" : "left"
    if let key = content.sortKey {
      element("td", ["class": side, "data-value": key], write)
    } else if case .text(let word) = content, column.isVerdict {
      // A sign before the word, so that no verdict is told by its colour alone.
      element("td", ["class": "\(side) verdict-\(fileName(word))"], write)
    } else {
      element("td", ["class": side], write)
    }
  }

  private mutating func marks(_ marks: [Int], _ id: String) {
    if marks.isEmpty { return }
    element("sup") { page in
      for (place, mark) in marks.enumerated() {
        if place > 0 { page.text(",") }
        page.element("a", ["href": "#\(id)-note-\(mark)"], text: "\(mark)")
      }
    }
  }
}

extension Table.Column {
  fileprivate var isVerdict: Bool { key == "verdict" || key.hasSuffix("_verdict") }
}

extension Table.Cell.Content {
  /// The number that a column is sorted by; nil where there is none: text, or what is absent.
  fileprivate var sortKey: String? {
    switch self {
    case .text, .absent: nil
    case .number(let value), .pValue(let value), .paper(let value, _): NumberText.full(value)
    case .estimate(let estimate): estimate.mean.map(NumberText.full)
    case .difference(let comparison): comparison.difference.map(NumberText.full)
    case .measured(let value, _), .effect(let value, _): NumberText.full(value)
    case .count(let count, _): "\(count)"
    }
  }
}
