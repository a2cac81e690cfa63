import Glibc
import Reproducibility

/// The file to which a command appends its measurements, read while it grows.
final class MeasurementFile {
  private let file: Int32
  private let limits: CommandContract.Limits
  private var offset = 0
  /// What follows the last end of a line.
  private var rest: [UInt8] = []
  /// Of all that was read.
  private var digest = SHA256()
  /// Lines that were handed on.
  private(set) var lines = 0

  enum Fault: Error {
    case tooLarge
    /// What was read stands there no more.
    case changed
    case tooLong
  }

  init?(_ path: String, limits: CommandContract.Limits) {
    file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    self.limits = limits
    if file < 0 { return nil }
  }

  deinit { close(file) }

  /// The whole lines that were added since, each without its end.
  func next() throws(Fault) -> [[UInt8]] {
    let size = ScratchFiles.size(of: file)
    if size < offset { throw .changed }
    if size > limits.measurements { throw .tooLarge }
    var found: [[UInt8]] = []
    while offset < size {
      let bytes = ScratchFiles.read(file, from: offset, atMost: min(1 << 20, size - offset))
      if bytes.isEmpty { break }
      offset += bytes.count
      digest.update(bytes)
      var parts = (rest + bytes).split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      rest = parts.popLast().map { Array($0) } ?? []
      found += parts.map { Array($0) }
      if rest.count > limits.line { throw .tooLong }
    }
    if found.contains(where: { $0.count > limits.line }) { throw .tooLong }
    lines += found.count
    return found
  }

  /// Whether the last line has its end.
  var isWhole: Bool { rest.isEmpty }
  /// What stands after the last end of a line.
  var unfinished: [UInt8] { rest }

  /// Whether the file still begins with all that was read of it.
  var isUnchanged: Bool {
    var sha = SHA256()
    var at = 0
    while at < offset {
      let bytes = ScratchFiles.read(file, from: at, atMost: min(1 << 20, offset - at))
      if bytes.isEmpty { return false }
      sha.update(bytes)
      at += bytes.count
    }
    return sha.finalize() == digest.finalize()
  }
}
