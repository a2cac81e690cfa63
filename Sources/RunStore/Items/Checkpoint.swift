package import Reproducibility

/// The saved state of unfinished work: `checkpoint.json` and the files it names. The JSON file is
/// replaced last and at one instant, so files and state always belong together; an older checkpoint
/// stands until the newer one does.
package struct Checkpoint {
  package let step: Int
  /// What the work wants to remember besides its files.
  package let state: JSONValue
  /// How much had been measured.
  let measured: MeasuredBytes
  fileprivate let folder: ItemFolder
  fileprivate let prefix: String
  fileprivate let described: [DoneNote.File]
  /// Name as the work calls it, and the file under which it lies.
  var parts: [(name: String, file: String, bytes: Int, digest: Digest)] {
    described.map { ($0.name, prefix + $0.name, $0.bytes, $0.digest) }
  }

  /// The path of one of its files, whose digest was checked when the writer opened; nil when it has
  /// none of that name.
  package func path(_ name: String) -> String? {
    described.contains { $0.name == name } ? folder.path(prefix + name) : nil
  }

  /// Of a checkpoint that was taken as a folder, its path.
  package var folderPath: String { folder.path(String(prefix.dropLast())) }
}

/// A checkpoint being written.
package final class CheckpointDraft {
  package let step: Int
  fileprivate let prefix: String
  private let folder: ItemFolder
  fileprivate private(set) var names: [String] = []

  fileprivate init(step: Int, prefix: String, folder: ItemFolder) {
    self.step = step
    self.prefix = prefix
    self.folder = folder
  }

  /// Where to write the file of that name.
  package func path(_ name: String) -> String {
    if !names.contains(name) { names.append(name) }
    return folder.path(prefix + name)
  }

  /// Of one that is a folder.
  var folderPath: String { folder.path(String(prefix.dropLast())) }
  /// Every entry of the item's folder that belongs to it.
  fileprivate var entries: [String] {
    prefix.hasSuffix("/") ? [String(prefix.dropLast())] : names.map { prefix + $0 }
  }
}

extension ItemWriter {
  /// Begins a checkpoint. Nothing changes for a later attempt until ``commit(_:state:)``.
  package func beginCheckpoint(step: Int) -> CheckpointDraft {
    beginCheckpoint(step: step, inFolder: false)
  }

  /// - Parameter inFolder: whether its files lie in a folder of their own, under names that may be paths.
  func beginCheckpoint(step: Int, inFolder: Bool) -> CheckpointDraft {
    drafts += 1
    return CheckpointDraft(
      step: step, prefix: "checkpoint-\(attempt)-\(drafts)\(inFolder ? "/" : "-")", folder: folder)
  }

  /// Makes the checkpoint the one to resume from: its files, its state and everything measured so far.
  ///
  /// - Parameter isSynced: whether its files would outlive a power cut already.
  @discardableResult
  package func commit(
    _ draft: CheckpointDraft, state: JSONValue = .null, isSynced: Bool = false
  ) throws(StoreFault) -> Checkpoint {
    let files = folder.files
    var parts: [DoneNote.File] = []
    for name in draft.names {
      let path = draft.path(name)
      parts.append(try folder.described(path, as: name))
      if !isSynced { try files.sync(path) }
    }
    let measured = try syncMeasurements()
    var members: JSONObject = [
      "step": JSONValue(draft.step), "attempt": JSONValue(attempt), "prefix": .string(draft.prefix),
      "state": state, "files": .object(parts.json),
      "measured": [
        "bytes": JSONValue(measured.count), "sha256": .string(measured.digest.hex),
      ],
    ]
    members["digest"] = .string(JSONValue.object(members).digest.hex)
    try files.syncFolder(folder.path)
    try checkCurrent()
    try files.replace(
      folder.path(.checkpoint), with: Array((JSONValue.object(members).pretty + "\n").utf8))
    try folder.removeCheckpointFiles(except: draft.entries)
    return Checkpoint(
      step: draft.step, state: state, measured: measured, folder: folder, prefix: draft.prefix,
      described: parts)
  }
}

extension ItemFolder {
  /// The checkpoint of an earlier attempt; nil when there is none.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` when any byte of it is not what was saved.
  func readCheckpoint() throws(StoreFault) -> Checkpoint? {
    let path = path(.checkpoint)
    guard let json = try json(.checkpoint) else { return nil }
    guard var members = json.object, let stored = json["digest"]?.string else {
      throw .damaged(path: path, reason: "it has no digest")
    }
    members["digest"] = nil
    guard JSONValue.object(members).digest.hex == stored else {
      throw .damaged(path: path, reason: "its content does not fit its digest")
    }
    guard let step = json["step"]?.int, let prefix = json["prefix"]?.string,
      let state = json["state"], let parts = json["files"].flatMap([DoneNote.File].init(json:)),
      let count = json["measured"]?["bytes"]?.int, let digest = json["measured"]?["sha256"]?.string
    else { throw .damaged(path: path, reason: "a member is missing") }
    for part in parts {
      let file = self.path(prefix + part.name)
      guard try described(file, as: part.name) == part else {
        throw .damaged(path: file, reason: "its content does not fit its digest")
      }
    }
    var measured = MeasuredBytes()
    measured.add((try files.contents(of: self.path(.measurements)) ?? []).prefix(count))
    guard measured.count == count, measured.digest.hex == digest else {
      throw .damaged(
        path: self.path(.measurements), reason: "it is not what the checkpoint was saved with")
    }
    return Checkpoint(
      step: step, state: state, measured: measured, folder: self, prefix: prefix,
      described: parts)
  }

  /// Why the state that an earlier attempt saved cannot be used; nil when it can, or there is none.
  /// Reads every byte of it.
  package func checkpointFault() throws(StoreFault) -> StoreFault? {
    do throws(StoreFault) {
      _ = try readCheckpoint()
      return nil
    } catch {
      guard case .damaged = error else { throw error }
      return error
    }
  }

  /// The step of a checkpoint that lies there, for people; whether it can be used shows when it is.
  package func checkpointStep() -> Int? { ((try? json(.checkpoint)) ?? nil)?["step"]?.int }

  func removeCheckpointFiles(except kept: [String]) throws(StoreFault) {
    for name in try files.names(in: path)
    where name.hasPrefix("checkpoint-") && !kept.contains(name) {
      try files.removeWhole(path(name))
    }
  }

  /// The folder in a result that holds the state which work of another program left.
  package static let stateFolder = "checkpoint"
}
