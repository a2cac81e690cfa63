internal import CSystem
import Glibc
import Reproducibility

/// The disk of this machine, by system calls. A call that a signal interrupts is made again.
package struct LocalFileSystem: FileSystem {
  /// False where somebody else syncs the whole disk from time to time: ``sync(_:)`` and
  /// ``syncFolder(_:)`` then return at once.
  package var syncsEachFile: Bool
  /// False where what is written need not outlive a power cut at all.
  package var syncsDisk: Bool

  package init(syncsEachFile: Bool = true, syncsDisk: Bool = true) {
    self.syncsEachFile = syncsEachFile
    self.syncsDisk = syncsDisk
  }

  package func contents(of path: String) throws(StoreFault) -> [UInt8]? {
    guard let file = try Descriptor.ifThere(path) else { return nil }
    var status = Glibc.stat()
    guard unsafe fstat(file.number, &status) == 0 else { throw failed(path, .read) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .file(path: path, action: .read, code: EISDIR)
    }
    // One byte more than the size, so that the end is seen without a second buffer.
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size), 0) + 1)
    var filled = 0
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        return retried { unsafe Glibc.read(file.number, rest.baseAddress, rest.count) }
      }
      guard count >= 0 else { throw failed(path, .read) }
      filled += count
      // A file whose size is known is whole when it has been reached; one of /proc says 0 and is read on.
      if count == 0 || (filled == status.st_size && filled < bytes.count) { break }
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: filled)) }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  package func summary(of path: String) throws(StoreFault) -> FileSummary? {
    guard let file = try Descriptor.ifThere(path) else { return nil }
    var status = Glibc.stat()
    guard unsafe fstat(file.number, &status) == 0 else { throw failed(path, .read) }
    var sha = SHA256()
    var count = 0
    // A small file in one piece, a large one in pieces that a cache holds.
    var bytes = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 1), 1 << 20))
    while true {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        retried { unsafe Glibc.read(file.number, buffer.baseAddress, buffer.count) }
      }
      guard got >= 0 else { throw failed(path, .read) }
      if got == 0 { break }
      sha.update(bytes.span.extracting(0..<got))
      count += got
    }
    return FileSummary(bytes: count, digest: sha.finalize())
  }

  package func isPlain(_ path: String) throws(StoreFault) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw failed(path, .read) }
    return [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  package func status(of path: String) throws(StoreFault) -> FileStatus? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failed(path, .read)
    }
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    return FileStatus(
      bytes: Int(status.st_size), changed: nanoseconds(status.st_mtim),
      entryChanged: nanoseconds(status.st_ctim), number: UInt64(status.st_ino),
      isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }

  package func names(in folder: String) throws(StoreFault) -> [String] {
    guard let stream = unsafe opendir(folder) else {
      if errno == ENOENT { return [] }
      throw failed(folder, .list)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw failed(folder, .list) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package func makeFolder(_ path: String) throws(StoreFault) {
    if unsafe mkdir(path, 0o777) == 0 { return }
    if errno == ENOENT, parent(of: path) != path {
      try makeFolder(parent(of: path))
      if unsafe mkdir(path, 0o777) == 0 { return }
    }
    var status = stat()
    if errno == EEXIST, unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .file(path: path, action: .makeFolder, code: ENOTDIR)
      }
      return
    }
    throw failed(path, .makeFolder)
  }

  package func write(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    let file = try Descriptor(path, O_WRONLY | O_CREAT | O_TRUNC, for: .write)
    try file.writeAll(bytes, path: path, action: .write)
  }

  package func append(_ bytes: [UInt8], to path: String) throws(StoreFault) {
    try appending(to: path).append(bytes)
  }

  package func appending(to path: String) throws(StoreFault) -> any FileAppender {
    OpenFile(path, try Descriptor(path, O_WRONLY | O_CREAT | O_APPEND, for: .append))
  }

  package func truncate(_ path: String, to bytes: Int) throws(StoreFault) {
    guard retried({ unsafe Int(Glibc.truncate(path, off_t(bytes))) }) == 0 else {
      throw failed(path, .truncate)
    }
  }

  package func sync(_ path: String) throws(StoreFault) {
    guard syncsEachFile else { return }
    let file = try Descriptor(path, O_RDONLY, for: .sync)
    guard retried({ Int(fsync(file.number)) }) == 0 else { throw failed(path, .sync) }
  }

  package func syncFolder(_ path: String) throws(StoreFault) {
    guard syncsEachFile else { return }
    let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY, for: .sync)
    guard retried({ Int(fsync(folder.number)) }) == 0 else {
      // Some file systems cannot sync a folder and say so; there is nothing more to be had from them.
      if errno == EINVAL { return }
      throw failed(path, .sync)
    }
  }

  package func syncDisk(of folder: String) throws(StoreFault) {
    guard syncsDisk else { return }
    let opened = try Descriptor(folder, O_RDONLY | O_DIRECTORY, for: .sync)
    guard retried({ Int(ablate_sync_file_system(opened.number)) }) == 0 else {
      throw failed(folder, .sync)
    }
  }

  package func rename(_ path: String, to new: String) throws(StoreFault) {
    guard unsafe Glibc.rename(path, new) == 0 else { throw failed(new, .rename) }
  }

  package func link(_ path: String, to new: String) throws(StoreFault) -> Bool {
    if unsafe Glibc.link(path, new) == 0 { return true }
    if errno == EEXIST { return false }
    throw failed(new, .link)
  }

  /// The file has no name until it has its content, so a crash leaves no draft, and the folder changes
  /// once instead of three times.
  package func create(
    _ path: String, with bytes: [UInt8], _ durability: Durability
  ) throws(StoreFault) -> Bool {
    guard let file = try Descriptor.unnamed(in: parent(of: path), for: path) else {
      return try createFromDraft(path, with: bytes, durability)
    }
    try file.writeAll(bytes, path: path, action: .write)
    if durability == .durable && syncsEachFile {
      guard retried({ Int(fsync(file.number)) }) == 0 else { throw failed(path, .sync) }
    }
    let source = "/proc/self/fd/\(file.number)"
    guard unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else {
      if errno == EEXIST { return false }
      // Without /proc nobody can give it a name.
      if errno == ENOENT { return try createFromDraft(path, with: bytes, durability) }
      throw failed(path, .link)
    }
    if durability == .durable { try syncFolder(parent(of: path)) }
    return true
  }

  package func remove(_ path: String) throws(StoreFault) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failed(path, .remove) }
  }

  package func removeFolder(_ path: String) throws(StoreFault) {
    for name in try names(in: path) {
      let inner = "\(path)/\(name)"
      // Tried as a file first: of a link to a folder only the link goes.
      if unsafe unlink(inner) == 0 || errno == ENOENT { continue }
      guard errno == EISDIR || errno == EPERM else { throw failed(inner, .remove) }
      try removeFolder(inner)
    }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw failed(path, .remove) }
  }

  package func touch(_ path: String) throws(StoreFault) {
    guard unsafe utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw failed(path, .touch) }
  }
}

/// A file of this machine that stays open.
private final class OpenFile: FileAppender {
  private let path: String
  private let file: Descriptor

  init(_ path: String, _ file: consuming Descriptor) {
    self.path = path
    self.file = file
  }

  func append(_ bytes: [UInt8]) throws(StoreFault) {
    try file.writeAll(bytes, path: path, action: .append)
  }
}

/// An open file that closes itself and that no child process inherits.
private struct Descriptor: ~Copyable {
  let number: Int32

  init(_ path: String, _ flags: Int32, for action: FileAction) throws(StoreFault) {
    let number = retried { unsafe Int(open(path, flags | O_CLOEXEC, 0o666)) }
    guard number >= 0 else { throw failed(path, action) }
    self.number = Int32(number)
  }

  /// A file without a name, to write, on the disk of a folder; nil where the disk has no such thing.
  ///
  /// - Parameter path: the one that it is to get, for the fault.
  static func unnamed(in folder: String, for path: String) throws(StoreFault) -> Descriptor? {
    // O_TMPFILE of open(2), which Swift does not see.
    let unnamed = 0o20_000_000 | O_DIRECTORY
    do throws(StoreFault) {
      return try Descriptor(folder, O_WRONLY | unnamed, for: .write)
    } catch {
      guard case .file(_, _, let code) = error else { throw error }
      // What file systems and kernels answer that do not know it.
      if [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(code) { return nil }
      throw .file(path: path, action: .write, code: code)
    }
  }

  /// The file to read; nil when there is none.
  static func ifThere(_ path: String) throws(StoreFault) -> Descriptor? {
    do throws(StoreFault) {
      return try Descriptor(path, O_RDONLY, for: .read)
    } catch .file(_, _, ENOENT), .file(_, _, ENOTDIR) {
      return nil
    }
  }

  deinit { close(number) }

  func writeAll(_ bytes: [UInt8], path: String, action: FileAction) throws(StoreFault) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return retried { unsafe Glibc.write(number, rest.baseAddress, rest.count) }
      }
      guard count >= 0 else { throw failed(path, action) }
      written += count
    }
  }
}

/// Repeats a system call for as long as a signal interrupts it.
private func retried(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The fault of the call just made.
private func failed(_ path: String, _ action: FileAction) -> StoreFault {
  .file(path: path, action: action, code: errno)
}
