import Glibc

/// The few things that a command's own folder needs of the disk. Nothing in it is a result: it goes with the
/// attempt, so nothing is synced.
enum ScratchFiles {
  /// - Parameters:
  ///   - code: the system's `errno`.
  struct Fault: Error {
    var path: String
    var code: Int32
    var words: String { unsafe String(cString: strerror(code)) }
  }

  /// Makes a folder and those above it that are missing.
  static func makeFolder(_ path: String) throws(Fault) {
    if unsafe mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw Fault(path: path, code: errno)
    }
    try makeFolder(String(path[..<slash]))
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw Fault(path: path, code: errno)
    }
  }

  /// - Parameter isProgram: whether it may be started.
  static func write(_ bytes: [UInt8], to path: String, isProgram: Bool = false) throws(Fault) {
    let file = unsafe open(
      path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isProgram ? 0o777 : 0o666)
    guard file >= 0 else { throw Fault(path: path, code: errno) }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          file, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Fault(path: path, code: errno)
      }
      written += count
    }
  }

  /// At most so many bytes of an open file from a place on; empty at its end.
  static func read(_ file: Int32, from offset: Int, atMost count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let got = unsafe bytes.withUnsafeMutableBytes {
        unsafe pread(file, $0.baseAddress, count, off_t(offset))
      }
      if got < 0 && errno == EINTR { continue }
      bytes.removeLast(count - max(0, got))
      return bytes
    }
  }

  /// A whole small file; nil when it cannot be read.
  static func contents(of path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      let more = read(file, from: bytes.count, atMost: 1 << 16)
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Size of an open file.
  static func size(of file: Int32) -> Int {
    var status = stat()
    return unsafe fstat(file, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether a path is a folder itself, and no link to one.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
