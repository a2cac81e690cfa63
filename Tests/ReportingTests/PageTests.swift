import Foundation
import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

func page(_ results: StudyResults) -> String {
  StudyPage(StudyAnalysis(results), band: .range).html
}

@Suite("The page")
struct PageTests {
  private static let detailed = page(DetailedStudy.results)

  @Test("a study with claims, stages and settings, without style sheet and program")
  func golden() throws {
    var text = Self.detailed
    // The policy holds digests of both.
    for part in [PageStyle.text, PageScript.text, ContentPolicy.text] {
      #expect(text.contains(part))
      text = text.replacing(part, with: "…")
    }
    try expectGolden(text, "page.html")
  }

  @Test(
    "every element is closed, by an independent parser",
    arguments: [
      ExampleStudy.results, DetailedStudy.results, ExampleStudy.plain([[nil, nil], [nil, nil]]),
      ExampleStudy.plain([[1]]),
    ])
  func wellFormed(results: StudyResults) throws {
    let reader = try #require(PageReader.read(page(results)))
    #expect(reader.all("h1").map(\.text) == [results.title])
    #expect(reader.programs.count == 1 && reader.styles.count == 1)
  }

  @Test("every link arrives: at one place of the page, or at a file of the report")
  func links() throws {
    let files = Set(StudyReport(DetailedStudy.results).files().map(\.path))
    let reader = try #require(PageReader.read(Self.detailed))
    let ids = reader.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let targets = reader.elements.compactMap { $0.attributes["href"] }
    #expect(targets.count > 20)
    for target in targets {
      #expect(
        target.first == "#" ? ids.contains(String(target.dropFirst())) : files.contains(target))
    }
  }

  @Test("nothing is loaded: no source, and a policy that knows the program and the style by digest")
  func policy() throws {
    let reader = try #require(PageReader.read(Self.detailed))
    #expect(reader.elements.allSatisfy { $0.attributes["src"] == nil })
    #expect(reader.all("link").isEmpty && reader.all("img").isEmpty)
    let policy = try #require(
      reader.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }?
        .attributes["content"])
    #expect(policy.hasPrefix("default-src 'none'; base-uri 'none'; form-action 'none'; "))
    for (kind, text) in [("script", reader.programs[0]), ("style", reader.styles[0])] {
      let hex = Array(SHA256.digest(of: text).hex)
      let bytes = stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(String(hex[$0...$0 + 1]), radix: 16)
      }
      #expect(policy.contains("\(kind)-src 'sha256-\(Data(bytes).base64EncodedString())'"))
    }
  }

  @Test("base 64 as RFC 4648, section 10, gives it")
  func base64() {
    let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
    #expect(
      words.map { ContentPolicy.base64(Array($0.utf8)) } == [
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
      ])
  }

  @Test("every cell of every table says what the Markdown says")
  func sameTexts() throws {
    let analysis = StudyAnalysis(DetailedStudy.results)
    let reader = try #require(PageReader.read(Self.detailed))
    let cells = Set(reader.elements.filter { $0.name == "td" || $0.name == "th" }.map(\.text))
    let items = Set(reader.all("li").map(\.text))
    let tables =
      [analysis.scoreTable()] + [0, 1, 2].compactMap { analysis.comparisonTable(measures: [$0]) }
      + DetailedStudy.results.notes.flatMap(\.tables)
    for text in tables.map({ $0.written() }) {
      for cell in text.rows.joined() {
        let marks = cell.marks.map(String.init).joined(separator: ",")
        let dagger = cell.isSignificant ? "†" : ""
        #expect(cells.contains(cell.text + dagger + marks), "\(cell.text)")
      }
      for note in text.footnotes { #expect(items.contains(note)) }
    }
  }

  @Test("a score leads to its trials, and what is missing is a dash with its reason, never 0")
  func cells() throws {
    let reader = try #require(PageReader.read(Self.detailed))
    let scores = reader.all("a").filter { $0.attributes["class"] == "cell" }
    #expect(scores.count == 9)
    #expect(scores.last?.attributes["href"] == "#arm-2-measure-2")
    let arm = try #require(reader.all("details").last)
    #expect(arm.attributes["id"] == "arm-2")
    #expect(arm.text.contains("–1") && arm.text.contains("failed, out of memory"))
    let data = try #require(try reader.data("cells")?["arms"]?.array?[2])
    #expect(data["values"]?.array?[0].array?[3] == ["failed, out of memory"])
    #expect(data["against"]?.array?[0].array?[3] == .null)
    let value = try #require(DetailedStudy.results.arms[2].trials[0].observations[0].value)
    #expect(data["values"]?.array?[0].array?[0].string == NumberText.full(value))
    let empty = page(ExampleStudy.plain([[nil, nil], [nil, nil]]))
    #expect(!empty.contains(">0<"))
    #expect(empty.contains("arm 0, seed 1: missing"))
  }

  @Test("a clock changes one line and no other")
  func wallTime() throws {
    let lines = Self.detailed.split(separator: "\n", omittingEmptySubsequences: false)
    let slower = page(DetailedStudy.with(ExampleStudy.results, pace: 1.7))
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == slower.count)
    let differing = zip(lines, slower).filter { $0 != $1 }
    #expect(differing.count == 1)
    let line = try #require(differing.first?.0)
    #expect(line.hasPrefix(StudyPage.wallTimeLine))
    // Level 1: five trials of 43.25 … 56.25 s and then 46.5 … 59.5 s: 248.75 + 265.
    #expect(line.contains(">513.8<"))
    #expect(!page(ExampleStudy.results).contains(StudyPage.wallTimeLine))
  }

  @Test("the same results give the same bytes")
  func repeats() {
    #expect(page(DetailedStudy.results) == Self.detailed)
  }

  @Test("too many trials are left to the data and to trials.csv, and the page stays small")
  func many() throws {
    let values = (0..<3).map { arm in (0..<700).map { Double(($0 * 37 + arm) % 101) as Double? } }
    let html = page(ExampleStudy.plain(values))
    let reader = try #require(PageReader.read(html))
    #expect(reader.all("table").count == 2)
    #expect(html.contains("every value is in <a href=\"trials.csv\">"))
    #expect(try reader.data("cells")?["arms"]?.array?[2]["values"]?.array?[0].array?.count == 700)
    #expect(html.utf8.count < 200_000)
    let ids = Set(reader.elements.compactMap { $0.attributes["id"] })
    let targets = reader.all("a").compactMap { $0.attributes["href"] }.filter { $0.first == "#" }
    #expect(targets.allSatisfy { ids.contains(String($0.dropFirst())) })
  }

  @Test("a claim of several comparisons has a row for itself and one for each of them")
  func claims() throws {
    let table = try #require(StudyAnalysis(DetailedStudy.results).claimTable).written()
    let rows = table.rows.map { $0.map(\.text) }
    #expect(rows.map(\.count) == Array(repeating: 7, count: 5))
    // Mean 1.6, deviation 0.883, half width 2.776 · 0.883 / √5 = 1.10.
    #expect(
      rows[0] == [
        "Level 2 trains better than level 1.", "+1.60 [+0.51, +2.69]", "%", "> 0", "−1.15 ± 0.35",
        "supported", "5/5",
      ])
    #expect(
      rows[1].prefix(3) == [
        "Levels 1 and 2 are alike on textbook problems, and shorter.", "–", "",
      ])
    #expect(rows[1][5] == "contradicted")
    #expect(rows[2][5] == "undecided" && rows[2][6] == "4/5" && rows[3][5] == "contradicted")
    #expect(rows[4][5] == "undecided" && rows[4][0].hasSuffix("(post hoc)"))
    #expect(table.footnotes.contains("post hoc: written when results of its arms were there"))
    #expect(StudyAnalysis(ExampleStudy.results).claimTable == nil)
  }
}
