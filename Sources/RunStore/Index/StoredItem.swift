package import Reproducibility

/// What the store says of one item, for a report.
package enum StoredItem: Sendable, Hashable {
  /// It has no result, and nobody gave up on it.
  case waiting
  /// The last attempt that gave up, whatever became of the attempts after it.
  case failed(ItemFailure)
  case done(StoredResult)

  package var result: StoredResult? { if case .done(let result) = self { result } else { nil } }
  package var failure: ItemFailure? { if case .failed(let failure) = self { failure } else { nil } }
}

/// What a finished item left, without its files.
package struct StoredResult: Sendable, Hashable {
  /// What the attempt that finished it took.
  package var seconds: Double?
  /// The files of the result with their digests, by name.
  package var files: [String: Digest] = [:]
  /// The result in short.
  package var values: JSONObject = [:]
  /// In the order in which they were made.
  package var measurements: [Measurement] = []
  package var evaluations: [EvaluationCount] = []
}

extension ResultsFolder {
  /// What is known of these items: from the index where it has seen a result to be sound and nobody has
  /// touched it since, from the folder otherwise. Writes nothing; items without a folder are absent.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` for a result that is not what it was.
  package func items(
    _ identities: some Collection<Digest>
  ) throws(StoreFault) -> [Digest: StoredItem] {
    let index = try? ResultIndex.openForReading(self)
    let known = (try? index?.known()) ?? KnownResults()
    var indexed: [Digest] = []
    var items: [Digest: StoredItem] = [:]
    for identity in Set(identities) {
      let folder = item(identity)
      if try known.state(of: folder) != nil {
        indexed.append(identity)
      } else if let item = try StoredItem(folder) {
        items[identity] = item
      }
    }
    // An index that breaks under the hands costs time and nothing else.
    let found = (try? index?.results(of: indexed)) ?? [:]
    for identity in indexed {
      if let result = found[identity] {
        items[identity] = .done(result)
      } else {
        items[identity] = try StoredItem(item(identity))
      }
    }
    return items
  }
}

extension StoredItem {
  /// Reads the folder, every byte of its result checked; nil when there is nothing in it.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)``: no number is ever told of a file that is not what it was.
  init?(_ folder: ItemFolder) throws(StoreFault) {
    if let note = try folder.done(.kept) {
      var result = StoredResult(seconds: note.seconds, values: note.values)
      for file in note.files { result.files[file.name] = file.digest }
      result.measurements = try folder.measurements()
      result.evaluations = try folder.evaluations()
      self = .done(result)
    } else if let failure = try folder.failure() {
      self = .failed(failure)
    } else if try folder.order() != nil {
      self = .waiting
    } else {
      return nil
    }
  }
}

extension ResultIndex {
  /// The results of these items, as far as the index has them.
  func results(
    of identities: some Collection<Digest>
  ) throws(StoreFault) -> [Digest: StoredResult] {
    try withConnection { connection throws(StoreFault) in
      let items = try connection.prepare(
        "SELECT seconds FROM item WHERE item = ? AND identity = ? AND state = 'done'")
      let files = try connection.prepare("SELECT name, sha256 FROM artifact WHERE item = ?")
      let values = try connection.prepare("SELECT name, value, text FROM item_value WHERE item = ?")
      let measurements = try connection.prepare(
        "SELECT step, metric, value, tags FROM measurement WHERE item = ? ORDER BY line")
      let evaluations = try connection.prepare(
        "SELECT suite, step, attempts, correct FROM evaluation WHERE item = ? ORDER BY line")
      var found: [Digest: StoredResult] = [:]
      for identity in identities {
        let key = SQLiteValue.integer(identity.indexKey)
        try items.bind([key, .text(identity.hex)])
        guard try items.step() else { continue }
        var result = StoredResult()
        if case .real(let seconds) = items.row[0] { result.seconds = seconds }
        try files.bind([key])
        while try files.step() { result.addFile(files.row) }
        try values.bind([key])
        while try values.step() { result.addValue(values.row) }
        try measurements.bind([key])
        while try measurements.step() { result.addMeasurement(measurements.row) }
        try evaluations.bind([key])
        while try evaluations.step() { result.addEvaluation(evaluations.row) }
        found[identity] = result
      }
      return found
    }
  }
}

extension StoredResult {
  fileprivate mutating func addFile(_ row: [SQLiteValue]) {
    guard case .text(let name) = row[0], case .text(let hex) = row[1] else { return }
    files[name] = Digest(hex: hex)
  }

  fileprivate mutating func addValue(_ row: [SQLiteValue]) {
    guard case .text(let name) = row[0] else { return }
    switch (row[1], row[2]) {
    case (.real(let number), _): values[name] = .number(number)
    // A text stands as it is, anything else as JSON; no text of a result reads as JSON.
    case (_, .text(let text)): values[name] = (try? JSONValue(parsing: text)) ?? .string(text)
    default: break
    }
  }

  fileprivate mutating func addMeasurement(_ row: [SQLiteValue]) {
    guard case .integer(let step) = row[0], case .text(let metric) = row[1] else { return }
    var measurement = Measurement(step: Int(step), metric: metric, value: .nan)
    if case .real(let value) = row[2] { measurement.value = value }
    if case .text(let text) = row[3] {
      measurement.tags = (try? JSONValue(parsing: text))?.object ?? [:]
    }
    measurements.append(measurement)
  }

  fileprivate mutating func addEvaluation(_ row: [SQLiteValue]) {
    guard case .text(let suite) = row[0], case .integer(let step) = row[1],
      case .integer(let attempts) = row[2], case .text(let text) = row[3]
    else { return }
    // A list of whole numbers that this store wrote: `[3,0,4]`.
    let correct = text.dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
    evaluations.append(
      EvaluationCount(
        suite: suite, step: Int(step), attempts: Int(attempts), correct: correct))
  }
}
