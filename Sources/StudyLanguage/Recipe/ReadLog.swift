import Reproducibility
import Synchronization

/// Which settings were looked at. A test hands one to ``Settings`` and asks afterwards what nobody
/// read: an option that is accepted and then ignored would make a study lie.
package final class ReadLog: Sendable {
  private let paths = Mutex<Set<String>>([])

  package init() {}

  func note(_ path: String) { paths.withLock { _ = $0.insert(path) } }

  /// Paths of the settings below `settings` that were never read, in the order of the schema. Of a
  /// part that was never opened only its own path.
  package func unread(of settings: Settings) -> [String] {
    let read = paths.withLock { $0 }
    return settings.children.flatMap { child in
      read.contains(child.path) ? unread(of: child) : [child.path]
    }
  }
}
