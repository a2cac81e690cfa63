package import Reproducibility

/// How closely a result is looked at.
package enum ResultCheck: Sendable {
  /// `done.json` is sound and every file has its size, or was left out: a few system calls.
  case sizes
  /// Every file has its digest, or was left out: what a report needs.
  case kept
  /// Every file is there and has its digest: what work that reads the item needs.
  case contents
}

/// `left-out.json`: names of the result's files that need not be there. An archive without weights comes with one;
/// what the item measured is whole, and work that wants such a file does the item anew.
package enum LeftOut {
  package static func json(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }

  /// Weights alone, and states of other programs, which no number of a report is read from.
  package static func mayLeaveOut(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") || name.hasPrefix(ItemFolder.stateFolder + "/")
  }
}

extension ItemFolder {
  /// The result of a finished item; nil when it has none.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` naming the first file that is not what `done.json`
  ///   says.
  package func done(_ check: ResultCheck = .sizes) throws(StoreFault) -> DoneNote? {
    guard let json = try json(.done) else { return nil }
    let note = try DoneNote(json: json, path: path(.done))
    guard note.identity == identity else {
      throw .damaged(
        path: path(.done), reason: "it is the result of item \(note.identity.short)")
    }
    for file in note.files {
      guard let status = try files.status(of: path(file.name)) else {
        if check != .contents, try isLeftOut(file.name) { continue }
        throw try missing(file.name)
      }
      guard check == .sizes else {
        try verify(file)
        continue
      }
      guard status.bytes == file.bytes else {
        throw .damaged(
          path: path(file.name), reason: "it has \(status.bytes) bytes instead of \(file.bytes)")
      }
    }
    return note
  }

  private func isLeftOut(_ name: String) throws(StoreFault) -> Bool {
    guard LeftOut.mayLeaveOut(name) else { return false }
    return try json(.leftOut)?.array?.contains(.string(name)) ?? false
  }

  private func missing(_ name: String) throws(StoreFault) -> StoreFault {
    .damaged(
      path: path(name),
      reason: try isLeftOut(name)
        ? "it was left out of the archive that it came in" : "it is missing")
  }

  /// The same; nil too for a result that is damaged.
  package func soundResult(_ check: ResultCheck = .sizes) throws(StoreFault) -> DoneNote? {
    do throws(StoreFault) {
      return try done(check)
    } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  /// The path of a result's file, its digest checked.
  ///
  /// - Throws: ``StoreFault/damaged(path:reason:)`` when the item is not done, has no such file, or the
  ///   file has changed.
  package func artifact(_ name: String) throws(StoreFault) -> String {
    _ = try artifactBytes(name)
    return path(name)
  }

  /// The content of a result's file, its digest checked.
  package func artifactBytes(_ name: String) throws(StoreFault) -> [UInt8] {
    guard let json = try json(.done) else {
      throw .damaged(path: path(.done), reason: "it is missing, so the item has no result")
    }
    let note = try DoneNote(json: json, path: path(.done))
    guard let file = note.file(name) else {
      throw .damaged(path: path(name), reason: "the result has no such file")
    }
    return try contents(of: file)
  }

  /// What the item measured. Of a finished item exactly what it finished with; of another one what
  /// stands on disk so far, a last line that is only half there left out.
  package func measurements() throws(StoreFault) -> [Measurement] {
    let path = path(.measurements)
    if let json = try json(.done) {
      let note = try DoneNote(json: json, path: self.path(.done))
      guard let file = note.file(Name.measurements.rawValue) else { return [] }
      return try [Measurement](lines: contents(of: file), path: path)
    }
    guard let bytes = try files.contents(of: path) else { return [] }
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
    return try [Measurement](lines: Array(whole), path: path)
  }

  /// Holds a file to its digest without having it in memory.
  private func verify(_ file: DoneNote.File) throws(StoreFault) {
    let path = path(file.name)
    guard let summary = try files.summary(of: path) else { throw try missing(file.name) }
    guard summary.bytes == file.bytes else {
      throw .damaged(path: path, reason: "it has \(summary.bytes) bytes instead of \(file.bytes)")
    }
    guard summary.digest == file.digest else {
      throw .damaged(path: path, reason: "its content does not fit its digest")
    }
  }

  private func contents(of file: DoneNote.File) throws(StoreFault) -> [UInt8] {
    let path = path(file.name)
    guard let bytes = try files.contents(of: path) else { throw try missing(file.name) }
    guard bytes.count == file.bytes else {
      throw .damaged(path: path, reason: "it has \(bytes.count) bytes instead of \(file.bytes)")
    }
    guard SHA256.digest(of: bytes) == file.digest else {
      throw .damaged(path: path, reason: "its content does not fit its digest")
    }
    return bytes
  }
}
