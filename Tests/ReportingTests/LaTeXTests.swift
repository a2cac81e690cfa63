import Foundation
import ResultStatistics
import Testing

@testable import Reporting

@Suite("for a paper")
struct LaTeXTests {
  @Test("no character of a name is a command, and an unknown one shows its number")
  func escaping() {
    let expected = [
      "a_b & 5 %": "a\\_b \\& 5 \\%", "$1 #2 {x}": "\\$1 \\#2 \\{x\\}",
      "~ ^ \\": "\\textasciitilde{} \\textasciicircum{} \\textbackslash{}",
      "<s>|": "\\ensuremath{<}s\\ensuremath{>}\\textbar{}", "−1.5": "\\ensuremath{-}1.5",
      "é Å ő ï": "\\'{e} \\AA{} \\H{o} \\\"{\\i}", "😀": "[U+1F600]", "ש": "[U+05E9]",
      "a\nb": "a b", "\u{0}\u{202E}": "[U+0000][U+202E]", "--,,": "-{}-,{},", "?`": "?{}`",
    ]
    for (text, latex) in expected { #expect(LaTeXText.escaped(text) == latex) }
  }

  @Test("every text is written in ASCII, so that it compiles beside any preamble")
  func ascii() {
    for value in UInt32(0)..<0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let written = LaTeXText.escaped(String(scalar))
      #expect(!written.isEmpty && written.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    }
  }

  @Test("a macro is named by study, arm and measure, digits spelled out")
  func names() {
    let names = MacroNames.names(
      study: "difficulty",
      [
        ["level 1", "contest)"], ["level 1", "contest)", "Interval"], ["lr 2.5e-3", "mean(kl)"],
        ["x = -1", "contest)"],
      ])
    #expect(
      names == [
        "ablateDifficultyLevelOneContest", "ablateDifficultyLevelOneContestInterval",
        "ablateDifficultyLrTwoPointFiveEThreeMeanKl", "ablateDifficultyXMinusOneContest",
      ])
  }

  @Test("names that sound the same all get a tag, whatever their order, and others keep theirs")
  func collisions() throws {
    let alone = MacroNames.names(study: "s", [["level 1"], ["other"]])
    let both = MacroNames.names(study: "s", [["level 1"], ["other"], ["Level-1"]])
    #expect(both[1] == alone[1])
    #expect(Set(both).count == 3 && !both.contains(alone[0]))
    #expect(both[0].hasPrefix("ablateSLevelOneX") && both[2].hasPrefix("ablateSLevelOneX"))
    let turned = MacroNames.names(study: "s", [["Level-1"], ["level 1"], ["other"]])
    #expect(turned[1] == both[0] && turned[0] == both[2])
  }

  @Test("of the worst names no two are alike, and all are letters")
  func hostileNames() {
    let numbers = StudyAnalysis(HostileStudy.results).reportedNumbers
    #expect(Set(numbers.map(\.macro)).count == numbers.count)
    #expect(
      numbers.allSatisfy { $0.macro.utf8.allSatisfy { (65...90).contains($0 & 0xDF) } })
  }

  @Test("numbers read as the tables print them")
  func numbers() throws {
    let analysis = StudyAnalysis(ExampleStudy.results)
    func number(_ macro: String) throws -> String {
      try #require(analysis.reportedNumbers.first { $0.macro == macro }).text
    }
    // The row of the golden page: 27.0 [25.9, 28.1], +1.6 [+0.4, +2.8], p 0.039, better, and of 3: 4 of 5.
    #expect(try number("ablateDifficultyLevelTwoContest") == "27.0")
    #expect(try number("ablateDifficultyLevelTwoContestInterval") == "[25.9, 28.1]")
    #expect(try number("ablateDifficultyLevelTwoContestDifference") == "+1.6")
    #expect(try number("ablateDifficultyLevelTwoContestDifferenceInterval") == "[+0.4, +2.8]")
    #expect(try number("ablateDifficultyLevelTwoContestP") == "0.039")
    #expect(try number("ablateDifficultyLevelTwoContestVerdict") == "better")
    #expect(try number("ablateDifficultyLevelThreeHardContestN") == "4")
    #expect(try number("ablateDifficultyLevelThreeHardContestPlanned") == "5")
    #expect(try number("ablateDifficultyLevelTwoTextbookDifference") == "+0.78")
    #expect(!analysis.reportedNumbers.map(\.macro).contains("ablateDifficultyLevelOneContestP"))
  }

  @Test("a claim has its verdict, difference, interval and count")
  func claims() throws {
    let numbers = StudyAnalysis(HostileStudy.results).reportedNumbers.filter {
      if case .claim(0) = $0.subject { true } else { false }
    }
    let texts = numbers.map { ($0.macro.replacing(#/^.*Claim/#, with: "Claim"), $0.text) }
    // 1.1, 1.3, 1.2: mean 1.2, deviation 0.1, half width 4.303·0.1/√3 = 0.248.
    #expect(
      texts.map(\.0) == [
        "ClaimOneVerdict", "ClaimOneDifference", "ClaimOneDifferenceInterval", "ClaimOneN",
        "ClaimOnePlanned",
      ])
    #expect(texts.map(\.1) == ["supported", "+1.20", "[+0.95, +1.45]", "3", "3"])
  }

  @Test("numbers.tex is read back as it was written")
  func readBack() throws {
    for results in [ExampleStudy.results, HostileStudy.results] {
      let files = StudyReport(results).files()
      let text = try #require(files.first { $0.path == "numbers.tex" }).contents
      let read = try #require(NumbersFile(reading: text))
      let numbers = StudyAnalysis(results).reportedNumbers
      #expect(read.macros.map(\.name) == numbers.map(\.macro))
      #expect(read.macros.map(\.expansion) == numbers.map(\.expansion))
      #expect(read.text == text && read.study == results.name)
      for name in ["tables.tex", "report.tex", "numbers.tex"] {
        #expect(NumbersFile.isGenerated(try #require(files.first { $0.path == name }).contents))
      }
      #expect(
        NumbersFile(reading: try #require(files.first { $0.path == "tables.tex" }).contents) == nil)
    }
    #expect(!NumbersFile.isGenerated("% a paper\n"))
  }

  @Test("seeds are told in runs")
  func ranges() {
    #expect(LaTeXReport.ranges([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7, 8")
    #expect(LaTeXReport.ranges([3, 1]) == "3, 1" && LaTeXReport.ranges([]) == "")
  }

  @Test(
    "report.tex compiles by itself",
    .enabled(if: PDFLaTeX.isInstalled, "pdflatex is not installed: apt texlive-latex-recommended"),
    arguments: [ExampleStudy.results, HostileStudy.results])
  func compiles(_ results: StudyResults) throws {
    let log = try PDFLaTeX.compile(StudyReport(results).files())
    #expect(!log.contains("\n! ") && !log.contains("Missing character"), "\(log.suffix(3000))")
    #expect(!log.contains("LaTeX Warning: Reference"))
  }
}

/// LaTeX as papers are made with it.
enum PDFLaTeX {
  private static let path = ProcessInfo.processInfo.environment["PATH", default: ""]
    .split(separator: ":").map { "\($0)/pdflatex" }
    .first(where: FileManager.default.isExecutableFile)

  static var isInstalled: Bool { path != nil }

  /// - Returns: the log; a run that fails is an issue of the test.
  static func compile(_ files: [ReportFile]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "latex-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in files where file.path.hasSuffix(".tex") {
      try Data(file.contents.utf8).write(to: folder.appending(path: file.path))
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let log = try Data(contentsOf: folder.appending(path: "report.log"))
    #expect(process.terminationStatus == 0)
    return String(decoding: log, as: UTF8.self)
  }
}
