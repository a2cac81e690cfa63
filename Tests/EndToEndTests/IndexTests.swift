import Foundation
import RunStore
import Testing

/// Read with SQLite's own program, which knows nothing of ours.
@Suite("index", .enabled(if: SQLiteProgram.isInstalled, "the sqlite3 program is not installed"))
struct IndexTests {
  @Test("the tables say what the folders say")
  func counts() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let (identities, results) = try (place.results.identities(), place.results)
    let measurements = try identities.reduce(0) { try $0 + results.item($1).measurements().count }
    let files = try identities.reduce(0) { try $0 + (results.item($1).done()?.files.count ?? 0) }
    #expect(measurements > 100 && identities.count == TinyStudy.items)
    #expect(
      try place.sqlite("SELECT count(*) FROM item WHERE state = 'done'") == "\(TinyStudy.items)")
    #expect(try place.sqlite("SELECT count(*) FROM trial") == "4")
    #expect(try place.sqlite("SELECT count(*) FROM measurement") == "\(measurements)")
    #expect(try place.sqlite("SELECT count(*) FROM artifact") == "\(files)")
    #expect(
      try place.sqlite("SELECT count(*) FROM attempt WHERE manner = 'done'") == "\(TinyStudy.items)"
    )
    #expect(try place.sqlite("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")
    let last = try place.sqlite(
      "SELECT count(*) FROM result WHERE study = 'tiny' AND metric = 'sums' AND role = 'first' AND step = 8"
    )
    #expect(last == "4", "one last score for each trial")
  }

  @Test("made anew it has the same rows, after new trials, kills and resumption too")
  func rebuild() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    try place.expectIndexFitsFolders()
    // Items that a killed run finished are not in the index that it could not bring up to date.
    try place.write("study.json", TinyStudy.study.with("\"count\": 2", "\"count\": 4"))
    let run = try place.start(["run", "study.json", "-j", "2", "--quiet"])
    #expect(try run.wait { try place.doneMarks().count > TinyStudy.items + 1 })
    run.signal(9)
    _ = try run.end()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(
      try place.sqlite("SELECT count(*) FROM item WHERE state = 'done'") == "\(TinyStudy.items + 6)"
    )
    try place.expectIndexFitsFolders()
  }

  @Test("an index that is deleted, damaged or no database at all is no obstacle")
  func damaged() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    let rows = try place.rows()
    let report = try place.outcome().report
    let index = "results/ablate.sqlite"
    let damages: [(String, () throws -> Void)] = [
      ("deleted", { try place.remove(index) }),
      (
        "text",
        { try place.write(index, "this is no database, and long enough to be seen as one\n") }
      ),
      ("empty", { try place.write(index, "") }),
      ("half", { try place.cut(index) }),
      ("overwritten", { try place.overwrite(index) }),
    ]
    for (name, damage) in damages {
      for suffix in ["-wal", "-shm"] where place.exists(index + suffix) {
        try place.remove(index + suffix)
      }
      try damage()
      let run = try place.ablate("run", "study.json", "--quiet")
      #expect(run.code == 0, "\(name): \(run.error)")
      #expect(try place.rows() == rows, "\(name)")
      #expect(try place.outcome().report == report, "\(name)")
    }
  }

  @Test("an index from a newer program is left alone and said, and the study still ends well")
  func newer() throws {
    let place = try Place()
    try place.ablate("run", "study.json", "--quiet").expect(0)
    #expect(try place.sqlite("PRAGMA user_version = 99") == "")
    let run = try place.ablate("run", "study.json", "--quiet")
    #expect(run.code == 0 && run.error.contains("version 99"), "\(run.error)")
    #expect(try place.sqlite("PRAGMA user_version") == "99")
    try place.ablate("index").expect(3)
  }
}

enum SQLiteProgram {
  static let path = "/usr/bin/sqlite3"
  static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
}

extension Place {
  func sqlite(_ sql: String) throws -> String {
    let ended = try other(SQLiteProgram.path, [path + "/results/ablate.sqlite", sql])
    #expect(ended.code == 0, "\(ended.error)")
    return ended.output.trimmingCharacters(in: .newlines)
  }

  /// Every row of every table as SQL text, in a fixed order.
  fileprivate func rows() throws -> [String] {
    try sqlite(".dump").split(separator: "\n").map(String.init).sorted()
  }

  fileprivate func expectIndexFitsFolders(at location: SourceLocation = #_sourceLocation) throws {
    let kept = try rows()
    try ablate("index", "--rebuild").expect(0, at: location)
    #expect(Set(kept).symmetricDifference(try rows()).isEmpty, sourceLocation: location)
  }

  fileprivate func cut(_ name: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    let bytes = try Data(contentsOf: url)
    try bytes.prefix(bytes.count / 2).write(to: url)
  }

  /// Overwrites the middle of the file, where pages of the tables are.
  fileprivate func overwrite(_ name: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    var bytes = try Data(contentsOf: url)
    bytes.replaceSubrange(
      8192..<min(20480, bytes.count),
      with: Data(repeating: 0xA5, count: min(20480, bytes.count) - 8192))
    try bytes.write(to: url)
  }
}
