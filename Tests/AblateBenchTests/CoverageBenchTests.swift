import Foundation
import Testing

@testable import AblateBench

/// A short version of `ablate bench-coverage`, on the first studies of the same streams.
@Suite("coverage bench")
struct CoverageBenchTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/coverage.md")

  /// The cells of the last table of the committed page, row by row.
  private static func committed() throws -> [[String]] {
    let text = try String(contentsOf: page, encoding: .utf8)
    let table = try #require(text.components(separatedBy: "## All figures").last)
    return table.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
      line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test("docs/coverage.md has a line for each case, in their order")
  func lines() throws {
    let rows = try Self.committed()
    #expect(
      rows.map { $0.prefix(3).joined(separator: "/") } == CoverageCase.all.map(\.name),
      "make the page again: ./ablate bench-coverage --write docs/coverage.md")
  }

  @Test(
    "a short run agrees with docs/coverage.md within its error",
    arguments: 0..<CoverageCase.all.count)
  func short(index: Int) throws {
    let row = try Self.committed()[index]
    let figure = CoverageBench(studies: 200, threads: 1).measure(CoverageCase.all[index])
    let text = row[3].filter { "0123456789.".contains($0) }
    guard let share = figure.share, let percent = Double(text) else {
      #expect((figure.share == nil) == text.isEmpty, "\(row)")
      return
    }
    // Four standard errors of the short run at the committed share, and half of its last digit.
    let truth = percent / 100
    let said = Double(figure.studies - figure.silent)
    let allowed = 4 * (max(truth * (1 - truth), 0.005) / said).squareRoot() + 0.0005
    #expect(abs(share - truth) <= allowed, "\(row): \(share)")
  }

  @Test("intervals that reports rest on hold 93 to 97 % from the sizes that the page names")
  func holds() throws {
    for row in try Self.committed()
    where ["Student's t of a mean", "paired t of a difference"].contains(row[0])
      && row[1].hasPrefix("normal")
    {
      let percent = try #require(Double(row[3].replacingOccurrences(of: " %", with: "")))
      #expect((93...97).contains(percent), "\(row)")
    }
  }

  @Test("the same figures on any number of threads")
  func threads() {
    let name = CoverageCase.aggregates[0]
    let one = CoverageBench(studies: 120, threads: 1).measure(name)
    #expect(one == CoverageBench(studies: 120, threads: 3).measure(name))
  }

  @Test("the page marks what is not where it should be, and says from which size on a method holds")
  func page() {
    func figure(_ size: Int, _ hits: Int, silent: Int = 0) -> CoverageFigure {
      CoverageFigure(
        method: "m", study: "s", size: "\(size) seeds", promise: .covers(0.95), studies: 1000,
        silent: silent, hits: hits)
    }
    let report = CoverageReport(
      [figure(3, 900), figure(5, 940), figure(10, 475, silent: 500)], studies: 1000)
    #expect(report.page.contains("| m | s | 5 seeds |\n"))
    #expect(report.page.contains("| m | s | 3 seeds | **90.0 %** | 95 % |  |\n"))
    #expect(report.page.contains("| m | s | 10 seeds | 95.0 % | 95 % | 50.0 % |\n"))
    let none = CoverageReport([figure(3, 900)], studies: 1000)
    #expect(none.page.contains("| m | s | none of 3 seeds |\n"))
    #expect(report.page.contains("points. Of a decision"))
  }
}
