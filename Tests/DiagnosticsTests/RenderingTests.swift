import Testing

@testable import Diagnostics

@Suite("Diagnostics")
struct RenderingTests {
  /// The text with its first `word` as the span.
  private func span(_ word: String, in text: String, name: String = "a.json") throws -> SourceSpan {
    let bytes = Array(text.utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: word.utf8) }, "'\(word)' is in the text")
    return SourceSpan(SourceText(name: name, bytes: bytes), start..<start + word.utf8.count)
  }

  @Test("a message reads as the style guide shows it")
  func wholeMessage() throws {
    let text = String(repeating: "\n", count: 13) + "      \"grup_size\": [4, 8, 16],\n"
    let diagnostic = Diagnostic(
      "unknown key 'grup_size' in 'grpo'",
      at: try span("\"grup_size\"", in: text, name: "ablations/group-size.json"),
      why: "only keys the trainer reads may be varied, so a typo cannot become a silent default",
      help: "did you mean 'group_size'? All keys: docs/study-format.md#grpo")
    #expect(
      diagnostic.text == """
        ablations/group-size.json:14:7: error: unknown key 'grup_size' in 'grpo'
           14 |       "grup_size": [4, 8, 16],
              |       ^~~~~~~~~~~
          why:  only keys the trainer reads may be varied, so a typo cannot become a silent default
          help: did you mean 'group_size'? All keys: docs/study-format.md#grpo
        """)
  }

  @Test("the chain stands between the caret and the reason, a file without bytes has no caret")
  func chain() throws {
    let origin = Diagnostic.Origin(
      span: try span("\"r.json\"", in: "{\n  \"recipe\": \"r.json\"\n}", name: "s.json"),
      what: "the recipe of this study")
    let diagnostic = Diagnostic(
      "there is no such file", severity: .warning, at: .file("r.json"), why: "w", help: "h",
      chain: [origin])
    #expect(
      diagnostic.text == """
        r.json: warning: there is no such file
          from: s.json:2:13: the recipe of this study
          why:  w
          help: h
        """)
  }

  /// The two lines of the excerpt, without their gutter.
  private func excerpt(_ word: String, in text: String) throws -> [String] {
    let lines = Diagnostic("x", at: try span(word, in: text), why: "", help: "").text
      .split(separator: "\n", omittingEmptySubsequences: false)
    return lines[1...2].map { String($0.drop { $0 != "|" }.dropFirst(2)) }
  }

  @Test("the caret keeps tabs, counts letters and stays on its line")
  func carets() throws {
    #expect(try excerpt("x", in: "\t\"é\": x") == ["\t\"é\": x", "\t     ^"])
    #expect(try excerpt("{\n1\n}", in: "[{\n1\n}]") == ["[{", " ^"])
    #expect(try excerpt("b", in: "a\r\nb\r\n") == ["b", "^"])
    #expect(try excerpt("ab", in: "ab") == ["ab", "^~"])
  }

  @Test("the end of the file can be pointed at")
  func endOfFile() {
    for (text, line, column) in [("", 1, 1), ("{", 1, 2), ("{\n", 2, 1), ("{\r\n\r\n", 3, 1)] {
      let source = SourceText(name: "a", bytes: Array(text.utf8))
      let end = SourceSpan(source, source.bytes.count..<source.bytes.count + 1)
      #expect(end.text == "a:\(line):\(column)", "\(text.debugDescription)")
      #expect(Diagnostic("x", at: end, why: "", help: "").text.contains("^"))
    }
  }

  @Test("of a long line the part around the caret is shown, cut at letters")
  func longLine() throws {
    let long = String(repeating: "é", count: 500) + "HERE" + String(repeating: "ü", count: 500)
    let lines = try excerpt("HERE", in: long)
    #expect(lines[0].hasPrefix("…") && lines[0].hasSuffix("…"))
    #expect(!lines[0].contains("\u{FFFD}"))
    #expect(lines[0].count < 150)
    let caret = try #require(Array(lines[1]).firstIndex(of: "^"))
    #expect(String(Array(lines[0])[caret..<caret + 4]) == "HERE")
    #expect(lines[1].hasSuffix("^~~~"))
  }

  @Test("bytes that are no text and control characters cannot harm a terminal")
  func hostileBytes() {
    let source = SourceText(name: "a", bytes: [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0xFF, 0x41, 0x07])
    let text = Diagnostic("x\u{1B}y\ny", at: SourceSpan(source, 5..<6), why: "\r", help: "").text
    #expect(
      text == """
        a:1:6: error: x\u{FFFD}y\u{FFFD}y
            1 | \u{FFFD}[31m\u{FFFD}A\u{FFFD}
              |      ^
          why:  \u{FFFD}
          help:\u{20}
        """)
  }

  @Test("every offset has the position that counting gives", arguments: 0..<16)
  func positions(seed: UInt64) {
    // A small generator of our own: this room imports nothing.
    var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let pieces = ["\n", "a", "é", "\r\n", " "]
    let text = (0..<40).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return pieces[Int(state >> 33) % pieces.count]
    }.joined()
    let source = SourceText(name: "a", bytes: Array(text.utf8))
    var line = 1
    var column = 1
    var offset = 0
    for scalar in text.unicodeScalars {
      #expect(
        source.position(of: offset) == SourceText.Position(line: line, column: column),
        "seed \(seed), offset \(offset)")
      offset += String(scalar).utf8.count
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    #expect(source.position(of: offset + 9) == SourceText.Position(line: line, column: column))
  }

  @Test("a report says each thing once, in file order, and counts")
  func report() {
    let study = SourceText(name: "s.json", bytes: Array("abc\ndef".utf8))
    let recipe = SourceText(name: "r.json", bytes: Array("xyz".utf8))
    func fault(_ what: String, _ source: SourceText, _ at: Int, _ severity: Diagnostic.Severity)
      -> Diagnostic
    {
      Diagnostic(
        what, severity: severity, at: SourceSpan(source, at..<at + 1), why: "w", help: "h")
    }
    let report = DiagnosticReport(
      [
        fault("1", recipe, 2, .error), fault("2", study, 5, .warning),
        fault("3", study, 0, .error), fault("1", recipe, 2, .error),
        Diagnostic("4", at: .file("s.json"), why: "w", help: "h"),
        fault("5", study, 0, .error), fault("6", recipe, 0, .error),
      ], first: "s.json")
    #expect(report.diagnostics.map(\.what) == ["4", "3", "5", "2", "6", "1"])
    #expect(report.count == "5 errors, 1 warning")
    #expect(report.description.hasSuffix("  help: h\n5 errors, 1 warning"))
    #expect(report.hasErrors)
    let mild = DiagnosticReport([fault("2", study, 5, .warning)], first: "s.json")
    #expect(!mild.hasErrors && mild.count == "1 warning")
  }
}
