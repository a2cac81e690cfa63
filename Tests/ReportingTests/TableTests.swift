import ResultStatistics
import Testing

@testable import Reporting

private let columns: [Table.Column] = [
  .init(key: "name", heading: "name", kind: .text),
  .init(key: "score", heading: "score", unit: "%", kind: .estimate, digits: 3),
]

private func cell(_ values: [Double]) -> Table.Cell {
  Table.Cell(.estimate(MeanEstimate(of: values.map { .value($0) })))
}

@Suite("Tables")
struct TableTests {
  @Test("digits follow the narrowest spread of the column, up to the column's limit")
  func digits() {
    // Half widths: t(2)·s/√3 = 4.303·1/1.732 = 2.5 and 0.25: two significant digits need 2 decimals.
    let rows = [
      Table.Row([.text("a"), cell([1, 2, 3])]), Table.Row([.text("b"), cell([1, 1.1, 1.2])]),
    ]
    let text = Table(columns: columns, rows: rows).written()
    #expect(text.rows[0][1].text == "2.00 [−0.48, 4.48]")
    #expect(text.rows[1][1].text == "1.10 [0.85, 1.35]")
    let wide = Table(columns: columns, rows: [Table.Row([.text("a"), cell([10, 200, 30])])])
      .written()
    #expect(wide.rows[0][1].text == "80 [−179, 339]")
  }

  @Test("absent is a dash in text and an empty field in CSV, never 0")
  func absent() {
    let table = Table(columns: columns, rows: [Table.Row([.text("a"), .absent])])
    #expect(MarkdownRenderer().render(table).contains("| a | – |"))
    #expect(CSVRenderer().render(table).hasSuffix("a,,,,,,\r\n"))
  }

  @Test("one seed prints its mean with an open bracket and a footnote")
  func oneSeed() {
    let analysis = StudyAnalysis(ExampleStudy.plain([[25.1], [26]]))
    let text = ConsoleRenderer(usesANSI: false).render(analysis.scoreTable())
    #expect(text.contains("25.1 [–]¹"))
    #expect(text.contains("¹ one seed has no spread, so there is no interval"))
    #expect(text.contains("undecided"))
  }

  @Test("equal footnotes share a number, in order of appearance")
  func footnotes() {
    let note = { (text: String) in Table.Cell(.text("x"), footnotes: [text]) }
    let table = Table(
      columns: [columns[0], columns[0]],
      rows: [
        Table.Row([note("later"), note("first")]), Table.Row([note("first"), note("later")]),
      ])
    let text = table.written()
    #expect(text.footnotes == ["later", "first"])
    #expect(text.rows.map { $0.map(\.marks) } == [[[1], [2]], [[2], [1]]])
  }

  private static let awkward =
    "a|b, \"c\" _d_ & <script>\u{1F600} \u{5E9}\u{5DC}\u{5D5}\u{5DD}\r\nx"

  @Test("awkward names stay one Markdown cell and turn into no markup")
  func markdownEscapes() {
    let table = Table(columns: [columns[0]], rows: [Table.Row([.text(Self.awkward)])])
    let line = MarkdownRenderer().render(table).split(separator: "\n")[2]
    #expect(
      line
        == "| a\\|b, \"c\" \\_d\\_ &amp; &lt;script&gt;\u{1F600} \u{5E9}\u{5DC}\u{5D5}\u{5DD}  x |")
    #expect(MarkdownRenderer.escaped("[x](y)") == "[x]\\(y)")
  }

  @Test("awkward names survive CSV: quoted where they must be, quotes doubled")
  func csvEscapes() {
    let text = CSVRenderer.text([["plain", Self.awkward], [",\u{301}", "\"\u{301}"]])
    #expect(
      text.unicodeScalars.elementsEqual(
        "plain,\"a|b, \"\"c\"\" _d_ & <script>\u{1F600} \u{5E9}\u{5DC}\u{5D5}\u{5DD}\r\nx\"\r\n\",\u{301}\",\"\"\"\u{301}\"\r\n"
          .unicodeScalars))
  }

  @Test("no name can move the cursor of a terminal")
  func consoleEscapes() {
    let table = Table(columns: [columns[0]], rows: [Table.Row([.text("a\u{1B}[2J\nb\u{7}")])])
    let text = ConsoleRenderer(usesANSI: false).render(table)
    #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{7}"))
    #expect(text.split(separator: "\n").count == 2)
  }

  @Test(
    "display width",
    arguments: [
      ("abc", 3), ("\u{65E5}\u{672C}", 4), ("e\u{301}", 1), ("\u{1F600}", 2), ("\u{200B}", 0),
      ("❤\u{FE0F}", 2), ("−↑¹–", 4), ("", 0),
    ])
  func width(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test("columns of the console line up by display width")
  func alignment() {
    let rows = ["abc", "\u{65E5}\u{672C}\u{8A9E}", "e\u{301}", "\u{1F600}x"].map {
      Table.Row([.text($0), .number(1)])
    }
    let table = Table(
      columns: [columns[0], .init(key: "n", heading: "n", kind: .number)], rows: rows)
    let widths = ConsoleRenderer(usesANSI: false).render(table).split(separator: "\n")
      .map { displayWidth(String($0)) }
    #expect(Set(widths).count == 1)
  }
}
