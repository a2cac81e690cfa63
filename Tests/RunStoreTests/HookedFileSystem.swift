import RunStore
import Synchronization

/// The disk of this machine, with something that another process does just before one of our steps.
final class HookedFileSystem: FileSystem {
  private struct Hooks {
    var link: (@Sendable () -> Void)?
    var append: (@Sendable () -> Void)?
  }

  private let disk = LocalFileSystem()
  private let hooks = Mutex(Hooks())

  func beforeLink(_ hook: @escaping @Sendable () -> Void) { hooks.withLock { $0.link = hook } }
  func beforeAppend(_ hook: @escaping @Sendable () -> Void) { hooks.withLock { $0.append = hook } }

  func link(_ path: String, to new: String) throws(StoreFault) -> Bool {
    hooks.withLock { $0.link }?()
    return try disk.link(path, to: new)
  }

  func append(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    hooks.withLock { $0.append }?()
    try disk.append(bytes, to: path)
  }

  func appending(to path: String) throws(StoreFault) -> any FileAppender {
    HookedAppender(file: try disk.appending(to: path)) { [self] in hooks.withLock { $0.append }?() }
  }

  func contents(of path: String) throws(StoreFault) -> [UInt8]? { try disk.contents(of: path) }
  func status(of path: String) throws(StoreFault) -> FileStatus? { try disk.status(of: path) }
  func names(in folder: String) throws(StoreFault) -> [String] { try disk.names(in: folder) }
  func makeFolder(_ path: String) throws(StoreFault) { try disk.makeFolder(path) }
  func write(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    try disk.write(bytes, to: path)
  }
  func truncate(_ path: String, to bytes: Int) throws(StoreFault) {
    try disk.truncate(path, to: bytes)
  }
  func sync(_ path: String) throws(StoreFault) { try disk.sync(path) }
  func syncFolder(_ path: String) throws(StoreFault) { try disk.syncFolder(path) }
  func syncDisk(of folder: String) throws(StoreFault) { try disk.syncDisk(of: folder) }
  func rename(_ path: String, to new: String) throws(StoreFault) {
    try disk.rename(path, to: new)
  }
  func remove(_ path: String) throws(StoreFault) { try disk.remove(path) }
  func removeFolder(_ path: String) throws(StoreFault) { try disk.removeFolder(path) }
  func touch(_ path: String) throws(StoreFault) { try disk.touch(path) }
}

private struct HookedAppender: FileAppender {
  let file: any FileAppender
  let hook: @Sendable () -> Void

  func append(_ bytes: [UInt8]) throws(StoreFault) {
    hook()
    try file.append(bytes)
  }
}
