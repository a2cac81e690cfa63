import Foundation
import Testing

@testable import Reporting

/// Compares whole texts with files under `Golden/`. With `ABLATE_RECORD=1` the files are rewritten,
/// and the test fails, so that no new recording passes unseen.
func expectGolden(
  _ text: String, _ name: String, file: String = #filePath,
  at location: SourceLocation = #_sourceLocation
) throws {
  let golden = URL(fileURLWithPath: file).deletingLastPathComponent()
    .appending(path: "Golden").appending(path: name)
  if ProcessInfo.processInfo.environment["ABLATE_RECORD"] == "1" {
    try FileManager.default.createDirectory(
      at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: golden)
    Issue.record(
      "recorded \(name): look at the difference, then run again", sourceLocation: location)
    return
  }
  // Bytes, because String equality takes different encodings of one character as equal.
  let expected = try Data(contentsOf: golden)
  guard Data(text.utf8) != expected else { return }
  let lines = zip(
    text.split(separator: "\n", omittingEmptySubsequences: false),
    String(decoding: expected, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false))
  let first = lines.enumerated().first { $0.element.0 != $0.element.1 }
  Issue.record(
    """
    \(name) differs\(first.map { ", first at line \($0.offset + 1):\n  is     \($0.element.0)\n  golden \($0.element.1)" } ?? " in length")
    ABLATE_RECORD=1 records it anew
    """, sourceLocation: location)
}

@Suite("Golden reports")
struct GoldenTests {
  private static let files = StudyReport(ExampleStudy.results).files()

  @Test("every file of the example's report", arguments: files.map(\.path))
  func file(path: String) throws {
    let file = try #require(Self.files.first { $0.path == path })
    try expectGolden(file.contents, "difficulty/\(file.path)")
  }

  @Test("the files come in a fixed order under distinct names")
  func order() {
    #expect(
      Self.files.map(\.path) == [
        "README.md", "index.html", "table.csv", "comparisons.csv", "trials.csv", "curves.csv",
        "tables.tex", "numbers.tex", "report.tex", "figures/scores-contest.svg",
        "figures/scores-textbook.svg", "figures/scores-length.svg", "figures/contest.svg",
        "figures/reward.svg", "figures/paper-fig-1.svg",
      ])
  }

  @Test("the console table, plain and with a bold baseline")
  func console() throws {
    let table = StudyAnalysis(ExampleStudy.results).scoreTable(showsPaper: false)
    try expectGolden(ConsoleRenderer(usesANSI: false).render(table), "console.txt")
    try expectGolden(ConsoleRenderer(usesANSI: true).render(table), "console-ansi.txt")
  }

  @Test("the worst names in every file that is read by people or their programs")
  func hostile() throws {
    let files = StudyReport(HostileStudy.results).files()
    for name in ["README.md", "table.csv", "trials.csv", "tables.tex"] {
      let file = try #require(files.first { $0.path == name })
      try expectGolden(file.contents, "hostile/\(name)")
    }
    try expectGolden(
      StudiesOverview([StudyReport(HostileStudy.results)], command: "./ablate report x.json")
        .markdown,
      "hostile/overview.md")
  }

  @Test("the page above the reports of several studies")
  func overview() throws {
    let plain = ExampleStudy.plain([[10, 11, 12], [15, 16.2, 17.1]])
    let reports = [StudyReport(DetailedStudy.results), StudyReport(plain)]
    try expectGolden(
      StudiesOverview(reports, command: "./ablate report a.json b.json --overview").markdown,
      "overview.md")
  }

  /// Two arms on two suites of three problems; a nil is a trial that counted nothing.
  private static func suited(_ counts: [[[Int]?]]) -> StudyResults {
    let plain = ExampleStudy.plain([[10, 11, 12], [15, 16.2, 17.1]])
    return StudyResults(
      name: plain.name, question: plain.question, command: plain.command, axis: plain.axis,
      seeds: plain.seeds, measures: plain.measures, arms: plain.arms,
      suites: ["contest", "coding"].enumerated().map { place, name in
        SuiteCounts(
          suite: name, heading: name,
          trials: counts.map { arm in
            arm.map { $0.map { .init(attempts: 4, correct: $0.map { min(4, $0 + place) }) } }
          })
      }, provenance: plain.provenance)
  }

  @Test("what was trained and tested, and the whole distribution of final scores")
  func suites() throws {
    let files = StudyReport(
      Self.suited([[[0, 1, 2], [1, 1, 2], [0, 2, 2]], [[2, 3, 1], [3, 3, 2], [2, 2, 4]]])
    ).files()
    for name in ["figures/profiles.svg", "figures/trained-and-tested.svg"] {
      let file = try #require(files.first { $0.path == name })
      try expectGolden(file.contents, "suites/\(name)")
    }
  }

  @Test("a trial that counted nothing is a dash in the matrix, and there is no distribution")
  func suiteHole() throws {
    let files = StudyReport(
      Self.suited([[[0, 1, 2], nil, [0, 2, 2]], [[2, 3, 1], [3, 3, 2], [2, 2, 4]]])
    ).files()
    #expect(!files.contains { $0.path == "figures/profiles.svg" })
    let matrix = try #require(files.first { $0.path == "figures/trained-and-tested.svg" })
    #expect(matrix.contents.contains("arm 0: contest –, coding –; arm 1: contest 61.1"))
  }

  @Test("writing again gives the same bytes")
  func repeats() {
    #expect(StudyReport(ExampleStudy.results).files() == Self.files)
  }
}
