package import Reproducibility
internal import Synchronization

/// `results/ablate.sqlite`: what the item folders say, in tables that anyone may query. Derived from
/// the folders and safe to delete. One connection writes; readers are never blocked (WAL).
package final class ResultIndex: Sendable {
  package let results: ResultsFolder
  // The connection is not safe for two threads at once; the lock is what makes it so.
  private let connection: Mutex<SQLiteConnection>

  /// Of the tables; see ``Migration``.
  package static var version: Int { Migration.all.count }

  /// What came of bringing the index up to date.
  package struct Summary: Sendable, Hashable {
    package var items = 0
    package var measurements = 0
    /// Damaged items and studies, each named with what is wrong.
    package var damage: [String] = []
  }

  private init(_ results: ResultsFolder, _ connection: consuming sending SQLiteConnection) {
    self.results = results
    self.connection = Mutex(connection)
  }

  /// Opens the index, creating it or bringing an older one up to this version.
  ///
  /// - Parameter migrations: for tests; otherwise all there are.
  /// - Throws: ``StoreFault/newerIndex(path:found:known:)`` when a newer program wrote it.
  package static func open(_ results: ResultsFolder) throws(StoreFault) -> ResultIndex {
    try open(results, migrations: Migration.all)
  }

  static func open(
    _ results: ResultsFolder, migrations: [String]
  ) throws(StoreFault) -> ResultIndex {
    let path = results.indexPath
    let connection = try SQLiteConnection(path, .writing)
    try connection.run(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      """)
    try connection.transaction { () throws(StoreFault) in
      let found = try connection.rows("PRAGMA user_version").first?.first
      guard case .integer(let version) = found else { return }
      // No program writes such a number, but noise over the file's beginning may.
      guard version >= 0 else { throw .brokenDatabase(path, "its version is \(version)") }
      guard version <= migrations.count else {
        throw .newerIndex(path: path, found: Int(version), known: migrations.count)
      }
      for (index, sql) in migrations.enumerated().dropFirst(Int(version)) {
        try connection.run(sql)
        try connection.run("PRAGMA user_version = \(index + 1)")
      }
    }
    return ResultIndex(results, connection)
  }

  /// What the index knows, for those who only look: nothing is created, mended or brought up to date. An
  /// index that is not there or cannot be read costs time and nothing else.
  package static func known(in results: ResultsFolder) -> KnownResults {
    guard let index = try? openForReading(results) else { return KnownResults() }
    return (try? index.known()) ?? KnownResults()
  }

  /// Opens the index for questions.
  ///
  /// - Returns: nil when there is none, or one of another version.
  package static func openForReading(
    _ results: ResultsFolder
  ) throws(StoreFault) -> ResultIndex? {
    guard try results.files.exists(results.indexPath) else { return nil }
    let connection = try SQLiteConnection(results.indexPath, .reading)
    guard try connection.rows("PRAGMA user_version") == [[.integer(Int64(Migration.all.count))]]
    else { return nil }
    return ResultIndex(results, connection)
  }

  /// Opens the index; one that is broken, or not there, is built anew from the item folders.
  ///
  /// - Returns: the index, and what was rebuilt when that was needed.
  package static func openOrRebuild(
    _ results: ResultsFolder
  ) throws(StoreFault) -> (index: ResultIndex, rebuilt: Summary?) {
    let isNew = try !results.files.exists(results.indexPath)
    do throws(StoreFault) {
      let index = try open(results)
      if !isNew, try index.isUntouchedOrSound() { return (index, nil) }
      if isNew { return (index, try index.rebuild()) }
    } catch {
      guard error.isBrokenDatabase else { throw error }
    }
    for suffix in ["", "-wal", "-shm", Self.sealSuffix] {
      try results.files.remove(results.indexPath + suffix)
    }
    let index = try open(results)
    return (index, try index.rebuild())
  }

  // Looking at every page takes a second for a large index, so whoever closes one notes what the file
  // looks like then. As long as it looks the same nobody else has written to it.

  private static let sealSuffix = "-seal"

  private static func sealText(_ results: ResultsFolder) throws(StoreFault) -> String? {
    try results.files.status(of: results.indexPath).map {
      "\($0.number) \($0.bytes) \($0.entryChanged)\n"
    }
  }

  private func isSealed() throws(StoreFault) -> Bool {
    let path = results.indexPath
    if try results.files.status(of: path + "-wal").map({ $0.bytes > 0 }) == true { return false }
    return try results.files.text(of: path + Self.sealSuffix) == Self.sealText(results)
  }

  /// Notes that the index was closed in good order, so that the next one to open it need not look at every
  /// page. Call it when the index object is gone; nothing is lost when it is never called.
  package static func seal(_ results: ResultsFolder) throws(StoreFault) {
    guard let text = try sealText(results) else { return }
    try results.files.replace(
      results.indexPath + sealSuffix, with: Array(text.utf8), .untilPowerCut)
  }

  private func isUntouchedOrSound() throws(StoreFault) -> Bool {
    if try isSealed() { return true }
    return try isSound()
  }

  private func isSound() throws(StoreFault) -> Bool {
    try rows("PRAGMA quick_check(1)") == [[.text("ok")]]
  }

  /// Empties the tables and fills them from the folders, in one transaction: readers see the old rows
  /// or the new.
  @discardableResult
  package func rebuild() throws(StoreFault) -> Summary {
    var summary = Summary()
    let identities = try results.identities()
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in
        try connection.run("DELETE FROM study; DELETE FROM item;")
        for identity in identities {
          try connection.put(results.item(identity), isSound: false, &summary)
        }
        do throws(StoreFault) {
          for study in try results.studies() { try connection.put(study) }
        } catch {
          guard case .damaged = error else { throw error }
          summary.damage.append(error.what)
        }
      }
    }
    return summary
  }

  /// Replaces the rows of these items by what their folders say now; an item whose folder has gone loses
  /// them.
  ///
  /// - Parameter sound: those of them whose results were read to the last byte, or have just been
  ///   written by a worker that did so.
  @discardableResult
  package func update(
    _ identities: [Digest], sound: Set<Digest> = []
  ) throws(StoreFault) -> Summary {
    var summary = Summary()
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in
        for identity in identities {
          try connection.put(
            results.item(identity), isSound: sound.contains(identity), &summary)
        }
      }
    }
    return summary
  }

  /// Brings everything up to date: items that came, changed or went, and studies. Results that were found sound
  /// and are untouched are not read again.
  @discardableResult
  package func refresh() throws(StoreFault) -> Summary {
    let known = try rows("SELECT identity FROM item").compactMap { row -> Digest? in
      if case .text(let hex)? = row.first { Digest(hex: hex) } else { nil }
    }
    let summary = try update(Set(results.identities()).union(known).sorted())
    let studies = try results.studies()
    for study in studies { try update(study) }
    for row in try rows("SELECT study FROM study") {
      guard case .text(let name)? = row.first, !studies.contains(where: { $0.study == name })
      else { continue }
      try remove(study: name)
    }
    return summary
  }

  /// Replaces the rows of a study; leaves them alone when they say the same already.
  package func update(_ study: StudyNote) throws(StoreFault) {
    let known = try rows("SELECT digest FROM study WHERE study = ?", [.text(study.study)])
    if known == [[.text(study.digest.hex)]] { return }
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in try connection.put(study) }
    }
  }

  /// Removes the rows of a study; those of its items are ``update(_:sound:)``'s.
  package func remove(study: String) throws(StoreFault) {
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in
        try connection.run("DELETE FROM study WHERE study = ?", [.text(study)])
      }
    }
  }

  /// All rows of a query, in SQLite's own types.
  package func rows(
    _ sql: String, _ values: [SQLiteValue] = []
  ) throws(StoreFault) -> [[SQLiteValue]] {
    try withConnection { connection throws(StoreFault) in try connection.rows(sql, values) }
  }

  func withConnection<Result: Sendable>(
    _ work: (borrowing SQLiteConnection) throws(StoreFault) -> Result
  ) throws(StoreFault) -> Result {
    try connection.withLock { connection throws(StoreFault) in try work(connection) }
  }
}
