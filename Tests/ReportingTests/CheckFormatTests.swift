import Foundation
import FoundationXML
import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

/// The texts that a check leaves, with names that mean something in one of the formats.
@Suite("Formats of a check")
struct CheckFormatTests {
  private static let labels = [
    "a<b>&\"c\"]]>\r\n::error::x,y|z", "second\u{1}_*b*_ `c`", "<script>alert(1)</script>",
    "🧪 مرحبا, שלום\u{202E}abc", "[x](javascript:1) 'q' %0A",
  ]

  private func awkward() throws -> Expectations {
    let before = ExampleStudy.plain(
      Self.labels.indices.map { [Double($0), 2] }, labels: Self.labels)
    let after = ExampleStudy.plain(
      Self.labels.indices.map { [Double($0) + 1, 2] }, labels: Self.labels)
    let accepted = try AcceptedResults(
      before, excuses: [.init(arm: Self.labels[4], measure: "final(contest)", reason: "<b>|,🙂")])
    let file = try AcceptedResults(
      json: JSONValue(parsing: accepted.json.pretty), of: before.name)
    return compare(
      after, with: file,
      claims: Self.labels.map { .init(says: $0, verdict: .contradicted, note: "<i>|&") })
  }

  @Test("JSON reads back with every name as it was")
  func json() throws {
    let json = try JSONValue(parsing: awkward().json.pretty)
    let arms = try #require(json["rows"]?.array).compactMap { $0["arm"]?.string }
    #expect(arms == Self.labels.flatMap { [$0, $0] })
  }

  @Test("JUnit is well-formed and keeps what XML can hold")
  func junit() throws {
    let junit = try awkward().junit
    let document = try XMLDocument(data: Data(junit.utf8))
    let names = try document.nodes(forXPath: "//testcase/@name").compactMap(\.stringValue)
    #expect(names.count == 15)
    #expect(names[4] == "<script>alert(1)</script>, seed 1")
    #expect(names[6] == "🧪 مرحبا, שלום\u{202E}abc, seed 1")
    #expect(names[2].hasPrefix("second\u{FFFD}"), "XML 1.0 has no control characters")
  }

  @Test("annotations are one command a line")
  func annotations() throws {
    let lines = try awkward().annotations(file: "a,b:c.json").unicodeScalars.split {
      $0 == "\n" || $0 == "\r"
    }
    // Four arms moved and one is excused; five claims are contradicted.
    #expect(lines.count == 9)
    #expect(lines.allSatisfy { String($0).hasPrefix("::error file=a%2Cb%3Ac.json,") })
  }

  @Test("the job summary holds no markup but its own, and every row has its cells")
  func jobSummary() throws {
    let summary = try awkward().jobSummary
    #expect(!summary.contains("<script") && !summary.contains("<b>") && !summary.contains("]("))
    let rows = summary.unicodeScalars.split(separator: "\n").map { String($0) }.filter {
      $0.hasPrefix("|")
    }
    #expect(rows.count == 2 + 10 + 2 + 5)
    for row in rows {
      let bars = row.replacing("\\|", with: "").count { $0 == "|" }
      #expect(bars == 9 || bars == 3, "\(row)")
    }
    #expect(summary.contains("🧪 مرحبا, שלום"))
  }

  @Test("the console breaks no row")
  func console() throws {
    let outcome = try awkward()
    let lines = ConsoleRenderer(usesANSI: false).render(outcome.table).split(separator: "\n")
    #expect(lines.count == 1 + 10 + 1, "a heading, ten rows, a footnote")
  }

  @Test("a job summary of many rows shows those that do not hold")
  func manyRows() throws {
    let count = 500
    let labels = (0..<count).map { "arm \($0)" }
    let file = try AcceptedResults(
      ExampleStudy.plain((0..<count).map { [Double($0)] }, labels: labels))
    let after = ExampleStudy.plain((0..<count).map { [Double(max($0, 1))] }, labels: labels)
    let summary = compare(after, with: file).jobSummary
    #expect(summary.contains("Of 500 rows only those that do not hold are shown, 1 of 1."))
    #expect(summary.utf8.count < 2000)
  }

  /// A check with every kind of row and claim.
  private func everything() throws -> Expectations {
    let results = ExampleStudy.plain([[25.1, 24.3], [18.2, 19]])
    let accepted = try AcceptedResults(
      results, tolerances: ["final(contest)": .room(absolute: 0.5)],
      excuses: [.init(arm: "arm 1", measure: "final(contest)", reason: "a | known, failure")])
    let file = try AcceptedResults(json: JSONValue(parsing: accepted.json.pretty), of: "plain")
    return compare(
      ExampleStudy.plain([[25.1, 26], [18, nil]]), with: file,
      claims: [
        .init(says: "Arm 0 is better.", verdict: .supported, note: "6.9 in [2.1, 11.7]"),
        .init(says: "Arm 1 is as good.", verdict: .contradicted, note: "−6.9 in [−11.7, −2.1]"),
        .init(says: "It stays so.", verdict: .undecided),
      ])
  }

  @Test("the accepted file, the check's table and its machine formats")
  func golden() throws {
    let results = ExampleStudy.plain([[25.1, 24.3], [18.2, 19]])
    let accepted = try AcceptedResults(
      results,
      tolerances: [
        "final(contest)": .room(
          absolute: .init(below: 0.5, above: 1), relative: .init(below: 0.01, above: 0.01)),
        "final(length)": .equivalence(margin: .init(below: 3, above: 2), level: 0.9),
      ], excuses: [.init(arm: "arm 1", measure: "final(contest)", reason: "a | known, failure")])
    try expectGolden(accepted.json.pretty + "\n", "check/accepted.json")
    let outcome = try everything()
    let console = ConsoleRenderer(usesANSI: false)
    let claims = try #require(outcome.claimTable)
    try expectGolden(
      console.render(outcome.table) + "\n" + console.render(claims) + "\n"
        + ([outcome.summary] + outcome.remarks).joined(separator: "\n") + "\n", "check/console.txt")
    try expectGolden(outcome.jobSummary, "check/summary.md")
    try expectGolden(outcome.json.pretty + "\n", "check/check.json")
    try expectGolden(outcome.junit, "check/junit.xml")
    try expectGolden(
      outcome.annotations(file: "results/accepted/plain.json"), "check/annotations.txt")
  }

  /// The schema of the Jenkins xUnit plugin, which CI servers take as the common one.
  @Test(
    "JUnit is valid by the schema of Jenkins",
    .enabled(if: XMLLint.isInstalled, "xmllint (Debian: libxml2-utils) is not installed"))
  func schema() throws {
    for outcome in [try everything(), try awkward()] {
      #expect(try XMLLint.complaint(outcome.junit) == nil)
    }
    // The judge can say no.
    let wrong = try everything().junit.replacing("<testcase", with: "<testcaze")
    #expect(try XMLLint.complaint(wrong) != nil)
  }
}

private enum XMLLint {
  static let isInstalled = (try? run(["--version"])) != nil

  /// Why a document is not valid; nil when it is.
  static func complaint(_ document: String) throws -> String? {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).xml")
    try Data(document.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Schemas/junit-10.xsd")
    let (code, output) = try run(["--noout", "--nonet", "--schema", schema.path, file.path])
    return code == 0 ? nil : output
  }

  private static func run(_ words: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/xmllint")
    process.arguments = words
    let output = Pipe()
    process.standardError = output
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
