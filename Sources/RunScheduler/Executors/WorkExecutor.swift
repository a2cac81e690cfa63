package import Reproducibility
package import RunStore
import Synchronization

/// Runs one work item from start to end. The scheduler knows nothing else about how work is done: in a
/// child process, in this one, on a cluster.
package protocol WorkExecutor: Sendable {
  /// Blocks until the attempt is over. Called from a thread of its own, several at once.
  ///
  /// - Parameters:
  ///   - attempt: the claimed attempt; pass its number to ``ItemWriter``.
  ///   - control: tells when the work shall stop or be killed.
  func run(
    _ order: WorkOrder, in folder: ItemFolder, attempt: Int, control: RunControl
  ) -> WorkOutcome
}

/// How an attempt ended, as its executor saw it. Whether there is a result is for the folder to say.
package struct WorkOutcome: Sendable, Hashable {
  package var manner: Attempt.Ending.Manner
  /// A line for people; empty when all is well.
  package var words: String
  /// Largest resident size in bytes, where known.
  package var peakMemory: Int?

  package init(_ manner: Attempt.Ending.Manner, _ words: String = "", peakMemory: Int? = nil) {
    self.manner = manner
    self.words = words
    self.peakMemory = peakMemory
  }
}

/// What the scheduler wants of one running item.
package final class RunControl: Sendable {
  package enum Wish: Int, Sendable, Comparable {
    case goOn
    /// Save a checkpoint and leave.
    case stop
    /// End at once.
    case kill

    package static func < (a: Wish, b: Wish) -> Bool { a.rawValue < b.rawValue }
  }

  private struct State {
    var wish = Wish.goOn
    var listener: (@Sendable (Wish) -> Void)?
  }

  private let state = Mutex(State())

  package init() {}

  package var wish: Wish { state.withLock { $0.wish } }

  /// Calls the listener with each stronger wish, at once with one that stands already. It is called
  /// under a lock: it must be short and must not use this object.
  package func listen(_ listener: @escaping @Sendable (Wish) -> Void) {
    state.withLock { state in
      state.listener = listener
      if state.wish > .goOn { listener(state.wish) }
    }
  }

  /// After this returns the listener is not called any more.
  package func stopListening() { state.withLock { $0.listener = nil } }

  /// A wish only grows stronger.
  package func ask(_ wish: Wish) {
    state.withLock { state in
      guard wish > state.wish else { return }
      state.wish = wish
      state.listener?(wish)
    }
  }
}
