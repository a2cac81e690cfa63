internal import ResultStatistics

/// A table as CSV after RFC 4180: lines end with CR LF, fields with commas, quotes or line breaks
/// are quoted. Numbers keep full precision; what is absent is an empty field.
package struct CSVRenderer: Sendable {
  package init() {}

  package func render(_ table: Table) -> String {
    let notes = table.rows.map { row in
      row.cells.flatMap(\.footnotes).reduce(into: [String]()) { unique, note in
        if !unique.contains(note) { unique.append(note) }
      }.joined(separator: " · ")
    }
    let hasNotes = notes.contains { !$0.isEmpty }
    let header =
      table.columns.flatMap { column in column.kind.suffixes.map { column.key + $0 } }
      + (hasNotes ? ["notes"] : [])
    let rows = zip(table.rows, notes).map { row, note in
      zip(row.cells, table.columns).flatMap { cell, column in
        Self.fields(cell.content, count: column.kind.suffixes.count)
      } + (hasNotes ? [note] : [])
    }
    return Self.text([header] + rows)
  }

  /// Records as CSV text, each field quoted where it must be.
  package static func text(_ records: [[String]]) -> String {
    records.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// By bytes and not by characters: CR LF is a single Character, and a combining mark after a
  /// comma or a quote would hide it.
  private static func quoted(_ field: String) -> String {
    let special: [UInt8] = [
      UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
    ]
    guard field.utf8.contains(where: special.contains) else { return field }
    var result = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  private static func fields(_ content: Table.Cell.Content, count: Int) -> [String] {
    func text(_ value: Double?) -> String { value.map(NumberText.full) ?? "" }
    switch content {
    case .text(let text): return [text]
    case .number(let value), .pValue(let value): return [text(value)]
    case .estimate(let estimate):
      return [
        text(estimate.mean), text(estimate.standardDeviation), text(estimate.interval?.lower),
        text(estimate.interval?.upper), "\(estimate.count)", "\(estimate.planned)",
      ]
    case .difference(let comparison):
      return [
        text(comparison.difference), text(comparison.interval?.lower),
        text(comparison.interval?.upper), "\(comparison.count)", "\(comparison.planned)",
      ]
    case .measured(let value, let interval), .effect(let value, let interval):
      return [text(value), text(interval?.lower), text(interval?.upper)]
    case .count(let count, let planned): return ["\(count)", "\(planned)"]
    case .paper(let value, let error): return [text(value), text(error)]
    case .absent: return Array(repeating: "", count: count)
    }
  }
}

extension Table.Kind {
  /// What is added to a column's key, one entry per CSV column.
  var suffixes: [String] {
    switch self {
    case .text, .number, .pValue: [""]
    case .estimate: ["", "_standard_deviation", "_lower", "_upper", "_n", "_planned"]
    case .difference: ["", "_lower", "_upper", "_n", "_planned"]
    case .count: ["_n", "_planned"]
    case .paper: ["", "_error"]
    case .measured, .effect: ["", "_lower", "_upper"]
    }
  }
}
