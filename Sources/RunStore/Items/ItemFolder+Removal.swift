package import Reproducibility

extension ItemFolder {
  /// Bytes of all files of the folder.
  package func bytes() throws(StoreFault) -> Int { try files.bytes(under: path) }

  /// Which living process has the item; nil when nobody does. One whose life cannot be seen from here,
  /// on another machine or in another container, counts as living.
  package func livingHolder() throws(StoreFault) -> String? {
    guard let latest = try latestAttempt() else { return nil }
    var watch = LeaseWatch()
    return try presentHolder(of: latest, watch: &watch)
  }

  /// The same; who gives no sign of life for as long as the watch allows has it no more.
  package func holder(_ watch: inout LeaseWatch) throws(StoreFault) -> String? {
    guard let latest = try latestAttempt() else { return nil }
    return try presentHolder(of: latest, watch: &watch)
  }

  /// The number of the newest attempt; 0 before the first.
  package func newestAttempt() throws(StoreFault) -> Int { try latestAttempt()?.number ?? 0 }

  /// Takes the folder out of the store at one instant: from then on there is no such item.
  ///
  /// It is claimed first, a finished one too: whoever wants the item meanwhile finds it held, and a worker
  /// that has just written its result has not put it down yet. Between claim and rename nothing
  /// is lost either: the claim of a dead process counts for nothing, and a result stays a result.
  ///
  /// - Throws: ``StoreFault/attemptHeld(path:holder:)`` when a living process has it.
  func moveToTrash() throws(StoreFault) {
    let claimed = try claimWhateverItsState()
    do throws(StoreFault) {
      try files.makeFolder(results.trashPath)
      try files.rename(path, to: results.freeTrashPath(for: identity))
    } catch {
      try? end(
        attempt: claimed.number, .init(manner: .stopped, words: "it was to be removed", seconds: 0))
      throw error
    }
  }

  private func claimWhateverItsState() throws(StoreFault) -> Attempt {
    while true {
      if let holder = try livingHolder() { throw .attemptHeld(path: path, holder: holder) }
      let attempt = Attempt(
        number: (try latestAttempt()?.highest ?? 0) + 1, holder: .current, began: wallSeconds())
      if try create(attempt) { return attempt }
    }
  }
}

extension ItemFolder {
  /// Removes what an unfinished item could go on from, and the words of its failure, so that its next
  /// attempt starts at its first step.
  ///
  /// - Throws: ``StoreFault/attemptHeld(path:holder:)`` when a living process has it.
  package func forgetCheckpoint() throws(StoreFault) {
    switch try claim() {
    case .done: return
    case .held(let holder): throw .attemptHeld(path: path, holder: holder)
    case .claimed(let attempt):
      try files.remove(path(.checkpoint))
      try removeCheckpointFiles(except: [])
      try files.remove(path(.failure))
      try end(
        attempt: attempt.number,
        .init(manner: .stopped, words: "to start from its first step", seconds: 0))
    }
  }
}

extension ResultsFolder {
  /// What came of removing items.
  package struct Removal: Sendable, Hashable {
    package var removed: [Digest] = []
    package var bytes = 0
    /// Items that a living process took meanwhile; they stay.
    package var held: [Digest] = []
  }

  /// Removes items with everything in their folders.
  ///
  /// All of them first leave the store, each at one instant; one wait for the disk makes that outlive a
  /// power cut, and then the files are deleted. What is cut off in between leaves whole items, or trash that the
  /// next removal deletes, and never half an item.
  package func remove(_ identities: [Digest]) throws(StoreFault) -> Removal {
    var removal = Removal()
    var shelves: Set<String> = []
    for identity in identities {
      let folder = item(identity)
      guard try files.exists(folder.path) else { continue }
      let bytes = try folder.bytes()
      do throws(StoreFault) {
        try folder.moveToTrash()
      } catch .attemptHeld {
        removal.held.append(identity)
        continue
      }
      removal.removed.append(identity)
      removal.bytes += bytes
      shelves.insert(parent(of: folder.path))
    }
    if removal.removed.count > Self.syncedOneByOne {
      try files.syncDisk(of: itemsPath)
    } else if !removal.removed.isEmpty {
      for shelf in shelves.sorted() + [trashPath] { try files.syncFolder(shelf) }
    }
    try emptyTrash()
    return removal
  }

  /// Deletes what removed items left, of this removal and of ones that were cut off.
  package func emptyTrash() throws(StoreFault) {
    // Not the folder itself: another process may be moving something there.
    for name in try files.names(in: trashPath) { try files.removeFolder("\(trashPath)/\(name)") }
  }

  /// Bytes that a removal which was cut off has not deleted yet.
  package func trashBytes() throws(StoreFault) -> Int { try files.bytes(under: trashPath) }

  /// Removes the note of a study; its items stay.
  package func removeNote(of study: String) throws(StoreFault) {
    try files.remove("\(studiesPath)/\(study).json")
    if try files.exists(studiesPath) { try files.syncFolder(studiesPath) }
  }

  /// Where an item's folder is deleted. The number keeps it apart from what an earlier removal of the same
  /// item left.
  func freeTrashPath(for identity: Digest) throws(StoreFault) -> String {
    let prefix = "\(identity.hex)-"
    let taken = try files.names(in: trashPath).filter { $0.hasPrefix(prefix) }.compactMap {
      Int($0.dropFirst(prefix.count))
    }
    return "\(trashPath)/\(prefix)\((taken.max() ?? 0) + 1)"
  }
}

extension FileSystem {
  /// Bytes of all files in a folder and those below it; 0 when there is no such folder.
  package func bytes(under folder: String) throws(StoreFault) -> Int {
    var sum = 0
    for name in try names(in: folder) {
      let inner = "\(folder)/\(name)"
      guard let status = try status(of: inner) else { continue }
      sum += try status.isFolder ? bytes(under: inner) : status.bytes
    }
    return sum
  }
}
