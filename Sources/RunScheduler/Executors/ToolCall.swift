import ChildProcesses
import Glibc
import RunStore

/// A program of the system, called for what it says: `squeue`, `sbatch`, ….
///
/// It is found on `PATH`, sees no environment but the one that it is given, reads nothing, and is ended
/// with all that it started when its time is up.
struct ToolCall: Sendable {
  enum Answer: Sendable, Hashable {
    case ended(code: Int32, output: String, errors: String)
    /// It took longer than it may and was ended; what it was to do may have been done.
    case late
    /// It could not be started.
    case absent(reason: String)
  }

  var environment: [String: String]
  /// Seconds that a call may take.
  var deadline: Double

  func run(_ program: String, _ arguments: [String]) -> Answer {
    guard let path = Self.found(program, on: environment["PATH"] ?? "") else {
      return .absent(reason: "'\(program)' is not on PATH")
    }
    guard let output = Scratch(), let errors = Scratch() else {
      return .absent(reason: "no file for the answer of '\(program)' can be made")
    }
    let child: ChildProcess
    switch ChildProcess.start(
      program: path, arguments: arguments, environment: environment,
      output: .files(output: output.path, errors: errors.path), hasLifeline: false)
    {
    case .started(let process): child = process
    case .refused(let code):
      return .absent(
        reason: unsafe "cannot start '\(program)': \(String(cString: strerror(code)))")
    }
    let isInTime = isOver(child)
    let end = child.collect()
    guard isInTime else { return .late }
    switch end.manner {
    case .exit(let code): return .ended(code: code, output: output.text, errors: errors.text)
    case .signal(let number):
      return .ended(code: 128 + number, output: output.text, errors: errors.text)
    }
  }

  /// Waits for the end, for as long as the call may take.
  private func isOver(_ child: ChildProcess) -> Bool {
    let end = steadySeconds() + deadline
    var pause: UInt32 = 1000
    while !child.hasEnded {
      if steadySeconds() >= end { return false }
      usleep(pause)
      pause = min(2 * pause, 20_000)
    }
    return true
  }

  /// Where a program is; nil when it is nowhere.
  static func found(_ program: String, on path: String) -> String? {
    if program.contains("/") { return isExecutable(program) ? program : nil }
    return path.split(separator: ":").map { "\($0)/\(program)" }.first(where: isExecutable)
  }

  private static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

  /// A file that is gone when nobody asks for it any more.
  private final class Scratch {
    let path: String

    init?() {
      var name = Array("/tmp/ablate-answer-XXXXXX".utf8CString)
      let descriptor = unsafe mkstemp(&name)
      guard descriptor >= 0 else { return nil }
      close(descriptor)
      path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    var text: String {
      String(decoding: (try? LocalFileSystem().contents(of: path)) ?? [], as: UTF8.self)
    }

    deinit { unsafe unlink(path) }
  }
}
