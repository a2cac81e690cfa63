import Foundation
import Testing

@testable import Reporting

/// A program that we did not write, where it is installed.
private struct ForeignProgram {
  let path: String

  /// Says so once on standard error when there is none.
  init?(_ name: String, package: String) {
    let found = ["/usr/bin/\(name)", "/usr/local/bin/\(name)"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let found else {
      FileHandle.standardError.write(
        Data("NOT OPENED BY \(name): it is not installed (apt-get install \(package))\n".utf8))
      return nil
    }
    path = found
  }

  func output(_ words: [String], of file: ReportFile) throws -> (code: Int32, text: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ablate-foreign-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appending(path: "file")
    try Data(file.contents.utf8).write(to: place)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = words + [place.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}

private let python = ForeignProgram("python3", package: "python3")
private let markdown = ForeignProgram("cmark-gfm", package: "cmark-gfm")

@Suite("reports with the worst names, opened by programs that we did not write")
struct ForeignReaderTests {
  private static let files = StudyReport(HostileStudy.results).files()

  @Test(
    "Python's csv reads every table, and each name as it was",
    .enabled(if: python != nil, "python3 is not installed"),
    arguments: files.filter { $0.path.hasSuffix(".csv") })
  func csv(file: ReportFile) throws {
    // Where pandas is installed it has to read the same.
    let script = """
      import csv, json, sys
      rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
      assert len(set(map(len, rows))) == 1, "rows of unlike length"
      try:
          import pandas
          frame = pandas.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
          assert frame.values.tolist() == rows[1:] and list(frame.columns) == rows[0]
      except ImportError:
          print("pandas is not installed", file=sys.stderr)
      print(json.dumps([dict(zip(rows[0], row)) for row in rows[1:]]))
      """
    let read = try #require(python).output(["-c", script], of: file)
    #expect(read.code == 0)
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(read.text.utf8)) as? [[String: String]])
    #expect(!rows.isEmpty)
    let arms = Set(rows.compactMap { $0["arm"] })
    if !arms.isEmpty { #expect(arms.isSubset(of: HostileStudy.labels)) }
    if file.path == "trials.csv" { #expect(arms == Set(HostileStudy.labels)) }
  }

  @Test(
    "GitHub's Markdown has every table whole and no markup from a name",
    .enabled(if: markdown != nil, "cmark-gfm is not installed"))
  func readme() throws {
    let page = try #require(Self.files.first { $0.path == "README.md" })
    let html = try #require(markdown).output(["--unsafe", "-e", "table"], of: page)
    #expect(html.code == 0)
    // A rule below a heading row begins a table.
    let tables = page.contents.split(separator: "\n").count {
      $0.hasPrefix("| :---") || $0.hasPrefix("| ---")
    }
    #expect(tables > 3 && html.text.components(separatedBy: "<table>").count - 1 == tables)
    #expect(!html.text.contains("<script") && !html.text.contains("<b>"))
    for table in html.text.components(separatedBy: "<table>").dropFirst() {
      let rows = (table.components(separatedBy: "</table>").first ?? "")
        .components(separatedBy: "<tr>").dropFirst()
      let counts = Set(
        rows.map {
          $0.components(separatedBy: "</td>").count + $0.components(separatedBy: "</th>").count
        })
      #expect(counts.count == 1, "a row has other cells than its neighbours")
    }
  }
}
