import Foundation
import Glibc
import Reporting

/// Standard output and standard error, and what they are connected to.
struct Terminal: Sendable {
  /// Standard error is a terminal that can be redrawn.
  let isInteractive: Bool
  /// Standard output takes bold text.
  let usesANSI: Bool

  /// - Parameter environment: `NO_COLOR` and `CI` are heard (no-color.org).
  init(environment: [String: String]) {
    let isDumb = environment["TERM"] == "dumb" || environment["TERM"] == nil
    let isCI = !(environment["CI"] ?? "").isEmpty
    isInteractive = isatty(STDERR_FILENO) == 1 && !isDumb && !isCI
    usesANSI =
      isatty(STDOUT_FILENO) == 1 && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Columns and rows of the terminal now; 80 by 24 where it does not say.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    let answer = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    guard answer == 0 else { return (80, 24) }
    return (size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Results.
  func output(_ text: String) { Self.write(Array((text + "\n").utf8), to: STDOUT_FILENO) }
  /// What a file holds, as it is: a piece of it may end within a letter.
  func output(bytes: [UInt8]) { Self.write(bytes, to: STDOUT_FILENO) }
  /// Everything else.
  func error(_ text: String) { Self.write(Array((text + "\n").utf8), to: STDERR_FILENO) }
  func errorRaw(_ text: String) { Self.write(Array(text.utf8), to: STDERR_FILENO) }

  /// A closed pipe (`ablate … | head`) is no fault of ours: what cannot be written is left out.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
    }
  }
}

/// Columns that a text takes.
func displayWidth(of text: String) -> Int { Reporting.displayWidth(text) }
