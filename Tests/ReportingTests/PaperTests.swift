import ResultStatistics
import Testing

@testable import Reporting

@Suite("numbers in a paper")
struct PaperTests {
  private func numbers(_ text: String) -> [String] {
    PaperText(Array(text.utf8)).numbers.map(\.text)
  }

  @Test(
    "what is no result is not taken for one",
    arguments: [
      "In 2024 there were 480 runs of version 1.2.3.",
      "Section 3.1, Sections~3.1 and 3.2, Fig.~2.4",
      "see Table 4.1 (Eq. (2.3)), Appendix 1.5",
      "\\cite[Fig. 2.5]{key2.5} \\citep{a1.5} \\ref{sec:1.5}",
      "\\includegraphics[width=0.5\\linewidth]{fig1.5.pdf} \\vspace{1.5em} 2.5cm 0.9\\textwidth",
      "% 51.7 in a comment\n\\verb|51.7| \\begin{verbatim}51.7\\end{verbatim}",
      "arXiv:2504.00829, doi 10.1145/3292500 https://x.org/v1.5/2.5/",
      "a 1.5B model, 7.5k steps, 5.17\\times 10^3, file_1.5, .5",
      "\\usepackage{a1.5}\\begin{tikzpicture}(1.5,2.5)\\end{tikzpicture}",
      "\\setlength{\\parskip}{1.5}\\definecolor{x}{rgb}{0.12,0.51,0.51}",
      "\\newcommand{\\x}{51.7}\\begin{document}\\end{document}",
    ])
  func ignored(_ text: String) {
    #expect(numbers(text).isEmpty, "\(numbers(text))")
  }

  @Test("what may be a result is seen, at its place and with its sign")
  func seen() {
    let text =
      "It is 51.7\\,\\% ($-1.88$, range 1.5-2.5), \\textbf{49.8}; then −0.25 and $-$3.5, 4.5 in all."
    let found = PaperText(Array(text.utf8)).numbers
    #expect(found.map(\.text) == ["51.7", "1.88", "1.5", "2.5", "49.8", "0.25", "3.5", "4.5"])
    #expect(found.map(\.isNegative) == [nil, true, nil, nil, nil, true, true, nil])
    for number in found {
      #expect(String(decoding: Array(text.utf8)[number.range], as: UTF8.self) == number.text)
    }
  }

  @Test("macros, files and studies are found, in the preamble too")
  func mentions() {
    let text = PaperText(
      Array(
        """
        % ablate: ../ablations/a b.json
        \\input{Reports/a/numbers}
        \\newcommand{\\best}{\\ablateAB}
        \\begin{document} \\ablateAB\\ and \\include{intro} % \\ablateNot
        \\end{document}
        """.utf8))
    #expect(text.studies.map(\.text) == ["../ablations/a b.json"])
    #expect(text.inputs.map(\.text) == ["Reports/a/numbers", "intro"])
    #expect(text.macros.map(\.text) == ["ablateAB", "ablateAB"])
  }

  @Test("any bytes are read to their end", arguments: 0..<200)
  func anyBytes(seed: UInt64) {
    var random = SystemLikeGenerator(seed)
    let alphabet = Array("\\{}[]%$ \n1.2a~verb*begin{verbatim}\\end\\input\\ablateX−".utf8)
    let bytes = (0..<200).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    let text = PaperText(bytes)
    let ranges = text.numbers.map(\.range) + text.macros.map(\.range) + text.inputs.map(\.range)
    #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.count })
  }

  /// A plain linear generator: what is drawn only has to be varied, and the same each time.
  private struct SystemLikeGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }

  // MARK: Against results

  private let analysis = StudyAnalysis(ExampleStudy.results)

  private func faults(_ text: String, committed: String? = nil) -> [PaperFinding] {
    PaperCheck(
      present: [analysis],
      committed: committed.flatMap(NumbersFile.init(reading:)).map { [$0] } ?? []
    ).findings(in: PaperText(Array(text.utf8)))
  }

  private func mean(_ macro: String) throws -> Double {
    try #require(analysis.reportedNumbers.first { $0.macro == macro }?.values.first?.number)
  }

  @Test("a number of a table that is typed is told with its macro")
  func handTyped() {
    let found = faults("Level 2 reaches 27.0 and level 3 is $-6.6$ worse, not +6.6 or 6.5.")
    #expect(found.map(\.fault) == [.handTyped, .handTyped])
    // Two numbers of the tables read so.
    #expect(
      found[0].macros == [
        "ablateDifficultyLevelTwoContest", "ablateDifficultyLevelThreeHardLengthDifference",
      ])
    #expect(found[1].macros == ["ablateDifficultyLevelThreeHardContestDifference"])
  }

  @Test("the same number with other decimals is told with the table's")
  func otherRounding() throws {
    let value = try mean("ablateDifficultyLevelTwoContest")
    let found = faults("It is \(NumberText.fixed(value, digits: 3)).")
    #expect(found.map(\.fault) == [.otherRounding(table: "27.0")])
    // Two significant digits are equal by chance too often to be told.
    #expect(faults("A weight of 0.8 or 0.05 or 7.0.").isEmpty)
  }

  @Test("what stood in numbers.tex and is no number any more is stale")
  func stale() {
    let committed = """
      % ablate numbers of 'difficulty', made by: ./ablate report ablations/difficulty.json
      % level 2, final(contest): mean
      \\newcommand{\\ablateDifficultyLevelTwoContest}{33.3}
      % gone
      \\newcommand{\\ablateDifficultyLevelFourContest}{44.4}
      """
    let found = faults(
      "\\ablateDifficultyLevelTwoContest, 33.3, 44.4, \\ablateDifficultyLevelFourContest, "
        + "\\ablateDifficultyLevelOneContest", committed: committed)
    #expect(
      found.map(\.fault) == [
        .staleMacro(was: "33.3", is: "27.0"),
        .staleNumber(macro: "ablateDifficultyLevelTwoContest", is: "27.0"),
        .staleNumber(macro: "ablateDifficultyLevelFourContest", is: nil),
        .unknownMacro(wasThere: "44.4", studies: ["difficulty"]), .unwrittenMacro,
      ])
  }

  @Test("a paper that quotes by macros alone is clean")
  func clean() throws {
    let files = StudyReport(ExampleStudy.results).files()
    let numbers = try #require(files.first { $0.path == "numbers.tex" }).contents
    let quotes = analysis.reportedNumbers.map { "\\\($0.macro){}" }.joined(separator: ", ")
    #expect(faults(quotes, committed: numbers).isEmpty)
    #expect(faults(quotes).isEmpty)
    #expect(faults("\\ablateDifficultyLevelTowContest").count == 1)
  }
}
