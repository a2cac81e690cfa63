import Glibc
package import Reproducibility
internal import Synchronization

/// The few things that the store asks of a disk, each one step that can fail on its own.
///
/// Everything durable is built from these, so a test that lets the n-th step fail, or cuts the power
/// there, reaches every instant at which the real world can do so. Paths are absolute or relative to
/// the working folder; texts are bytes. Every fault is a ``StoreFault/file`` with its path.
package protocol FileSystem: Sendable {
  /// The whole content; nil when there is no such file.
  func contents(of path: String) throws(StoreFault) -> [UInt8]?
  /// Size and digest of the content; nil when there is no such file. It is never held as a whole.
  func summary(of path: String) throws(StoreFault) -> FileSummary?
  /// Whether the path is a file or a folder itself, and no link, device or pipe.
  func isPlain(_ path: String) throws(StoreFault) -> Bool
  /// Size and time of the last change; nil when there is no such file.
  func status(of path: String) throws(StoreFault) -> FileStatus?
  /// The names in a folder, sorted by their bytes; empty when there is no such folder.
  func names(in folder: String) throws(StoreFault) -> [String]

  /// Makes the folder and those above it that are missing.
  func makeFolder(_ path: String) throws(StoreFault)
  /// Creates the file or empties it, then writes. Not durable until ``sync(_:)``.
  func write(_ bytes: [UInt8], to path: String) throws(StoreFault)
  /// Adds to the end with one write, creating the file when it is missing.
  func append(_ bytes: [UInt8], to path: String) throws(StoreFault)
  /// Opens a file to add to its end, creating it when it is missing. What is added goes into this very file, also
  /// when another one has got its name since.
  func appending(to path: String) throws(StoreFault) -> any FileAppender
  /// Cuts a file down to its first bytes.
  func truncate(_ path: String, to bytes: Int) throws(StoreFault)
  /// Returns when the file's content would outlive a power cut.
  func sync(_ path: String) throws(StoreFault)
  /// Returns when the names in the folder would outlive a power cut.
  func syncFolder(_ path: String) throws(StoreFault)
  /// Returns when everything written to the disk that holds the folder would outlive a power cut: one
  /// wait for many files.
  func syncDisk(of folder: String) throws(StoreFault)
  /// Gives the file another name, replacing what had it, at one instant.
  func rename(_ path: String, to new: String) throws(StoreFault)
  /// Gives the file a second name at one instant; false, and nothing done, when the name is taken.
  func link(_ path: String, to new: String) throws(StoreFault) -> Bool
  /// Creates a file with its whole content at one instant.
  ///
  /// - Parameter durability: whether it outlives a power cut once this returned.
  /// - Returns: false when the file was already there; then it is untouched.
  func create(
    _ path: String, with bytes: [UInt8], _ durability: Durability
  ) throws(StoreFault) -> Bool
  /// Removes a file; a missing one is fine.
  func remove(_ path: String) throws(StoreFault)
  /// Removes a folder with all that is in it; a missing one is fine. A link in it goes, and not what it
  /// leads to.
  func removeFolder(_ path: String) throws(StoreFault)
  /// Sets the time of the last change to now.
  func touch(_ path: String) throws(StoreFault)
}

package struct FileSummary: Sendable, Hashable {
  package var bytes: Int
  package var digest: Digest

  package init(bytes: Int, digest: Digest) {
    self.bytes = bytes
    self.digest = digest
  }
}

/// A file that is open to be added to.
package protocol FileAppender: Sendable {
  /// Adds to the end with one write.
  func append(_ bytes: [UInt8]) throws(StoreFault)
}

package struct FileStatus: Sendable, Hashable {
  package var bytes: Int
  /// Nanoseconds since 1970 by the clock of the disk's machine. Only good for seeing that it changed.
  package var changed: Int64
  /// The same of the file's entry on the disk: every change moves it, and no program can set it.
  package var entryChanged: Int64
  /// Which file it is, whatever its name.
  package var number: UInt64
  package var isFolder: Bool

  package init(
    bytes: Int, changed: Int64, entryChanged: Int64, number: UInt64, isFolder: Bool = false
  ) {
    self.bytes = bytes
    self.changed = changed
    self.entryChanged = entryChanged
    self.number = number
    self.isFolder = isFolder
  }
}

/// What a power cut may do to a file that was written.
package enum Durability: Sendable {
  /// Nothing: the call returns when the disk has it.
  case durable
  /// It may be empty, torn or not there. For what only helps while machines run, such as leases, and
  /// for what a later sync covers.
  case untilPowerCut
}

extension FileSystem {
  /// Replaces a file so that a reader finds the old content or the new, never a part: write beside it,
  /// sync, rename, sync the folder.
  ///
  /// - Parameter durability: whether a power cut finds it so too.
  package func replace(
    _ path: String, with bytes: [UInt8], _ durability: Durability = .durable
  ) throws(StoreFault) {
    let draft = draftPath(in: parent(of: path))
    try write(bytes, to: draft)
    if durability == .durable { try sync(draft) }
    try rename(draft, to: path)
    if durability == .durable { try syncFolder(parent(of: path)) }
  }

  /// From the whole content: for disks that stand in for one.
  package func summary(of path: String) throws(StoreFault) -> FileSummary? {
    guard let bytes = try contents(of: path) else { return nil }
    return FileSummary(bytes: bytes.count, digest: SHA256.digest(of: bytes))
  }

  /// For disks without links.
  package func isPlain(_ path: String) throws(StoreFault) -> Bool { true }

  /// Removes a file, or a folder with all that is in it; a missing one is fine.
  func removeWhole(_ path: String) throws(StoreFault) {
    guard let status = try status(of: path) else { return try remove(path) }
    // Of a link to a folder the link alone.
    let isPlain = try isPlain(path)
    if status.isFolder && isPlain { try removeFolder(path) } else { try remove(path) }
  }

  /// The files in a folder and those below it, by their paths in it, sorted by their bytes.
  package func filesBelow(_ folder: String) throws(StoreFault) -> [String] {
    var found: [String] = []
    for name in try names(in: folder) {
      let inner = "\(folder)/\(name)"
      guard try isPlain(inner) else {
        throw .refused(path: inner, reason: "something that is neither a file nor a folder")
      }
      if try status(of: inner)?.isFolder == true {
        for file in try filesBelow(inner) { found.append("\(name)/\(file)") }
      } else {
        found.append(name)
      }
    }
    return found
  }

  /// Makes a folder and all that is in it outlive a power cut.
  func syncWhole(_ folder: String) throws(StoreFault) {
    for name in try names(in: folder) {
      let inner = "\(folder)/\(name)"
      if try status(of: inner)?.isFolder == true { try syncWhole(inner) } else { try sync(inner) }
    }
    try syncFolder(folder)
  }

  /// By its name, each time: for disks that stand in for one.
  package func appending(to path: String) throws(StoreFault) -> any FileAppender {
    NamedAppender(files: self, path: path)
  }

  /// By way of a draft beside it: for disks that know no file without a name.
  package func create(
    _ path: String, with bytes: [UInt8], _ durability: Durability
  ) throws(StoreFault) -> Bool {
    try createFromDraft(path, with: bytes, durability)
  }

  func createFromDraft(
    _ path: String, with bytes: [UInt8], _ durability: Durability
  ) throws(StoreFault) -> Bool {
    let draft = draftPath(in: parent(of: path))
    try write(bytes, to: draft)
    if durability == .durable { try sync(draft) }
    let isOurs = try link(draft, to: path)
    try remove(draft)
    if durability == .durable { try syncFolder(parent(of: path)) }
    return isOurs
  }

  package func exists(_ path: String) throws(StoreFault) -> Bool { try status(of: path) != nil }

  /// Removes what processes of this machine were writing in a folder when they were killed. A draft
  /// of a process that lives, or of another machine, is left alone.
  package func removeAbandonedDrafts(in folder: String) throws(StoreFault) {
    for path in try abandonedDrafts(in: folder) { try remove(path) }
  }

  /// The paths of what ``removeAbandonedDrafts(in:)`` would remove.
  package func abandonedDrafts(in folder: String) throws(StoreFault) -> [String] {
    let prefix = "\(draftPrefix)\(ProcessMark.current.host)-"
    var paths: [String] = []
    for name in try names(in: folder) where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(separator: "-")
      guard parts.count == 2, let process = Int(parts[0]) else { continue }
      if ProcessMark.isGone(process) { paths.append("\(folder)/\(name)") }
    }
    return paths
  }

  func text(of path: String) throws(StoreFault) -> String? {
    try contents(of: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

private struct NamedAppender: FileAppender {
  let files: any FileSystem
  let path: String

  func append(_ bytes: [UInt8]) throws(StoreFault) { try files.append(bytes, to: path) }
}

/// Begins the names of files that are being written. One that is left over was cut off by a crash.
let draftPrefix = ".draft-"

private let draftCount = Atomic<Int>(0)

/// A name that no other thread, process or machine is writing to at the same time.
private func draftPath(in folder: String) -> String {
  let count = draftCount.wrappingAdd(1, ordering: .relaxed).newValue
  let process = ProcessMark.current
  return "\(folder)/\(draftPrefix)\(process.host)-\(process.process)-\(count)"
}

/// The folder that holds a path: everything before its last slash.
func parent(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
