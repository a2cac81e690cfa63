internal import CSQLite

/// One connection to a SQLite file. Closes itself; no handle leaves this file and its neighbour.
///
/// Safe to use because the handle is valid from `init` to `deinit` and nothing else closes it.
@safe struct SQLiteConnection: ~Copyable {
  let path: String
  private let handle: OpaquePointer

  enum Mode { case reading, writing }

  /// Opens the file, creating it when writing.
  init(_ path: String, _ mode: Mode) throws(StoreFault) {
    let access =
      mode == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var opened: OpaquePointer?
    // Each connection is used by one thread at a time, so SQLite need not lock.
    let code = unsafe sqlite3_open_v2(
      path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let opened = unsafe opened else {
      throw .database(path: path, sql: "open", code: code, words: "out of memory")
    }
    guard code == SQLITE_OK else {
      let words = unsafe String(cString: sqlite3_errmsg(opened))
      unsafe sqlite3_close_v2(opened)
      throw .database(path: path, sql: "open", code: code, words: words)
    }
    self.path = path
    unsafe handle = opened
    // A second coordinator may be writing: wait for it, a transaction lasts milliseconds.
    unsafe sqlite3_busy_timeout(handle, 30_000)
    unsafe ablate_be_defensive(handle)
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  /// Runs statements that give no rows.
  borrowing func run(_ sql: String) throws(StoreFault) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw fault(code, sql) }
  }

  borrowing func prepare(_ sql: String) throws(StoreFault) -> SQLiteStatement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement = unsafe statement else { throw fault(code, sql) }
    return unsafe SQLiteStatement(handle: statement, path: path, sql: sql)
  }

  /// One statement with its values, no rows asked for.
  borrowing func run(_ sql: String, _ values: [SQLiteValue]) throws(StoreFault) {
    let statement = try prepare(sql)
    try statement.run(values)
  }

  /// All rows of a query.
  borrowing func rows(
    _ sql: String, _ values: [SQLiteValue] = []
  ) throws(StoreFault) -> [[SQLiteValue]] {
    let statement = try prepare(sql)
    try statement.bind(values)
    var rows: [[SQLiteValue]] = []
    while try statement.step() { rows.append(statement.row) }
    return rows
  }

  /// Does all of it or, when it throws, nothing.
  borrowing func transaction(
    _ work: () throws(StoreFault) -> Void
  ) throws(StoreFault) {
    try run("BEGIN IMMEDIATE")
    do throws(StoreFault) {
      try work()
      try run("COMMIT")
    } catch {
      // SQLite may have rolled back on its own; then there is nothing to do.
      try? run("ROLLBACK")
      throw error
    }
  }

  private borrowing func fault(_ code: Int32, _ sql: String) -> StoreFault {
    .database(
      path: path, sql: sql, code: code, words: unsafe String(cString: sqlite3_errmsg(handle)))
  }
}

extension StoreFault {
  /// What SQLite could not see: the file is a database, and none of ours.
  static func brokenDatabase(_ path: String, _ words: String) -> StoreFault {
    .database(path: path, sql: "open", code: SQLITE_CORRUPT, words: words)
  }

  /// Whether SQLite found the file to be no database, or a broken one.
  var isBrokenDatabase: Bool {
    guard case .database(_, _, let code, _) = self else { return false }
    return [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff)
  }
}
