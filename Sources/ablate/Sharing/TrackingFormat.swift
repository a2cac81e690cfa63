import Reporting
import TrackingFormats

/// What a study's measurements can be written as, for the tools of the field.
enum TrackingFormat: String, CaseIterable {
  case mlflow, tensorboard, csv, parquet

  /// Hands over each file by its path in the folder, in pieces: one of a path that was there before goes on
  /// with its file, and one that ends in a slash is a folder.
  func write(
    _ study: TrackedStudy, _ body: (String, [UInt8]) throws -> Void
  ) throws {
    switch self {
    case .mlflow: try MLflowStore(study).write(body)
    case .tensorboard: try TensorBoardRuns(study).write(body)
    case .csv:
      try body("trials.csv", Self.csv(TrackedTables(study).trials, isFirst: true))
      var isFirst = true
      try TrackedTables(study).measurements(atMost: 1 << 15) { rows in
        try body("measurements.csv", Self.csv(rows, isFirst: isFirst))
        isFirst = false
      }
    case .parquet:
      let trials = TrackedTables(study).trials
      var file = ParquetFile(like: trials)
      try body("trials.parquet", file.rowGroup(trials) + file.end())
      var long: ParquetFile?
      try TrackedTables(study).measurements(atMost: ParquetFile.rowsOfGroup) { rows in
        var file = long ?? ParquetFile(like: rows)
        try body("measurements.parquet", file.rowGroup(rows))
        long = file
      }
      if let long { try body("measurements.parquet", long.end()) }
    }
  }

  /// What opens the folder, as it would be typed.
  func opening(_ folder: String) -> String {
    func quoted(_ path: String) -> String { StudyRequest.quoted(path) }
    switch self {
    case .mlflow:
      let store = quoted("\(folder)/\(MLflowStore.root)")
      return "MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri \(store)"
    case .tensorboard: return "tensorboard --logdir \(quoted(folder))"
    case .csv: return "head \(quoted("\(folder)/measurements.csv"))"
    case .parquet:
      let path = "\(folder)/measurements.parquet"
      let query = "FROM '\(path.replacing("'", with: "''"))'"
      return "duckdb -c " + (quoted(path) == path ? "\"\(query)\"" : quoted(query))
    }
  }

  /// Not-a-number and the infinities as the store writes them; pandas, R and DuckDB read them so.
  private static func csv(_ rows: TrackedRows, isFirst: Bool) -> [UInt8] {
    let columns = rows.columns.map { column -> [String] in
      switch column.cells {
      case .texts(let cells): cells.map { $0 ?? "" }
      case .integers(let cells): cells.map { "\($0)" }
      case .numbers(let cells): cells.map(text)
      }
    }
    let records = (0..<rows.count).map { row in columns.map { $0[row] } }
    return Array(((isFirst ? header(rows) : "") + CSVRenderer.text(records)).utf8)
  }

  /// In quotes whatever the names are: DuckDB learns from a file's first twenty thousand lines whether fields are
  /// ever quoted, and the first arm with a comma may stand below them.
  private static func header(_ rows: TrackedRows) -> String {
    rows.columns.map { "\"" + $0.name.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
      + "\r\n"
  }

  private static func text(_ value: Double) -> String {
    value.isFinite
      ? NumberText.full(value) : value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
  }
}
