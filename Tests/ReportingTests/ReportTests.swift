import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

@Suite("Study reports")
struct ReportTests {
  private func page(_ results: StudyResults) -> String {
    StudyReport(results).files()[0].contents
  }

  @Test("a decided comparison is said in a sentence with its interval")
  func findings() {
    let text = page(ExampleStudy.plain([[10, 11, 12, 13], [15, 16.2, 17.1, 18]]))
    // Differences 5, 5.2, 5.1, 5: mean 5.075, deviation 0.0957, half width 3.182·0.0957/2 = 0.152.
    #expect(
      text.contains(
        "- contest, against arm 0: arm 1 is better, +5.08 [+4.92, +5.23] points, "
          + "p < 0.001 after Holm.".replacing("<", with: "&lt;")))
  }

  @Test("one seed and two seeds say what they cannot tell")
  func fewSeeds() {
    #expect(page(ExampleStudy.plain([[1], [2]])).contains("One seed: no spread is known"))
    #expect(page(ExampleStudy.plain([[1, 2], [2, 4]])).contains("reaches 12.7 standard errors"))
    let many = [Double?](repeating: nil, count: 12).indices.map { Double($0 * $0 % 7) as Double? }
    #expect(!page(ExampleStudy.plain([many])).contains("Few seeds"))
  }

  @Test("a study without results yet is a page of dashes, not of zeros")
  func nothingYet() {
    let text = page(ExampleStudy.plain([[nil, nil], [nil, nil]]))
    #expect(text.contains("| **arm 0 (base)** | –¹˒² | – | – | 0/2 |"))
    #expect(text.contains("arm 0, seed 1: missing"))
    #expect(text.contains("contest, against arm 0: undecided (no complete pair): arm 1."))
  }

  @Test("a study without a baseline has no comparisons and no file of them")
  func noBaseline() {
    let plain = ExampleStudy.plain([[1, 2, 3]])
    let arm = ArmResult(label: "only", trials: plain.arms[0].trials)
    let results = StudyResults(
      name: "n", question: "q", command: "c", axis: "a", seeds: plain.seeds,
      measures: plain.measures, arms: [arm], provenance: plain.provenance)
    let files = StudyReport(results).files()
    #expect(
      files.map(\.path) == [
        "README.md", "index.html", "table.csv", "trials.csv", "tables.tex", "numbers.tex",
        "report.tex",
      ])
    #expect(!files[0].contents.contains("gainst"))
  }

  @Test("a page is headed by its title, or by the study's name")
  func title() {
    let plain = ExampleStudy.plain([[1, 2, 3]])
    func heading(_ title: String?) -> Substring? {
      page(
        StudyResults(
          name: "mixing", title: title, question: "q", command: "c", axis: "a",
          seeds: plain.seeds, measures: plain.measures, arms: plain.arms,
          provenance: plain.provenance)
      ).split(separator: "\n").first
    }
    #expect(heading("Math beside code") == "# Math beside code")
    #expect(heading(nil) == "# mixing")
  }

  @Test("the method and the level are named where intervals are shown")
  func bootstrapNamed() {
    let bootstrap = Bootstrap(.accelerated, draws: 500, seed: .init(1))
    let text = StudyReport(
      ExampleStudy.plain([[1, 2, 3, 5]]), method: .bootstrap(bootstrap), level: 0.9
    ).files()[0].contents
    #expect(text.contains("90 % interval, bias-corrected accelerated bootstrap, 500 draws"))
  }

  @Test("the family is the whole study: another arm makes every comparison harder")
  func family() throws {
    let base: [Double?] = [10, 11, 12, 13]
    let arm: [Double?] = [11, 12.5, 12.8, 14.4]
    let two = StudyAnalysis(ExampleStudy.plain([base, arm]))
    let three = StudyAnalysis(ExampleStudy.plain([base, arm, [10.2, 10.9, 12.3, 12.8]]))
    let (alone, together) = (two.comparisons[1][0], three.comparisons[1][0])
    let (p, q) = (try #require(alone?.adjustedPValue), try #require(together?.adjustedPValue))
    #expect(abs(q - 2 * p) < 1e-12)
    #expect(alone?.comparison == together?.comparison)
  }

  @Test("files are handed out in order, and a fault of the writer stops them")
  func writing() {
    struct Full: Error {}
    var paths: [String] = []
    #expect(throws: Full.self) {
      try StudyReport(ExampleStudy.results).write { file throws(Full) in
        if paths.count == 2 { throw Full() }
        paths.append(file.path)
      }
    }
    #expect(paths == ["README.md", "index.html"])
  }
}
