package import Reproducibility
internal import Synchronization

/// `results/ablate.sqlite`: what the item folders say, in tables that anyone may query. Derived from
/// the folders and safe to delete. One connection writes; readers are never blocked (WAL).
package final class ResultIndex: Sendable {
  package let results: ResultsFolder
  // The connection is not safe for two threads at once; the lock is what makes it so.
  private let connection: Mutex<SQLiteConnection>

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

  /// Opens the index; one that is broken, or not there, is built anew from the item folders.
  ///
  /// - Returns: the index, and what was rebuilt when that was needed.
  package static func openOrRebuild(
    _ results: ResultsFolder
  ) throws(StoreFault) -> (index: ResultIndex, rebuilt: Summary?) {
    let isNew = try !results.files.exists(results.indexPath)
    do throws(StoreFault) {
      let index = try open(results)
      if !isNew, try index.isSound() { return (index, nil) }
      if isNew { return (index, try index.rebuild()) }
    } catch {
      guard error.isBrokenDatabase else { throw error }
    }
    for suffix in ["", "-wal", "-shm"] { try results.files.remove(results.indexPath + suffix) }
    let index = try open(results)
    return (index, try index.rebuild())
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
        for identity in identities { try connection.put(results.item(identity), &summary) }
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

  /// Replaces the rows of these items by what their folders say now.
  @discardableResult
  package func update(_ identities: [Digest]) throws(StoreFault) -> Summary {
    var summary = Summary()
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in
        for identity in identities { try connection.put(results.item(identity), &summary) }
      }
    }
    return summary
  }

  /// Replaces the rows of a study.
  package func update(_ study: StudyNote) throws(StoreFault) {
    try withConnection { connection throws(StoreFault) in
      try connection.transaction { () throws(StoreFault) in try connection.put(study) }
    }
  }

  /// The items that the index has as done.
  package func done() throws(StoreFault) -> Set<Digest> {
    let rows = try rows("SELECT identity FROM item WHERE state = 'done'")
    return Set(
      rows.compactMap { row in
        guard case .text(let hex)? = row.first else { return nil }
        return Digest(hex: hex)
      })
  }

  /// All rows of a query, in SQLite's own types.
  package func rows(
    _ sql: String, _ values: [SQLiteValue] = []
  ) throws(StoreFault) -> [[SQLiteValue]] {
    try withConnection { connection throws(StoreFault) in try connection.rows(sql, values) }
  }

  private func withConnection<Result: Sendable>(
    _ work: (borrowing SQLiteConnection) throws(StoreFault) -> Result
  ) throws(StoreFault) -> Result {
    try connection.withLock { connection throws(StoreFault) in try work(connection) }
  }
}
