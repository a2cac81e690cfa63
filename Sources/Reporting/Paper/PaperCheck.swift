/// Holds the numbers of a paper against the present results.
package struct PaperCheck: Sendable {
  private let studies: [String]
  private let present: [String: ReportedNumber]
  /// In the order of the studies, for texts that several macros have.
  private let all: [ReportedNumber]
  private let committed: [NumbersFile]

  /// - Parameters:
  ///   - present: of each study that the paper quotes.
  ///   - committed: the `numbers.tex` that the paper reads.
  package init(present: [StudyAnalysis], committed: [NumbersFile]) {
    studies = present.map(\.results.name)
    all = present.flatMap(\.reportedNumbers)
    self.present = Dictionary(all.map { ($0.macro, $0) }, uniquingKeysWith: { first, _ in first })
    self.committed = committed
  }

  /// Every macro that may be written, for suggestions.
  package var macros: [String] { all.map(\.macro) }

  /// In the order of the text.
  package func findings(in text: PaperText) -> [PaperFinding] {
    var index = ValueIndex(all, committed)
    let found = text.macros.compactMap(finding) + text.numbers.compactMap { index.finding($0) }
    return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private func finding(_ macro: PaperText.Mention) -> PaperFinding? {
    let written = committed.flatMap(\.macros).first { $0.name == macro.text }
    guard let number = present[macro.text] else {
      return PaperFinding(
        range: macro.range, fault: .unknownMacro(wasThere: written?.expansion, studies: studies),
        text: macro.text)
    }
    if committed.isEmpty { return nil }
    guard let written else {
      return PaperFinding(
        range: macro.range, fault: .unwrittenMacro, text: macro.text, macros: [macro.text])
    }
    guard written.expansion != number.expansion else { return nil }
    return PaperFinding(
      range: macro.range, fault: .staleMacro(was: written.expansion, is: number.text),
      text: macro.text, macros: [macro.text])
  }
}

/// Something in a paper that does not agree with the results, or will not the next time they change.
package struct PaperFinding: Sendable, Hashable {
  package enum Fault: Sendable, Hashable {
    /// - wasThere: what it expanded to in `numbers.tex`; nil when it was not there either.
    case unknownMacro(wasThere: String?, studies: [String])
    /// It exists, but not yet in the file that the paper reads.
    case unwrittenMacro
    case staleMacro(was: String, is: String)
    /// A number of the tables, typed.
    case handTyped
    /// - table: how the tables print the same number.
    case otherRounding(table: String)
    /// It stood in `numbers.tex`, and no present number is like it.
    case staleNumber(macro: String, is: String?)
  }

  package let range: Range<Int>
  package let fault: Fault
  /// What stands there: a number, or a macro without its backslash.
  package let text: String
  /// Macros that hold it; none when nothing does.
  package let macros: [String]

  init(range: Range<Int>, fault: Fault, text: String, macros: [String] = []) {
    self.range = range
    self.fault = fault
    self.text = text
    self.macros = macros
  }
}

/// Numbers of the results by how they can be typed.
private struct ValueIndex {
  private struct Entry {
    var magnitude: String
    var isNegative: Bool
    /// As the tables print it, without sign.
    var table: String
    var macro: String
  }

  private let values: [(value: ReportedNumber.Value, macro: String)]
  /// By magnitude, as the tables print it.
  private let exact: [String: [Entry]]
  /// By magnitude, rounded to so many decimals.
  private var rounded: [Int: [String: [Entry]]] = [:]
  /// What stood in `numbers.tex`, without signs, and what the macro is now.
  private var old: [String: (macro: String, now: String?)] = [:]

  /// Fewer significant digits are equal by chance too often.
  private static let significantDigits = (exact: 2, rounded: 3)

  init(_ numbers: [ReportedNumber], _ committed: [NumbersFile]) {
    values = numbers.flatMap { number in number.values.map { ($0, number.macro) } }
    exact = Dictionary(
      grouping: values.map { value, macro in
        Self.entry(value, macro, digits: value.digits)
      }, by: \.magnitude)
    let now = Dictionary(
      numbers.map { ($0.macro, $0.text) }, uniquingKeysWith: { first, _ in first })
    for macro in committed.flatMap(\.macros) {
      for found in macro.expansion.matches(of: #/[0-9]+\.[0-9]+/#) {
        let text = String(found.output)
        if old[text] == nil { old[text] = (macro.name, now[macro.name]) }
      }
    }
  }

  private static func entry(
    _ value: ReportedNumber.Value, _ macro: String, digits: Int
  ) -> Entry {
    Entry(
      magnitude: NumberText.fixed(value.number.magnitude, digits: digits),
      isNegative: value.number < 0,
      table: NumberText.fixed(value.number.magnitude, digits: value.digits), macro: macro)
  }

  mutating func finding(_ number: PaperText.Number) -> PaperFinding? {
    let significant = number.text.filter(\.isNumber).drop { $0 == "0" }.count
    guard significant >= Self.significantDigits.exact else { return nil }
    let typed = fits(number, exact[number.text] ?? [])
    if !typed.isEmpty {
      return PaperFinding(
        range: number.range, fault: .handTyped, text: number.text, macros: macros(typed))
    }
    guard significant >= Self.significantDigits.rounded else { return nil }
    let digits = number.text.split(separator: ".").last?.count ?? 0
    let rounded = fits(number, entries(digits: digits)[number.text] ?? [])
    if let first = rounded.first {
      return PaperFinding(
        range: number.range, fault: .otherRounding(table: first.table), text: number.text,
        macros: macros(rounded))
    }
    guard let old = old[number.text] else { return nil }
    return PaperFinding(
      range: number.range, fault: .staleNumber(macro: old.macro, is: old.now), text: number.text,
      macros: [old.macro])
  }

  /// Of the numbers that the tables do not print with so many decimals.
  private mutating func entries(digits: Int) -> [String: [Entry]] {
    if let known = rounded[digits] { return known }
    let entries = Dictionary(
      grouping: values.filter { $0.value.digits != digits }.map {
        Self.entry($0.value, $0.macro, digits: digits)
      }, by: \.magnitude)
    rounded[digits] = entries
    return entries
  }

  /// A sign that was typed must be the number's; none fits both, as in “1.9 points lower”.
  private func fits(_ number: PaperText.Number, _ entries: [Entry]) -> [Entry] {
    entries.filter { number.isNegative == nil || number.isNegative == $0.isNegative }
  }

  private func macros(_ entries: [Entry]) -> [String] {
    entries.map(\.macro).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
