/// Rows of text in columns, for a terminal: the first column to the left, the others to the right.
struct PlainTable {
  private var rows: [[String]]

  init(header: [String]) { rows = [header] }

  /// - Parameter cells: as many as the header has.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == rows[0].count)
    rows.append(cells)
  }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Numbers as a person reads them.
enum Reading {
  /// What stands where nothing was measured.
  static let nothing = "–"

  /// Three significant digits, never fewer than the whole part: `0.0312`, `4.25`, `118`, `15,021`.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return nothing }
    let magnitude = abs(value)
    if magnitude >= 1000 { return grouped(Int(value.rounded())) }
    var decimals = 0
    var scaled = magnitude
    while scaled > 0 && scaled < 99.95 && decimals < 6 {
      scaled *= 10
      decimals += 1
    }
    return fixed(value, decimals: magnitude == 0 ? 0 : decimals)
  }

  static func number(_ value: Double?) -> String { value.map(number) ?? nothing }

  /// Two decimals.
  static func fraction(_ value: Double?) -> String {
    value.map { fixed($0, decimals: 2) } ?? nothing
  }

  static func fixed(_ value: Double, decimals: Int) -> String {
    var power = 1
    for _ in 0..<decimals { power *= 10 }
    let scaled = Int((abs(value) * Double(power)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + grouped(scaled) }
    let digits = String(scaled % power)
    let zeros = String(repeating: "0", count: decimals - digits.count)
    return "\(sign)\(grouped(scaled / power)).\(zeros)\(digits)"
  }

  /// `1,234,567`.
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  static func milliseconds(_ seconds: Double) -> String { number(seconds * 1000) + " ms" }

  static func megabytes(_ bytes: Int) -> String { grouped((bytes + 500_000) / 1_000_000) + " MB" }
}
