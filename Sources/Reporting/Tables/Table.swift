package import ResultStatistics

/// A table before it is Markdown, CSV or console text, so that all of them say the same.
package struct Table: Sendable, Hashable {
  package let columns: [Column]
  package private(set) var rows: [Row]
  /// What the numbers are, in a sentence or two, plain text.
  package let caption: String

  /// - Precondition: every row has one cell per column.
  package init(columns: [Column], rows: [Row], caption: String = "") {
    precondition(
      rows.allSatisfy { $0.cells.count == columns.count }, "a row has one cell per column")
    self.columns = columns
    self.rows = rows
    self.caption = caption
  }
}

extension Table {
  package enum Alignment: Sendable, Hashable { case left, right }

  /// What the cells of a column hold, and with it which CSV columns it becomes.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case text
    /// One number.
    case number
    /// A mean over seeds with spread, interval and count.
    case estimate
    /// A paired difference with interval and count.
    case difference
    /// A p-value.
    case pValue
    /// n of N.
    case count
    /// A number of the source with its error.
    case paper
    /// A value with its interval.
    case measured
    /// A difference with its interval, always with its sign.
    case effect
  }

  package struct Column: Sendable, Hashable {
    /// The name in CSV files.
    package let key: String
    package let heading: String
    /// Such as `%`; empty for none.
    package let unit: String
    /// Follows the unit in the heading: direction and interval, such as `↑ [95 %]`.
    package let remark: String
    package let kind: Kind
    package let alignment: Alignment
    /// The most decimals; columns with intervals show fewer when their spread is wide.
    package let digits: Int

    package init(
      key: String, heading: String, unit: String = "", remark: String = "", kind: Kind,
      alignment: Alignment? = nil, digits: Int = 0
    ) {
      self.key = key
      self.heading = heading
      self.unit = unit
      self.remark = remark
      self.kind = kind
      self.alignment = alignment ?? (kind == .text ? .left : .right)
      self.digits = digits
    }
  }

  package struct Row: Sendable, Hashable {
    package let cells: [Cell]
    /// Set in bold: the baseline of a study, what moved in a check.
    package let isEmphasized: Bool
    /// Follows the first cell in brackets, but for programs: `base`.
    package let mark: String

    package init(_ cells: [Cell], isEmphasized: Bool = false, mark: String = "") {
      self.cells = cells
      self.isEmphasized = isEmphasized
      self.mark = mark
    }
  }

  package struct Cell: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
      case text(String)
      case number(Double)
      case estimate(MeanEstimate)
      case difference(PairedComparison)
      case pValue(Double)
      case count(Int, of: Int)
      case paper(Double, error: Double?)
      case measured(Double, Interval?)
      case effect(Double, Interval?)
      /// Nothing is known: `–`, never 0.
      case absent
    }

    /// A cell's place among the rows of its column.
    package enum Standing: Sendable, Hashable { case best, second, other }

    package let content: Content
    /// Numbered below the table; equal texts share a number.
    package let footnotes: [String]
    package var standing = Standing.other
    /// Whether it differs from the baseline after Holm's adjustment: † in a table.
    package var isSignificant = false

    package init(_ content: Content, footnotes: [String] = []) {
      self.content = content
      self.footnotes = footnotes
    }

    package static func text(_ text: String) -> Cell { Cell(.text(text)) }
    package static func number(_ value: Double) -> Cell { Cell(.number(value)) }
    package static let absent = Cell(.absent)
  }
}
