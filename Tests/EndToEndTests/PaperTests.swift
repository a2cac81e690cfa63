import Foundation
import Reproducibility
import Testing

@Suite("lint and explain")
struct PaperTests {
  /// A folder in which the tiny study was run, with a paper that reads its numbers.
  private func place() throws -> Place {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    return place
  }

  private func paper(_ text: String) -> String {
    """
    \\documentclass{article}
    % ablate: ../study.json
    \\input{../Reports/tiny/numbers}
    \\begin{document}
    \(text)
    \\end{document}

    """
  }

  private func mean(_ place: Place, arm: Int) throws -> Double {
    let table = try JSONValue(parsing: place.ablate("report", "study.json", "--json").output)
    return try #require(table["arms"]?.array?[arm]["measures"]?["final(sums)"]?["mean"]?.double)
  }

  @Test("a paper that quotes by macros is clean until the results change; then each quote is told")
  func macros() throws {
    let place = try place()
    try place.write(
      "paper/main.tex", paper("It is \\ablateTinySomeSums, of \\ablateTinySomeSumsN."))
    let clean = try place.ablate("lint", "paper/main.tex")
    #expect(clean.code == 0 && clean.output.isEmpty && clean.error.isEmpty, "\(clean.error)")
    // The report that the paper was made with had two seeds; now there are three.
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 3"))
    try place.ablate("run", "study.json", "--quiet", "--reports", "elsewhere").expect(0)
    let stale = try place.ablate("lint", "paper/main.tex")
    #expect(stale.code == 1)
    #expect(
      stale.output.contains(
        "paper/main.tex:5:31: error: \\ablateTinySomeSumsN is stale: numbers.tex says 2, the results say 3\n"
      ), "\(stale.output)")
    #expect(stale.output.contains("  help: ./ablate report study.json"))
  }

  @Test("a typed number is told with line, column, caret and the macro; --json says the same")
  func handTyped() throws {
    let place = try place()
    let macros = try place.text("Reports/tiny/numbers.tex")
    let found = try #require(
      macros.firstMatch(of: #/\\newcommand\{\\ablateTinySomeMeanReward\}\{(?<text>[0-9.]+)\}/#))
    try place.write("paper.tex", "In 2024, Fig.~3.1,\nit is \(found.text) of all.\n")
    let ended = try place.ablate("lint", "paper.tex", "study.json")
    #expect(ended.code == 1)
    let lines = ended.output.split(separator: "\n")
    #expect(
      lines.first
        == "paper.tex:2:7: error: hand-typed: \(found.text) is \\ablateTinySomeMeanReward")
    #expect(lines[2].hasSuffix("|       ^" + String(repeating: "~", count: found.text.count - 1)))
    #expect(lines.last == "1 error")
    let json = try JSONValue(
      parsing: place.ablate("lint", "paper.tex", "study.json", "--json").output)
    #expect(json["findings"]?.array?.count == 1)
    #expect(json["findings"]?.array?[0]["kind"] == "hand-typed")
    #expect(json["findings"]?.array?[0]["line"]?.int == 2)
  }

  @Test("explain says what the page says, by study or by the folder of its report")
  func explain() throws {
    let place = try place()
    let ended = try place.ablate("explain", "study.json", "some, sums")
    #expect(ended.code == 0)
    for part in [
      "tiny · some · final(sums)\n", "  seeds         2 of 2\n", "against unsure, paired by seed\n",
      "  stages.first.problems.math: \"unsure\" → \"some\"\n",
      "  macro         \\ablateTinySomeSums\n",
      "first, step 8: ",
    ] { #expect(ended.output.contains(part), "\(part) in \(ended.output)") }
    let byFolder = try place.ablate("explain", "Reports/tiny", "\\ablateTinySomeSumsVerdict")
    #expect(byFolder.output == ended.output && byFolder.code == 0)
    let json = try JSONValue(
      parsing: place.ablate("explain", "study.json", "some,", "sums", "--json").output)
    #expect(try json["mean"]?.double == mean(place, arm: 1))
    let items = json["seeds"]?.array?.compactMap { $0["item"]?.string } ?? []
    #expect(items.count == 2)
    for item in items { #expect(try place.ablate("show", item).code == 0) }
    #expect(json["seeds"]?.array?[0]["stages"]?.array?[0]["policy"]?.string?.utf8.count == 64)
  }

  @Test("explain of no cell says which there are")
  func noCell() throws {
    let place = try place()
    let expected = [
      ("sone, sums", "error: the study has no arm 'sone'\n  why:  its arms are 'unsure', 'some'"),
      ("some, sum2", "error: the study has no measure 'sum2'\n"),
      ("some", "error: 'some' may be 2 cells\n"),
      ("claim 3", "error: the study has no 'claim 3'\n  why:  it makes no claims\n"),
      ("\\ablateTinySomeSum", "help: did you mean 'ablateTinySomeSums'?\n"),
    ]
    for (cell, words) in expected {
      let ended = try place.ablate("explain", "study.json", cell)
      #expect(ended.code == 2 && ended.error.contains(words), "\(ended.error)")
    }
  }
}
