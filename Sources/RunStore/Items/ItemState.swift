import Reproducibility

/// Where an item stands, as its folder tells.
package enum ItemState: Sendable, Hashable {
  /// There is no order.
  case absent
  /// It waits to be run, for the first time or again.
  case ordered
  case running(Attempt)
  case done(DoneNote)
  /// Done, as the index remembers; its files are untouched since every byte of them was found sound.
  case known(seconds: Double?, bytes: Int)
  /// The last attempt gave up. The next run tries again.
  case failed(ItemFailure)
  /// It was finished, but its files are not what they were; it will be done anew.
  case damaged(String)

  package var isDone: Bool {
    switch self {
    case .done, .known: true
    case .absent, .ordered, .running, .failed, .damaged: false
    }
  }

  /// What the finishing attempt took, of a finished item.
  package var seconds: Double? {
    switch self {
    case .done(let note): note.seconds
    case .known(let seconds, _): seconds
    case .absent, .ordered, .running, .failed, .damaged: nil
    }
  }

  /// Bytes of the result's files, of a finished item.
  package var bytes: Int? {
    switch self {
    case .done(let note): note.files.reduce(0) { $0 + $1.bytes }
    case .known(_, let bytes): bytes
    case .absent, .ordered, .running, .failed, .damaged: nil
    }
  }

  /// One word, as tables and the index have it.
  package var word: String {
    switch self {
    case .absent: "absent"
    case .ordered: "ordered"
    case .running: "running"
    case .done, .known: "done"
    case .failed: "failed"
    case .damaged: "damaged"
    }
  }
}

extension ItemFolder {
  /// Where the item stands. Damage is a state, not an error; only a disk that cannot be read throws.
  package func state(_ check: ResultCheck = .sizes) throws(StoreFault) -> ItemState {
    do throws(StoreFault) {
      if let note = try done(check) { return .done(note) }
      if try order() == nil { return .absent }
    } catch {
      guard case .damaged = error else { throw error }
      return .damaged(error.what)
    }
    return try stateOfAttempts()
  }

  /// The same for an item that has its order for sure, as cheaply as can be: for those who look at many again and
  /// again.
  package func stateOfWork() throws(StoreFault) -> ItemState {
    try files.exists(path(.done)) ? state() : stateOfAttempts()
  }

  private func stateOfAttempts() throws(StoreFault) -> ItemState {
    guard let attempt = try latestAttempt() else { return .ordered }
    guard case .read(let record) = attempt.record else { return .ordered }
    guard let ending = record.ending else {
      return record.life == .dead ? .ordered : .running(record)
    }
    switch ending.manner {
    case .done, .stopped: return .ordered
    case .configurationFault, .failed, .machineFault:
      return .failed(failure(of: record.number, ending))
    }
  }

  /// The worker's own words about an attempt when it left any, otherwise what its end tells.
  package func failure(of attempt: Int, _ ending: Attempt.Ending) -> ItemFailure {
    if let told = (try? failure()) ?? nil, told.attempt == attempt { return told }
    return ItemFailure(
      isConfigurationFault: ending.manner == .configurationFault,
      what: ending.words.isEmpty ? "the work ended without a result" : ending.words,
      why: "an item without done.json never counts",
      help: "read \(path(.log))", attempt: attempt)
  }
}
