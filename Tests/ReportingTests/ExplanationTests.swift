import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

@Suite("what stands behind a number")
struct ExplanationTests {
  private let analysis = StudyAnalysis(ExampleStudy.results)

  private func subject(_ text: String) throws -> ReportedNumber.Subject {
    try CellReference(text, in: analysis).subject
  }

  @Test("a cell is named by arm and measure, by parts of them that only it has, or by a macro")
  func references() throws {
    let cell = ReportedNumber.Subject.cell(arm: 2, measure: 1)
    for text in [
      "level 3 | hard, final(textbook)", "level 3 | hard, textbook", "level 3, textbook",
      "HARD,text", "\\ablateDifficultyLevelThreeHardTextbookDifference",
      "ablateDifficultyLevelThreeHardTextbook",
    ] { #expect(try subject(text) == cell, "\(text)") }
  }

  @Test("what names none, or several, is told with what there is")
  func faults() {
    let labels = ["level 1", "level 2", "level 3 | hard"]
    let names = ["final(contest)", "final(textbook)", "final(length)"]
    let expected: [(String, CellReference.Fault)] = [
      ("lvel 1, contest", .unknownArm("lvel 1", arms: labels)),
      ("level 1, contst", .unknownMeasure("contst", measures: names)),
      (
        "level, contest",
        .ambiguous("level, contest", cells: labels.map { "\($0), final(contest)" })
      ),
      ("level 1", .ambiguous("level 1", cells: names.map { "level 1, \($0)" })),
      ("claim 1", .noSuchClaim("claim 1", count: 0)), ("", .unknownArm("", arms: labels)),
    ]
    for (text, fault) in expected {
      #expect(throws: fault) { _ = try CellReference(text, in: analysis) }
    }
    #expect(throws: CellReference.Fault.self) { _ = try CellReference("\\ablateX", in: analysis) }
  }

  @Test("labels with commas are found whole")
  func commas() throws {
    let results = ExampleStudy.plain(
      [[1, 2], [3, 4], [5, 6]], labels: ["a", "a, b", "a, b, c"])
    let analysis = StudyAnalysis(results)
    for (place, label) in ["a", "a, b", "a, b, c"].enumerated() {
      #expect(
        try CellReference("\(label), contest", in: analysis).subject
          == .cell(arm: place, measure: 0))
    }
    #expect(try CellReference("a, b, c", in: analysis).subject == .cell(arm: 2, measure: 0))
  }

  @Test("a cell tells its seeds, holes, interval and comparison")
  func cell() throws {
    try expectGolden(
      Explanation(subject("level 2, textbook"), of: analysis).text + "\n", "explain-cell.txt")
    try expectGolden(
      Explanation(subject("level 2, textbook"), of: analysis).json.pretty + "\n",
      "explain-cell.json")
  }

  @Test("a claim tells its parts")
  func claim() throws {
    let analysis = StudyAnalysis(HostileStudy.results)
    let text = try Explanation(CellReference("claim 2", in: analysis).subject, of: analysis).text
    try expectGolden(text + "\n", "explain-claim.txt")
  }

  @Test("stages, items and settings are in it")
  func details() {
    let trial = TrialResult(
      seed: 1, identity: "abcdef0123456789", observations: [.value(1)],
      details: TrialDetails(stages: [
        .init(
          name: "first", item: "abcdef0123456789", step: 8, seconds: 1.25,
          policy: "0123456789abcdef")
      ]))
    let arm = ArmResult(
      label: "b", trials: [trial],
      differences: [.init(path: "stages.first.steps", baseline: "4", arm: "8")])
    let plain = ExampleStudy.plain([[1]])
    let results = StudyResults(
      name: "n", question: "q", command: "c", axis: "a", seeds: [1], measures: plain.measures,
      arms: plain.arms + [arm], provenance: plain.provenance)
    let text = Explanation(.cell(arm: 1, measure: 0), of: StudyAnalysis(results)).text
    #expect(text.contains("  stages.first.steps: 4 → 8\n"))
    #expect(
      text.contains("first, step 8: 1.3 s, item abcdef012345, policy 0123456789ab"), "\(text)")
  }
}
