import Dispatch
import Glibc

/// Calls a closure when the process gets one of some signals, on a queue of its own, so that the
/// closure may take locks.
final class SignalWatch {
  private let sources: [any DispatchSourceSignal]

  /// - Parameter heard: called with the signal's number.
  init(_ signals: [Int32], heard: @escaping @Sendable (Int32) -> Void) {
    let queue = DispatchQueue(label: "ablate.signals")
    sources = signals.map { number in
      // Taken away from the default action, which would end the process before we hear of it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { heard(number) }
      source.resume()
      return source
    }
  }

  func end() { for source in sources { source.cancel() } }
}
