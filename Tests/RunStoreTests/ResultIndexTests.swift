import Foundation
import Reproducibility
import Testing

@testable import RunStore

@Suite("index")
struct ResultIndexTests {
  let place: Workplace

  init() throws {
    place = try Workplace()
    try place.results.prepare()
  }

  /// Three done items, one failed, one only ordered, and a study over them.
  private func fill() throws -> [Digest] {
    var identities: [Digest] = []
    for number in 0..<3 {
      let inputs = identities.last.map { [WorkOrder.Input(name: "policy", identity: $0)] } ?? []
      let folder = try place.item(number, inputs: inputs)
      try place.finish(folder)
      identities.append(folder.identity)
    }
    let failed = try place.item(3)
    try ItemWriter(failed).fail(
      ItemFailure(isConfigurationFault: false, what: "loss is nan", why: "", help: ""))
    identities.append(failed.identity)
    identities.append(try place.item(4).identity)
    try place.results.record(study(identities))
    return identities
  }

  private func study(_ identities: [Digest]) -> StudyNote {
    StudyNote(
      study: "staging", question: "does it?",
      trials: (0..<2).map { index in
        .init(
          arm: index, armName: "level \(index)", variants: ["data": .string("level \(index)")],
          seed: 7, items: [.init(name: "stage", identity: identities[index])])
      })
  }

  private func everything(_ index: ResultIndex) throws -> [String: [[SQLiteValue]]] {
    var rows: [String: [[SQLiteValue]]] = [:]
    for table in [
      "item", "item_input", "item_value", "artifact", "attempt", "measurement", "evaluation",
      "study", "trial",
      "trial_variant", "trial_item", "result",
    ] {
      rows[table] = try index.rows("SELECT * FROM \(table)").sorted { "\($0)" < "\($1)" }
    }
    return rows
  }

  @Test("kept up item by item in any order, the index equals one rebuilt from the folders")
  func rebuildEquals() throws {
    let identities = try fill()
    let index = try ResultIndex.open(place.results)
    for identity in identities.reversed() { try index.update([identity]) }
    try index.update(identities)
    try index.update(study(identities))
    let kept = try everything(index)
    #expect(kept["item"]?.count == 5 && kept["measurement"]?.count == 9)
    #expect(kept["result"]?.count == 6 && kept["attempt"]?.count == 4)
    let summary = try index.rebuild()
    #expect(summary == .init(items: 5, measurements: 9, damage: []))
    #expect(try everything(index) == kept)
    // Deleted, and overwritten with noise: made anew both times.
    for noise in [nil, (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 151) }] {
      for suffix in ["", "-wal", "-shm"] {
        try place.results.files.remove(place.results.indexPath + suffix)
      }
      if let noise { try write(noise, place.results.indexPath) }
      let (again, rebuilt) = try ResultIndex.openOrRebuild(place.results)
      #expect(rebuilt == summary)
      #expect(try everything(again) == kept)
    }
    #expect(try ResultIndex.openOrRebuild(place.results).rebuilt == nil)
  }

  @Test("a damaged item is named and gives no numbers")
  func damage() throws {
    let identities = try fill()
    let folder = place.results.item(identities[0])
    try write([1], folder.path(.measurements))
    let index = try ResultIndex.open(place.results)
    let summary = try index.rebuild()
    #expect(summary.damage.count == 1 && summary.damage[0].contains(folder.path(.measurements)))
    #expect(
      try index.rows(
        "SELECT state FROM item WHERE identity = ?", [.text(identities[0].hex)])
        == [[.text("damaged")]])
    #expect(summary.measurements == 6)
  }

  @Test("a sound result is known by its seal until somebody touches a file of it, be it unseen")
  func seals() throws {
    let identities = try fill()
    let index = try ResultIndex.open(place.results)
    try index.rebuild()
    let done = try identities.filter { try place.results.item($0).done() != nil }
    let known = try index.known()
    for identity in identities {
      let state = try known.state(of: place.results.item(identity))
      #expect((state?.isDone ?? false) == done.contains(identity))
    }
    #expect(ResultIndex.known(in: place.results).contains(done[0]))
    // One bit, the size kept and the time of the change set back: as well hidden as can be.
    let folder = place.results.item(done[0])
    let path = folder.path(.measurements)
    var bytes = try #require(try place.results.files.contents(of: path))
    let time = try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate])
    bytes[0] ^= 1
    try write(bytes, path)
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
    #expect(try known.state(of: folder) == nil)
    #expect(try index.update([done[0]]).damage.count == 1)
    #expect(try !index.known().contains(done[0]))
    #expect(try known.state(of: place.results.item(done[1]))?.isDone == true)
  }

  @Test("a known result says how many bytes its files have, as its note does")
  func knownBytes() throws {
    let identities = try fill()
    let index = try ResultIndex.open(place.results)
    try index.rebuild()
    let folder = place.results.item(identities[0])
    let note = try #require(try folder.done())
    let bytes = note.files.reduce(0) { $0 + $1.bytes }
    #expect(bytes > 200)
    #expect(try folder.state().bytes == bytes)
    #expect(try index.known().state(of: folder)?.bytes == bytes)
    #expect(ItemState.absent.bytes == nil)
  }

  @Test("the history has what finished at its first attempt, with seconds and bytes")
  func history() throws {
    let identities = try fill()
    // One that was begun twice: what its second attempt took is not what it takes.
    let again = try place.item(7)
    try ItemWriter(again).stop()
    try place.finish(again)
    let index = try ResultIndex.open(place.results)
    try index.rebuild()
    let found = try index.finishedItems(ofKind: "stage", atMost: 100)
    // In the order in which they were run.
    #expect(found.map(\.configuration) == (0..<3).map { ["number": JSONValue($0)] })
    for (item, identity) in zip(found, identities) {
      let note = try #require(try place.results.item(identity).done())
      #expect(item.seconds == note.seconds)
      #expect(item.bytes == note.files.reduce(0) { $0 + $1.bytes })
    }
    #expect(try index.finishedItems(ofKind: "stage", atMost: 2).count == 2)
    // Better than nothing.
    for identity in identities.prefix(3) {
      try FileManager.default.removeItem(atPath: place.results.item(identity).path)
    }
    try index.rebuild()
    #expect(
      try index.finishedItems(ofKind: "stage", atMost: 2).map(\.configuration) == [["number": 7]])
    #expect(try index.finishedItems(ofKind: "solver", atMost: 2).isEmpty)
  }

  @Test("an index that was closed in good order is not looked through again, another one is")
  func sealedIndex() throws {
    let identities = try fill()
    do { _ = try ResultIndex.openOrRebuild(place.results) }
    try ResultIndex.seal(place.results)
    let path = place.results.indexPath
    #expect(try ResultIndex.openOrRebuild(place.results).rebuilt == nil)
    // Noise over the tables, the schema left alone: only a look at every page can tell.
    var bytes = try #require(try place.results.files.contents(of: path))
    for place in 8192..<min(20_480, bytes.count) { bytes[place] = 0xA5 }
    try write(bytes, path)
    #expect(try ResultIndex.openOrRebuild(place.results).rebuilt?.items == identities.count)
  }

  @Test("an index whose version is less than nothing is a broken one, and made anew")
  func negativeVersion() throws {
    let identities = try fill()
    do { _ = try ResultIndex.openOrRebuild(place.results) }
    try SQLiteConnection(place.results.indexPath, .writing).run("PRAGMA user_version = -1075486027")
    #expect(throws: StoreFault.self) { _ = try ResultIndex.open(place.results) }
    #expect(try ResultIndex.openOrRebuild(place.results).rebuilt?.items == identities.count)
    #expect(try ResultIndex.openOrRebuild(place.results).rebuilt == nil)
  }

  @Test("an index of a newer program is refused")
  func newer() throws {
    _ = try ResultIndex.open(place.results, migrations: Migration.all + ["SELECT 1"])
    let known = Migration.all.count
    #expect(
      throws: StoreFault.newerIndex(
        path: place.results.indexPath, found: known + 1, known: known)
    ) { try ResultIndex.open(place.results) }
  }

  @Test("an older index is brought up to date, and a step that fails leaves it as it was")
  func migration() throws {
    _ = try ResultIndex.open(place.results, migrations: [])
    #expect(throws: StoreFault.self) {
      try ResultIndex.open(place.results, migrations: Migration.all + ["CREATE nonsense"])
    }
    let index = try ResultIndex.open(place.results)
    #expect(try index.rows("PRAGMA user_version") == [[.integer(Int64(Migration.all.count))]])
    #expect(try index.rows("PRAGMA journal_mode") == [[.text("wal")]])
    #expect(try index.rows("PRAGMA foreign_keys") == [[.integer(1)]])
  }

  @Test("released steps are never edited")
  func immutableSteps() {
    // A step may be added at the end with its digest. A digest that changes here is a step that was
    // edited after it was released: undo the edit and add a step.
    let released = ["6616b436", "e0ca0806", "9facbe01", "1887a613"]
    #expect(Migration.all.map { SHA256.digest(of: $0).short } == released)
  }

  @Test("faults carry the statement and SQLite's words")
  func words() throws {
    let index = try ResultIndex.open(place.results)
    #expect(
      throws: StoreFault.database(
        path: place.results.indexPath, sql: "SELECT x FROM item", code: 1,
        words: "no such column: x")
    ) { try index.rows("SELECT x FROM item") }
  }

  @Test("every table and column is documented, and every example query runs in sqlite3")
  func documentation() throws {
    let identities = try fill()
    let index = try ResultIndex.open(place.results)
    try index.rebuild()
    _ = identities
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/store.md"), encoding: .utf8)
    let columns = try index.rows(
      """
      SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
      WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'
      """)
    #expect(columns.count > 40)
    for case .text(let table)? in Set(columns.map(\.first)) {
      let section = try #require(
        text.components(separatedBy: "### `\(table)`").dropFirst().first, "no section on \(table)")
      let body = section.components(separatedBy: "\n##")[0]
      for row in columns where row[0] == .text(table) {
        guard case .text(let column) = row[1] else { continue }
        #expect(body.contains("`\(column)`"), "\(table).\(column) is not documented")
      }
    }
    let queries = text.components(separatedBy: "```sql\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(queries.count >= 10)
    for query in queries {
      #expect(throws: Never.self) { try index.rows(query) }
      let (status, output) = try sqlite3(query)
      #expect(status == 0, "\(query)\n\(output)")
    }
  }

  /// Runs a query through the `sqlite3` program; where it is not installed, SQLite itself has run it.
  private func sqlite3(_ query: String) throws -> (Int32, String) {
    let program = "/usr/bin/sqlite3"
    guard FileManager.default.isExecutableFile(atPath: program) else { return (0, "") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-bail", "-readonly", place.results.indexPath, query]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
