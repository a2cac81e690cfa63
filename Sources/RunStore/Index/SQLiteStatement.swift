internal import CSQLite

/// A value of a SQLite column.
package enum SQLiteValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  package init(_ value: Double?) { self = value.map { .real($0) } ?? .null }
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}

/// A prepared statement. Finalizes itself, before its connection closes.
///
/// Safe to use because the handle is valid from `init` to `deinit` and nothing else finalizes it;
/// `sqlite3_close_v2` keeps the connection for as long as a statement lives.
@safe struct SQLiteStatement: ~Copyable {
  private let handle: OpaquePointer
  private let path: String
  private let sql: String

  init(handle: OpaquePointer, path: String, sql: String) {
    unsafe self.handle = handle
    self.path = path
    self.sql = sql
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Runs it once with these values, discarding rows.
  borrowing func run(_ values: [SQLiteValue]) throws(StoreFault) {
    try bind(values)
    while try step() {}
  }

  /// Values for the question marks, from the first.
  borrowing func bind(_ values: [SQLiteValue]) throws(StoreFault) {
    unsafe sqlite3_reset(handle)
    precondition(Int(unsafe sqlite3_bind_parameter_count(handle)) == values.count)
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      let code =
        switch value {
        case .null: unsafe sqlite3_bind_null(handle, place)
        case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
        case .real(let number): unsafe sqlite3_bind_double(handle, place, number)
        case .text(let text):
          unsafe ablate_bind_text(handle, place, text, Int32(text.utf8.count))
        }
      guard code == SQLITE_OK else { throw fault(code) }
    }
  }

  /// Goes to the next row; false after the last.
  borrowing func step() throws(StoreFault) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw fault(code)
    }
  }

  /// The row at hand.
  var row: [SQLiteValue] {
    let columns = unsafe sqlite3_column_count(handle)
    return (0..<columns).map { column in
      switch unsafe sqlite3_column_type(handle, column) {
      case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
      case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
      case SQLITE_NULL: return .null
      default:
        guard let text = unsafe sqlite3_column_text(handle, column) else { return .null }
        return .text(unsafe String(cString: text))
      }
    }
  }

  private borrowing func fault(_ code: Int32) -> StoreFault {
    .database(
      path: path, sql: sql, code: code,
      words: unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
  }
}
