import Glibc

/// The worker's side of the tie to its coordinator: standard input is a pipe that ends at the instant
/// the coordinator dies, be it by `kill -9`.
package enum Lifeline {
  /// Watches standard input on a thread of its own.
  ///
  /// - Parameter lost: called once when it ends; for example `{ kill(getpid(), SIGTERM) }`, so that the
  ///   work saves a checkpoint and leaves.
  package static func watch(onLoss lost: @escaping @Sendable () -> Void) {
    WorkThread.start {
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(STDIN_FILENO, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      lost()
    }
  }
}
