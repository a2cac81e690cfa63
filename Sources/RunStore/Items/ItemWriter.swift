import Glibc
package import Reproducibility

/// The worker's side of an item folder: one object in one process, from the claim to the result.
///
/// ```swift
/// let writer = try ItemWriter(folder, attempt: given)
/// if let checkpoint = writer.checkpoint { … continue from checkpoint.step … }
/// try writer.record(Measurement(step: 1, metric: "reward", value: 0.25))
/// try writer.finish(values: ["reward": 0.5], timings: [:], machine: MachineFingerprint.current)
/// ```
///
/// Whatever an earlier attempt wrote after its last checkpoint is cut off when the writer opens, so an
/// item that was killed and resumed ends with the same bytes as one that was not. A writer whose
/// attempt was taken over throws ``StoreFault/attemptLost(path:attempt:)`` and writes nothing more.
package final class ItemWriter {
  package let folder: ItemFolder
  package let order: WorkOrder
  package let attempt: Int
  /// Where to go on; nil to start from the beginning.
  package private(set) var checkpoint: Checkpoint?
  /// Why a checkpoint that was there could not be used, so that the work starts from the beginning;
  /// whoever owns the writer says it.
  package private(set) var checkpointFault: StoreFault?

  private var files: any FileSystem { folder.files }
  /// True when this process made the claim, and so has to write down how the attempt ended.
  private let isHolder: Bool
  private let began = steadySeconds()
  private var measured = MeasuredBytes()
  /// Open from the first measurement on. A successor begins a file of its own, so what is added here after a pause
  /// reaches none of its bytes.
  private var measurementFile: (any FileAppender)?
  private var artifacts: [DoneNote.File] = []
  private var lastNote = -Double.infinity
  /// There may be files in the folder that only unfinished work needs.
  private var hasMore = false
  /// How many checkpoints this attempt has begun.
  var drafts = 0 {
    didSet { hasMore = true }
  }

  /// Opens the folder for one attempt.
  ///
  /// - Parameter attempt: the number of the attempt that a coordinator claimed for this process; nil
  ///   to claim the item here.
  /// - Throws: ``StoreFault/attemptHeld(path:holder:)`` or ``StoreFault/alreadyDone(path:)`` when there
  ///   is nothing to do, ``StoreFault/noOrder(path:)`` when the folder has no order.
  package init(_ folder: ItemFolder, attempt given: Int? = nil) throws(StoreFault) {
    guard let order = try folder.order() else { throw .noOrder(path: folder.path) }
    self.folder = folder
    self.order = order
    if let given {
      guard try folder.hasRecord(of: given), try folder.isCurrent(attempt: given) else {
        throw .attemptLost(path: folder.path, attempt: given)
      }
      if try folder.done() != nil { throw .alreadyDone(path: folder.path) }
      try folder.record(worker: .current, of: given)
      // Once more after the name stands there: whoever took the item over before could not see it.
      guard try folder.isCurrent(attempt: given) else {
        throw .attemptLost(path: folder.path, attempt: given)
      }
      (attempt, isHolder) = (given, false)
    } else {
      switch try folder.claim() {
      case .claimed(let claimed): (attempt, isHolder) = (claimed.number, true)
      case .held(let holder): throw .attemptHeld(path: folder.path, holder: holder)
      case .done: throw .alreadyDone(path: folder.path)
      }
    }
    let others = try files.names(in: folder.path).filter { !Self.isAlwaysThere($0) }
    if others.isEmpty { return }
    hasMore = true
    try files.remove(folder.path(.failure))
    try files.remove(folder.path(.progress))
    // This attempt leaves every file.
    try files.remove(folder.path(.leftOut))
    // What an attempt left that was killed just before its end.
    if others.contains(ItemFolder.stateFolder) {
      try files.removeWhole(folder.path(ItemFolder.stateFolder))
    }
    try resume()
  }

  /// Whether a file is there before anything was done, and stays.
  private static func isAlwaysThere(_ name: String) -> Bool {
    name.hasPrefix(ItemFolder.attemptPrefix)
      || [ItemFolder.Name.order, .log].contains { $0.rawValue == name }
  }

  /// Finds the state of an earlier attempt, or clears what it left.
  private func resume() throws(StoreFault) {
    do throws(StoreFault) {
      if let found = try folder.readCheckpoint() {
        try takeOverMeasurements(found.measured)
        checkpoint = found
        return
      }
    } catch {
      guard case .damaged = error else { throw error }
      checkpointFault = error
      try files.remove(folder.path(.checkpoint))
    }
    try takeOverMeasurements(MeasuredBytes())
  }

  /// Begins a file of its own with what the attempt before had saved: whoever still has the old one open writes
  /// into nothing.
  private func takeOverMeasurements(_ kept: MeasuredBytes) throws(StoreFault) {
    let path = folder.path(.measurements)
    if let bytes = try files.contents(of: path) {
      // Nothing that was saved may be lost once more.
      try files.replace(
        path, with: Array(bytes.prefix(kept.count)), kept.count > 0 ? .durable : .untilPowerCut)
    }
    measured = kept
  }

  // MARK: Measurements

  /// Adds measurements to the file in one write. A reader sees them at once; a power cut may cost those
  /// since the last checkpoint, which the next attempt makes again.
  package func record(_ measurements: [Measurement]) throws(StoreFault) {
    if measurements.isEmpty { return }
    var text = ""
    for measurement in measurements {
      if let reason = measurement.refusal {
        throw .refused(path: folder.path(.measurements), reason: reason)
      }
      text += measurement.line
      text += "\n"
    }
    // Opened before it is known whether the item is still ours: one that is opened later is a successor's, and seen to be.
    if measurementFile == nil {
      measurementFile = try files.appending(to: folder.path(.measurements))
    }
    try checkCurrent()
    let bytes = Array(text.utf8)
    try measurementFile?.append(bytes)
    measured.add(bytes)
  }

  package func record(_ measurement: Measurement) throws(StoreFault) { try record([measurement]) }

  /// Takes back the measurements of later steps, for work that keeps its own state between attempts.
  ///
  /// - Parameter step: the last step to keep; nil takes all back.
  package func resetMeasurements(keepingThrough step: Int?) throws(StoreFault) {
    var kept = MeasuredBytes()
    if let step, let bytes = try files.contents(of: folder.path(.measurements)) {
      let lines = bytes.prefix(measured.count).split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
      ).dropLast()
      let made = try [Measurement](
        lines: Array(bytes.prefix(measured.count)), path: folder.path(.measurements))
      for (line, measurement) in zip(lines, made) {
        guard measurement.step <= step else { break }
        kept.add(line + [UInt8(ascii: "\n")])
      }
    }
    try checkCurrent()
    try keepMeasurements(kept)
  }

  private func keepMeasurements(_ kept: MeasuredBytes) throws(StoreFault) {
    let path = folder.path(.measurements)
    if let status = try files.status(of: path), status.bytes != kept.count {
      try files.truncate(path, to: kept.count)
    }
    measured = kept
  }

  /// Makes the measurements outlive a power cut.
  func syncMeasurements() throws(StoreFault) -> MeasuredBytes {
    if measured.count > 0 { try files.sync(folder.path(.measurements)) }
    return measured
  }

  // MARK: Artifacts

  /// Where to write a file of the result; ``keep(_:)`` then makes it part of it.
  package func draftPath(_ name: String) -> String { folder.path("draft-\(attempt)-" + name) }

  /// Takes a file that was written at ``draftPath(_:)`` into the result: digest, sync, name.
  @discardableResult
  package func keep(_ name: String) throws(StoreFault) -> DoneNote.File {
    guard isFree(name) else {
      throw .refused(path: folder.path(name), reason: "the store uses that name itself")
    }
    let draft = draftPath(name)
    let file = try folder.described(draft, as: name)
    try checkCurrent()
    try files.sync(draft)
    try files.rename(draft, to: folder.path(name))
    artifacts.removeAll { $0.name == name }
    artifacts.append(file)
    return file
  }

  /// Adds a file to the result.
  @discardableResult
  package func writeArtifact(
    _ name: String, _ bytes: [UInt8]
  ) throws(StoreFault) -> DoneNote.File {
    try files.write(bytes, to: draftPath(name))
    return try keep(name)
  }

  private func isFree(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && !name.hasPrefix(".") && !name.hasPrefix("draft-")
      && !name.hasPrefix("checkpoint-") && name != ItemFolder.stateFolder
      && !name.hasPrefix(ItemFolder.attemptPrefix)
      && ItemFolder.Name(rawValue: name) == nil
  }

  // MARK: States that are folders

  /// Makes a folder the checkpoint to resume from, with everything measured so far. It is moved, not copied,
  /// and whoever wrote it must not touch it any more.
  ///
  /// - Parameter path: on the disk of the item.
  /// - Throws: ``StoreFault/refused(path:reason:)`` when something in it is neither a file nor a folder.
  package func takeCheckpoint(
    _ path: String, step: Int, state: JSONValue
  ) throws(StoreFault) {
    let names = try files.filesBelow(path)
    let draft = beginCheckpoint(step: step, inFolder: true)
    try checkCurrent()
    try files.rename(path, to: draft.folderPath)
    for name in names { _ = draft.path(name) }
    try files.syncWhole(draft.folderPath)
    checkpoint = try commit(draft, state: state, isSynced: true)
  }

  /// Makes the checkpoint that was taken last part of the result, as the folder ``ItemFolder/stateFolder``:
  /// second names for its files, so that the checkpoint stands until the result does.
  ///
  /// - Returns: a digest of names and contents; nil when there is no checkpoint.
  package func keepCheckpoint() throws(StoreFault) -> Digest? {
    guard let kept = checkpoint else { return nil }
    let state = folder.path(ItemFolder.stateFolder)
    try checkCurrent()
    try files.removeWhole(state)
    try files.makeFolder(state)
    var names: JSONObject = [:]
    for part in kept.parts {
      let target = "\(state)/\(part.name)"
      try files.makeFolder(parent(of: target))
      guard try files.link(folder.path(part.file), to: target) else {
        throw .file(path: target, action: .link, code: EEXIST)
      }
      artifacts.append(
        DoneNote.File(
          name: "\(ItemFolder.stateFolder)/\(part.name)", bytes: part.bytes, digest: part.digest))
      names[part.name] = .string(part.digest.hex)
    }
    try files.syncWhole(state)
    hasMore = true
    return JSONValue.object(names).digest
  }

  /// Removes what earlier attempts had begun to write.
  package func removeOldDrafts() throws(StoreFault) {
    let own = "draft-\(attempt)-"
    for name in try files.names(in: folder.path)
    where name.hasPrefix("draft-") && !name.hasPrefix(own) {
      try files.removeWhole(folder.path(name))
    }
  }

  // MARK: Signs of life

  /// Says how far the work is, at most five times a second; more often is ignored, and so is a disk
  /// that does not take it, because nothing depends on it.
  package func note(_ progress: ItemProgress) {
    let now = steadySeconds()
    guard now - lastNote >= 0.2 else { return }
    lastNote = now
    hasMore = true
    let path = folder.path(.progress)
    try? files.write(Array((progress.json.line + "\n").utf8), to: path + ".new")
    try? files.rename(path + ".new", to: path)
  }

  /// - Throws: ``StoreFault/attemptLost(path:attempt:)`` when a newer attempt has the item.
  func checkCurrent() throws(StoreFault) {
    guard try folder.isCurrent(attempt: attempt) else {
      throw .attemptLost(path: folder.path, attempt: attempt)
    }
  }

  // MARK: The end

  /// Writes the result: everything synced first, then `done.json` at one instant.
  ///
  /// - Parameters:
  ///   - values: the result in short. It and the files must depend on the order alone.
  ///   - timings: seconds by phase; "seconds", the whole attempt, is added.
  ///   - machine: see ``MachineFingerprint``.
  @discardableResult
  package func finish(
    values: JSONObject, timings: JSONObject = [:], machine: JSONObject
  ) throws(StoreFault) -> DoneNote {
    try checkCurrent()
    let measurements = folder.path(.measurements)
    let made = try syncMeasurements()
    if made.count > 0 {
      let file = try folder.described(measurements, as: ItemFolder.Name.measurements.rawValue)
      guard file.digest == made.digest else {
        throw .damaged(path: measurements, reason: "it does not hold what this attempt measured")
      }
      artifacts.append(file)
    }
    var timings = timings
    timings["seconds"] = .number(steadySeconds() - began)
    let note = DoneNote(
      identity: folder.identity, attempt: attempt,
      files: artifacts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
      values: values, numerics: order.numerics, timings: timings, machine: machine)
    if !artifacts.isEmpty { try files.syncFolder(folder.path) }
    try checkCurrent()
    let isFirst = try files.create(
      folder.path(.done), with: Array((note.json.pretty + "\n").utf8), .durable)
    guard isFirst else { throw .attemptLost(path: folder.path, attempt: attempt) }
    tidy()
    try leave(.init(manner: .done, seconds: steadySeconds() - began))
    return note
  }

  /// Writes down why there is no result.
  package func fail(_ failure: ItemFailure) throws(StoreFault) {
    var failure = failure
    failure.attempt = attempt
    try checkCurrent()
    try files.replace(folder.path(.failure), with: Array((failure.json.pretty + "\n").utf8))
    try leave(
      .init(
        manner: failure.isConfigurationFault ? .configurationFault : .failed, words: failure.what,
        seconds: steadySeconds() - began))
  }

  /// Leaves the item for a later attempt, after a checkpoint or before anything was done.
  package func stop() throws(StoreFault) {
    try leave(.init(manner: .stopped, seconds: steadySeconds() - began))
  }

  private func leave(_ ending: Attempt.Ending) throws(StoreFault) {
    if isHolder { try folder.end(attempt: attempt, ending) }
  }

  /// Removes what only an unfinished item needs. The result stands already, so a disk that refuses
  /// costs space and nothing else.
  private func tidy() {
    guard hasMore else { return }
    try? files.remove(folder.path(.progress))
    try? files.remove(folder.path(.checkpoint))
    try? folder.removeCheckpointFiles(except: [])
    for name in (try? files.names(in: folder.path)) ?? [] where name.hasPrefix("draft-") {
      try? files.removeWhole(folder.path(name))
    }
  }
}

/// How much of `measurements.jsonl` counts, and what stands there.
package struct MeasuredBytes {
  private(set) var count = 0
  private var sha = SHA256()

  mutating func add(_ bytes: some Collection<UInt8>) {
    count += bytes.count
    sha.update(bytes)
  }

  var digest: Digest { sha.finalize() }
}

extension ItemFolder {
  /// Size and digest of a file as it is now.
  func described(_ path: String, as name: String) throws(StoreFault) -> DoneNote.File {
    guard let summary = try files.summary(of: path) else {
      throw .damaged(path: path, reason: "it is missing")
    }
    return DoneNote.File(name: name, bytes: summary.bytes, digest: summary.digest)
  }
}
