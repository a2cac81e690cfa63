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
        "README.md", "table.csv", "comparisons.csv", "trials.csv", "curves.csv", "contest.svg",
        "reward.svg", "paper-fig-1.svg",
      ])
  }

  @Test("the console table, plain and with a bold baseline")
  func console() throws {
    let table = StudyAnalysis(ExampleStudy.results).scoreTable(showsPaper: false)
    try expectGolden(ConsoleRenderer(usesANSI: false).render(table), "console.txt")
    try expectGolden(ConsoleRenderer(usesANSI: true).render(table), "console-ansi.txt")
  }

  @Test("writing again gives the same bytes")
  func repeats() {
    #expect(StudyReport(ExampleStudy.results).files() == Self.files)
  }
}
