import Foundation
import RunStore
import Synchronization

/// A disk that lets the n-th change go wrong, in one of several ways, and counts the changes.
final class FaultyFileSystem: FileSystem {
  enum Manner: String, CaseIterable, Sendable {
    /// The n-th change fails, as on a full disk; later ones work again.
    case fullOnce
    /// The n-th and all later changes fail, as on a disk that stays full.
    case fullForever
    /// The n-th change is a write that gets half its bytes down; all later changes fail.
    case tornWrite
    /// The power fails before the n-th change: whatever was written and not synced is lost.
    case powerCut
  }

  private struct State {
    var changes = 0
    var isBroken = false
    /// Files with bytes that no sync has made safe: how many bytes are safe, nil when the whole file
    /// is new.
    var unsafeFiles: [String: Int] = [:]
  }

  /// A disk without faults. It does not wait for syncs, which would take minutes in sum.
  static var sound: FaultyFileSystem { FaultyFileSystem(.fullOnce, at: .max) }

  private let disk = LocalFileSystem()
  /// Files are not synced one by one, see `Scheduler.Settings.groupSync`: only a sync of the whole disk
  /// makes anything safe.
  private let isGrouped: Bool
  private let manner: Manner
  private let faultAt: Int
  private let state = Mutex(State())

  init(_ manner: Manner, at change: Int, isGrouped: Bool = false) {
    self.isGrouped = isGrouped
    self.manner = manner
    faultAt = change
  }

  var wasReached: Bool { state.withLock { $0.changes >= faultAt } }

  /// Loses what was not synced, as the power cut did. Call it when nothing runs any more.
  func losePower() throws {
    guard manner == .powerCut else { return }
    for (path, safe) in state.withLock({ $0.unsafeFiles })
    where try disk.status(of: path) != nil { try disk.truncate(path, to: safe) }
  }

  private func change(
    _ path: String, _ action: FileAction, torn: (() throws(StoreFault) -> Void)? = nil
  ) throws(StoreFault) {
    let (isFault, isFirst) = state.withLock { state in
      state.changes += 1
      let isHere = state.changes == faultAt
      if isHere && manner != .fullOnce { state.isBroken = true }
      return (isHere || state.isBroken, isHere)
    }
    guard isFault else { return }
    if manner == .tornWrite && isFirst { try torn?() }
    throw .file(path: path, action: action, code: ENOSPC)
  }

  func contents(of path: String) throws(StoreFault) -> [UInt8]? { try disk.contents(of: path) }
  func status(of path: String) throws(StoreFault) -> FileStatus? { try disk.status(of: path) }
  func names(in folder: String) throws(StoreFault) -> [String] { try disk.names(in: folder) }

  func makeFolder(_ path: String) throws(StoreFault) {
    try change(path, .makeFolder)
    try disk.makeFolder(path)
  }

  func write(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    let half = Array(bytes.prefix(bytes.count / 2))
    try change(path, .write) { () throws(StoreFault) in try self.disk.write(half, to: path) }
    state.withLock { $0.unsafeFiles[path] = 0 }
    try disk.write(bytes, to: path)
  }

  func append(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    let half = Array(bytes.prefix(bytes.count / 2))
    try change(path, .append) { () throws(StoreFault) in try self.disk.append(half, to: path) }
    let size = try disk.status(of: path)?.bytes ?? 0
    state.withLock { if $0.unsafeFiles[path] == nil { $0.unsafeFiles[path] = size } }
    try disk.append(bytes, to: path)
  }

  func truncate(_ path: String, to bytes: Int) throws(StoreFault) {
    try change(path, .truncate)
    state.withLock { state in
      if let safe = state.unsafeFiles[path] { state.unsafeFiles[path] = min(safe, bytes) }
    }
    try disk.truncate(path, to: bytes)
  }

  func sync(_ path: String) throws(StoreFault) {
    if isGrouped { return }
    try change(path, .sync)
    // The content is in the kernel's hands here; that the store asked is what is being tested.
    state.withLock { $0.unsafeFiles[path] = nil }
  }

  func syncFolder(_ path: String) throws(StoreFault) {
    if isGrouped { return }
    try change(path, .sync)
  }

  func syncDisk(of folder: String) throws(StoreFault) {
    try change(folder, .sync)
    state.withLock { $0.unsafeFiles = [:] }
  }

  func rename(_ path: String, to new: String) throws(StoreFault) {
    try change(new, .rename)
    try disk.rename(path, to: new)
    state.withLock { $0.unsafeFiles[new] = $0.unsafeFiles.removeValue(forKey: path) }
  }

  func link(_ path: String, to new: String) throws(StoreFault) -> Bool {
    try change(new, .link)
    let isNew = try disk.link(path, to: new)
    if isNew { state.withLock { $0.unsafeFiles[new] = $0.unsafeFiles[path] } }
    return isNew
  }

  func remove(_ path: String) throws(StoreFault) {
    try change(path, .remove)
    try disk.remove(path)
    state.withLock { _ = $0.unsafeFiles.removeValue(forKey: path) }
  }

  func removeFolder(_ path: String) throws(StoreFault) {
    try change(path, .remove)
    state.withLock { state in
      state.unsafeFiles = state.unsafeFiles.filter { !$0.key.hasPrefix(path + "/") }
    }
    try disk.removeFolder(path)
  }

  func touch(_ path: String) throws(StoreFault) {
    try change(path, .touch)
    try disk.touch(path)
  }
}
