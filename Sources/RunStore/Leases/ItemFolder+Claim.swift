import Reproducibility

/// What came of wanting an item.
package enum Claim: Sendable, Hashable {
  /// It is the caller's now.
  case claimed(Attempt)
  /// Another process has it.
  case held(String)
  case done(DoneNote)
}

extension ItemFolder {
  /// The newest attempt of an item that did not give way at once. Its number always counts, even when its
  /// file cannot be read.
  struct LatestAttempt {
    enum Record {
      case read(Attempt)
      /// It came with its whole content and has none: the power was cut before the disk had it, and with
      /// the power went its process.
      case torn
      case unreadable
    }

    var number: Int
    var record: Record
    /// The number of the newest of all, which may have given way to this one.
    var highest: Int
  }

  /// Takes the item for the caller, if nobody has it and it is not done. A result whose files have
  /// changed is put aside, so that the item can be done anew.
  ///
  /// - Parameter watch: kept between calls for one item, it lets leases of other machines and of paused
  ///   processes run out.
  package func claim(
    for holder: ProcessMark = .current, watch: inout LeaseWatch
  ) throws(StoreFault) -> Claim {
    while true {
      if let note = try soundResult(.contents) { return .done(note) }
      // There may be one that is not sound; which one, so that no other is ever put aside for it.
      let unsound = try files.status(of: path(.done))?.number
      let latest = try latestAttempt()
      if let latest, let holder = try presentHolder(of: latest, watch: &watch) {
        return .held(holder)
      }
      let attempt = Attempt(
        number: (latest?.highest ?? 0) + 1, holder: holder, began: wallSeconds())
      guard try create(attempt) else { continue }
      if let worker = try lateWorker(of: latest) {
        try end(attempt: attempt.number, .init(manner: .stopped, words: Self.gaveWay, seconds: 0))
        return .held(worker.wording)
      }
      // Someone may have finished between the first look and the claim.
      if let note = try soundResult(.contents) {
        try end(
          attempt: attempt.number, .init(manner: .stopped, words: "it was already done", seconds: 0)
        )
        return .done(note)
      }
      if let unsound, try files.status(of: path(.done))?.number == unsound {
        try files.rename(path(.done), to: path(attempt.number, ".set-aside"))
        try files.syncFolder(path)
      }
      return .claimed(attempt)
    }
  }

  /// Takes the item without waiting for anyone.
  package func claim(for holder: ProcessMark = .current) throws(StoreFault) -> Claim {
    var watch = LeaseWatch()
    return try claim(for: holder, watch: &watch)
  }

  /// A worker that had not said its name when its attempt was looked at, because its coordinator died
  /// as it started, and has said it since. It looks for a newer attempt after saying it, and we look for
  /// it after making one, so that at least one of the two gives way.
  private func lateWorker(of latest: LatestAttempt?) throws(StoreFault) -> ProcessMark? {
    guard let latest, case .read(let before) = latest.record, before.ending == nil,
      before.worker == nil, let worker = try attempt(latest.number)?.worker, worker.life == .alive
    else { return nil }
    return worker
  }

  /// Words of an attempt that found a late worker. It does not count: the item is the worker's until that
  /// has seen the newer number and left.
  static let gaveWay = "a worker of the attempt before was still there"

  /// The record of an attempt; nil when there is none of that number.
  package func attempt(_ number: Int) throws(StoreFault) -> Attempt? {
    try attemptJSON(number).flatMap(Attempt.init(json:))
  }

  /// All that the whole lines of an attempt's file say; nil when it has none, or there is no such file.
  private func attemptJSON(_ number: Int) throws(StoreFault) -> JSONValue? {
    let path = path(number)
    guard let bytes = try files.contents(of: path) else { return nil }
    var said: JSONObject?
    var fault: JSONFault?
    // What follows the last end of a line is a line that is only half there.
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    where line.contains(where: { $0 != 0 }) {
      do throws(JSONFault) {
        for (name, value) in try JSONValue(parsing: Array(line)).object?.members ?? [] {
          if said == nil { said = JSONObject() }
          said?[name] = value
        }
      } catch {
        // A full disk cut it in half; the next one begins anew.
        fault = error
      }
    }
    if said == nil, let fault { throw .damaged(path: path, reason: "\(fault)") }
    return said.map { .object($0) }
  }

  /// All attempts whose records can be read, first to last.
  package func attempts() throws(StoreFault) -> [Attempt] {
    var found: [Attempt] = []
    for number in try attemptNumbers() {
      do throws(StoreFault) {
        if let attempt = try attempt(number) { found.append(attempt) }
      } catch {
        guard case .damaged = error else { throw error }
      }
    }
    return found
  }

  /// Whether no newer attempt has taken the item over.
  package func isCurrent(attempt number: Int) throws(StoreFault) -> Bool {
    try !files.exists(path(number + 1))
  }

  /// Adds an attempt's whole record as it is now, what it lacks taken back. Each attempt has its own file, so this can hurt no other.
  ///
  /// It is not synced: a power cut ends the process that the record speaks of, and the result has a
  /// file of its own.
  package func record(_ attempt: Attempt) throws(StoreFault) {
    var members: JSONObject = ["worker": .null, "ending": .null]
    for (name, value) in attempt.json.object?.members ?? [] { members[name] = value }
    try add(.object(members), to: attempt.number)
  }

  /// Adds which process does the work.
  func record(worker: ProcessMark, of number: Int) throws(StoreFault) {
    try add(["worker": worker.json], to: number)
  }

  /// Adds how an attempt ended.
  package func end(attempt number: Int, _ ending: Attempt.Ending) throws(StoreFault) {
    try add(["ending": ending.json], to: number)
  }

  private func add(_ words: JSONValue, to number: Int) throws(StoreFault) {
    // On a line of its own also where a full disk cut the one before in half.
    try files.append(Array("\n\(words.line)\n".utf8), to: path(number))
  }

  func hasRecord(of number: Int) throws(StoreFault) -> Bool { try files.exists(path(number)) }

  /// A sign of life, for watchers on other machines.
  package func heartbeat(attempt number: Int) throws(StoreFault) { try files.touch(path(number)) }

  func latestAttempt() throws(StoreFault) -> LatestAttempt? {
    let numbers = try attemptNumbers()
    for number in numbers.reversed() {
      let record = try latestRecord(of: number)
      if case .read(let attempt) = record, attempt.ending?.words == Self.gaveWay { continue }
      return LatestAttempt(number: number, record: record, highest: numbers[numbers.count - 1])
    }
    return nil
  }

  private func latestRecord(of number: Int) throws(StoreFault) -> LatestAttempt.Record {
    do throws(StoreFault) {
      guard let json = try attemptJSON(number) else { return .torn }
      return Attempt(json: json).map { .read($0) } ?? .unreadable
    } catch {
      guard case .damaged = error else { throw error }
      return .unreadable
    }
  }

  private func attemptNumbers() throws(StoreFault) -> [Int] {
    try files.names(in: path).compactMap { name in
      guard name.hasPrefix(Self.attemptPrefix), name.hasSuffix(Self.attemptSuffix) else {
        return nil
      }
      return Int(name.dropFirst(Self.attemptPrefix.count).dropLast(Self.attemptSuffix.count))
    }.sorted()
  }

  func create(_ attempt: Attempt) throws(StoreFault) -> Bool {
    try files.create(
      path(attempt.number), with: Array((attempt.json.line + "\n").utf8), .untilPowerCut)
  }

  /// Who holds an attempt now; nil when it ended or was given up.
  func presentHolder(
    of latest: LatestAttempt, watch: inout LeaseWatch
  ) throws(StoreFault) -> String? {
    var holder = "an unknown process"
    switch latest.record {
    case .torn: return nil
    case .unreadable: break
    case .read(let attempt):
      if attempt.ending != nil || attempt.life == .dead { return nil }
      holder = (attempt.worker ?? attempt.holder).wording
    }
    // Whoever works gives signs of life. One who is silent for so long was paused or cut off; when it
    // wakes, its number is not the highest any more and it writes nothing.
    let file = path(latest.number)
    guard let changed = try files.status(of: file)?.changed else { return nil }
    return watch.isSilent(file, changed: changed, now: steadySeconds()) ? nil : holder
  }

  /// Begins the names of what belongs to one attempt.
  static let attemptPrefix = "attempt-"
  private static let attemptSuffix = ".jsonl"

  private func path(_ attempt: Int, _ suffix: String = Self.attemptSuffix) -> String {
    let digits = String(attempt)
    let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
    return path("\(Self.attemptPrefix)\(padding)\(digits)\(suffix)")
  }
}

extension Attempt {
  /// Whether anybody is still behind it: alive when holder or worker is, dead when both are known to
  /// be gone.
  package var life: ProcessMark.Life {
    let lives = [holder.life] + (worker.map { [$0.life] } ?? [])
    if lives.contains(.alive) { return .alive }
    return lives.contains(.unknown) ? .unknown : .dead
  }
}
