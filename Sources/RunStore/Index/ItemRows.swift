import Reproducibility

extension SQLiteConnection {
  /// Replaces everything that the index knows of an item.
  ///
  /// - Parameter isSound: every byte of its result was just read and fits its digest. Otherwise that is
  ///   done here, unless the index has it from earlier and no file was touched since.
  borrowing func put(
    _ item: ItemFolder, isSound: Bool, _ summary: inout ResultIndex.Summary
  ) throws(StoreFault) {
    let key = SQLiteValue.integer(item.identity.indexKey)
    let before = try rows("SELECT seal FROM item WHERE item = ?", [key]).first?.first
    try run("DELETE FROM item WHERE item = ?", [key])
    var state = try item.state()
    var seal: Int64?
    if case .done(let note) = state {
      seal = try item.seal(of: note.files.map(\.name))
      if !isSound, seal == nil || seal.map({ .integer($0) }) != before {
        state = try item.state(.kept)
      }
    }
    var reason: String?
    let order: WorkOrder
    do throws(StoreFault) {
      guard let found = try item.order() else { return }
      order = found
    } catch {
      guard case .damaged = error else { throw error }
      // Without a readable order there is no row to fill, but the damage is named.
      summary.damage.append(error.what)
      return
    }
    var measurements: [Measurement] = []
    var evaluations: [EvaluationCount] = []
    do throws(StoreFault) {
      measurements = try item.measurements()
      evaluations = try item.evaluations()
    } catch {
      guard case .damaged = error else { throw error }
      state = .damaged(error.what)
    }
    var note: DoneNote?
    var isDivergence = false
    switch state {
    case .done(let done): note = done
    case .failed(let failure):
      reason = failure.what
      isDivergence = failure.isDivergence
    case .damaged(let words):
      reason = words
      measurements = []
      evaluations = []
      summary.damage.append(words)
    case .absent, .ordered, .running, .known: break
    }
    if note == nil { seal = nil }
    try run(
      "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        key, .text(item.identity.hex), .text(order.kind), .text(order.label),
        .text(order.configuration.canonical), SQLiteValue(order.seedPath),
        SQLiteValue(order.numerics), .text(state.word), SQLiteValue(reason),
        SQLiteValue(note?.seconds), seal.map { .integer($0) } ?? .null,
        SQLiteValue(isDivergence ? 1 : 0),
      ])
    try putInputs(of: order, key)
    try putAttempts(of: item, key)
    if let note { try putResult(note, key) }
    try putMeasurements(measurements, key)
    try putEvaluations(evaluations, key)
    summary.items += 1
    summary.measurements += measurements.count
  }

  private borrowing func putInputs(
    of order: WorkOrder, _ key: SQLiteValue
  ) throws(StoreFault) {
    let statement = try prepare("INSERT INTO item_input VALUES (?, ?, ?)")
    for input in order.inputs {
      try statement.run([key, .text(input.name), .text(input.identity.hex)])
    }
  }

  private borrowing func putAttempts(
    of item: ItemFolder, _ key: SQLiteValue
  ) throws(StoreFault) {
    let statement = try prepare("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for attempt in try item.attempts() {
      let process = attempt.worker ?? attempt.holder
      try statement.run([
        key, SQLiteValue(attempt.number), .text(process.host), SQLiteValue(process.process),
        .real(attempt.began), SQLiteValue(attempt.ending?.manner.rawValue),
        SQLiteValue(attempt.ending?.words), SQLiteValue(attempt.ending?.seconds),
        SQLiteValue(attempt.ending?.peakMemory),
      ])
    }
  }

  private borrowing func putResult(
    _ note: DoneNote, _ key: SQLiteValue
  ) throws(StoreFault) {
    let file = try prepare("INSERT INTO artifact VALUES (?, ?, ?, ?)")
    for artifact in note.files {
      try file.run([
        key, .text(artifact.name), SQLiteValue(artifact.bytes), .text(artifact.digest.hex),
      ])
    }
    let value = try prepare("INSERT INTO item_value VALUES (?, ?, ?, ?)")
    for (name, json) in note.values.members {
      let number = Measurement.number(json)
      try value.run([
        key, .text(name), SQLiteValue(number),
        number == nil ? .text(json.string ?? json.line) : .null,
      ])
    }
  }

  private borrowing func putMeasurements(
    _ measurements: [Measurement], _ key: SQLiteValue
  ) throws(StoreFault) {
    let statement = try prepare("INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?)")
    for (index, measurement) in measurements.enumerated() {
      try statement.run([
        key, SQLiteValue(index + 1), SQLiteValue(measurement.step), .text(measurement.metric),
        .real(measurement.value),
        measurement.tags.isEmpty ? .null : .text(JSONValue.object(measurement.tags).canonical),
      ])
    }
  }

  private borrowing func putEvaluations(
    _ evaluations: [EvaluationCount], _ key: SQLiteValue
  ) throws(StoreFault) {
    let statement = try prepare("INSERT INTO evaluation VALUES (?, ?, ?, ?, ?, ?)")
    for (index, evaluation) in evaluations.enumerated() {
      let correct = JSONValue.array(evaluation.correct.map { JSONValue($0) }).canonical
      try statement.run([
        key, SQLiteValue(index + 1), .text(evaluation.suite), SQLiteValue(evaluation.step),
        SQLiteValue(evaluation.attempts), .text(correct),
      ])
    }
  }

  /// Replaces everything that the index knows of a study.
  borrowing func put(_ study: StudyNote) throws(StoreFault) {
    try run("DELETE FROM study WHERE study = ?", [.text(study.study)])
    try run(
      "INSERT INTO study VALUES (?, ?, ?)",
      [.text(study.study), .text(study.question), .text(study.digest.hex)])
    let row = try prepare("INSERT INTO trial VALUES (?, ?, ?, ?, ?)")
    let variant = try prepare("INSERT INTO trial_variant VALUES (?, ?, ?, ?)")
    let item = try prepare("INSERT INTO trial_item VALUES (?, ?, ?, ?, ?)")
    for (index, trial) in study.trials.enumerated() {
      let key: [SQLiteValue] = [.text(study.study), SQLiteValue(index)]
      try row.run(key + [SQLiteValue(trial.arm), .text(trial.armName), SQLiteValue(trial.seed)])
      for (axis, value) in trial.variants.members {
        try variant.run(key + [.text(axis), .text(value.string ?? value.canonical)])
      }
      for (place, part) in trial.items.enumerated() {
        try item.run(
          key + [SQLiteValue(place), .text(part.name), .text(part.identity.hex)])
      }
    }
  }
}

extension Digest {
  /// The number by which the index knows an item: the first 60 bits, so that it is never negative.
  var indexKey: Int64 { Int64(leadingBits >> 4) }
}
