internal import Glibc

/// Whole files, in and out. A written file appears under its name only when all its bytes are on the
/// disk: temporary name, sync, rename.
enum FileBytes {
  static func read(_ path: String) throws(TensorFault) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw systemFault(path, "open the file") }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw systemFault(path, "look at the file") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TensorFault(
        path: path, reason: .system(operation: "read the file", message: "not a regular file"))
    }
    let size = Int(status.st_size)
    var failure: Int32?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      // Invariant: `filled` never passes the buffer's capacity, and counts only bytes that came in.
      filled = 0
      while filled < size {
        let count = unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), size - filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = errno }
        if count <= 0 { return }
        filled += count
      }
    }
    if let failure { throw systemFault(path, "read the file", failure) }
    return bytes
  }

  static func write(_ bytes: [UInt8], to path: String) throws(TensorFault) {
    let partial = "\(path).partial-\(getpid())"
    let file = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw systemFault(partial, "create the file") }
    var failure = writeAll(bytes, to: file)
    if failure == nil && fsync(file) != 0 { failure = errno }
    if close(file) != 0 && failure == nil { failure = errno }
    if let failure {
      unsafe unlink(partial)
      throw systemFault(partial, "write the file", failure)
    }
    guard unsafe rename(partial, path) == 0 else {
      let failure = errno
      unsafe unlink(partial)
      throw systemFault(path, "put the file in place", failure)
    }
  }

  /// The error number of the write that failed; nil when all bytes went out.
  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32? {
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = unsafe Glibc.write(
          file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return errno }
        done += count
      }
      return nil
    }
  }

  private static func systemFault(
    _ path: String, _ operation: String, _ number: Int32 = errno
  ) -> TensorFault {
    let message = unsafe String(cString: strerror(number))
    return TensorFault(path: path, reason: .system(operation: operation, message: message))
  }
}
