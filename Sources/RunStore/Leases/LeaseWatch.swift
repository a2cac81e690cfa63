import Glibc

/// Judges whether an attempt was given up without a word, be it on another machine or by a process that
/// was paused: its file has not changed for a while *by the watcher's own steady clock*. Clocks of two
/// machines are never compared, and a clock that is set back or forward changes nothing.
package struct LeaseWatch: Sendable {
  /// Seconds of silence after which an attempt counts as given up.
  package let timeout: Double
  package static let standardTimeout: Double = 60

  private var path = ""
  private var changed: Int64 = .min
  private var since: Double = 0
  /// Whether the file changed while it was watched: then somebody is behind it for sure, on whatever machine.
  package private(set) var hasSeenLife = false

  package init(timeout: Double = Self.standardTimeout) { self.timeout = timeout }

  /// Seconds between two signs of life: many fit into the time-out, so that a busy disk costs no lease.
  package static func heartbeat(timeout: Double) -> Double { timeout / 12 }

  /// - Parameters:
  ///   - path: the attempt's file.
  ///   - changed: the time of its last change; compared for equality only.
  ///   - now: seconds by a steady clock.
  /// - Returns: true when the same file has been seen unchanged for the time-out.
  package mutating func isSilent(_ path: String, changed: Int64, now: Double) -> Bool {
    if path != self.path || changed != self.changed {
      hasSeenLife = path == self.path
      (self.path, self.changed, since) = (path, changed, now)
    }
    return now - since >= timeout
  }
}

/// Seconds by a clock that only goes forward; its zero means nothing.
package func steadySeconds() -> Double { seconds(CLOCK_MONOTONIC) }

/// Seconds since 1970. For records that people read; no result depends on it.
package func wallSeconds() -> Double { seconds(CLOCK_REALTIME) }

private func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
