import Glibc
package import RunStore

/// A worker's signs of life, for those who wait for its item. They come from a thread of their own, so a
/// long step is not taken for death; a process that is paused gives none.
package enum Heartbeat {
  /// - Parameters:
  ///   - timeout: seconds of silence after which others may take the item over.
  ///   - lost: called once when a newer attempt has done so.
  package static func keep(
    _ folder: ItemFolder, attempt: Int, timeout: Double, onLoss lost: @escaping @Sendable () -> Void
  ) {
    let pause = UInt32(LeaseWatch.heartbeat(timeout: timeout) * 1e6)
    WorkThread.start {
      while true {
        usleep(pause)
        // A disk that cannot be asked now says nothing about the lease.
        if (try? folder.isCurrent(attempt: attempt)) == false { break }
        try? folder.heartbeat(attempt: attempt)
      }
      lost()
    }
  }
}
