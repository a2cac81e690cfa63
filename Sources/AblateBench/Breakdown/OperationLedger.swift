internal import KernelInterface
import Synchronization

/// Where the time of a run went, call by call, on the wall clock.
final class OperationLedger: Sendable {
  /// What was called: an operation, or a product of one shape.
  struct Entry: Hashable {
    var name: String
    var shape: PanelShape?
  }

  struct Account {
    var calls = 0
    var seconds = 0.0
    /// Floating-point operations, for products.
    var operations = 0.0
  }

  private let accounts = Mutex<[Entry: Account]>([:])

  /// Times a call.
  func time<Result>(
    _ name: String, shape: PanelShape? = nil, operations: Double = 0, _ body: () -> Result
  ) -> Result {
    let start = ThreadClock.wallSeconds
    let result = body()
    let seconds = ThreadClock.wallSeconds - start
    accounts.withLock { accounts in
      let entry = Entry(name: name, shape: shape)
      accounts[entry, default: Account()].calls += 1
      accounts[entry, default: Account()].seconds += seconds
      accounts[entry, default: Account()].operations += operations
    }
    return result
  }

  func clear() { accounts.withLock { $0.removeAll(keepingCapacity: true) } }

  /// Everything timed since it was cleared, the dearest first.
  var lines: [Breakdown.Line] {
    let accounts = accounts.withLock { $0 }
    return accounts.map { entry, account in
      Breakdown.Line(
        name: entry.shape.map { "\(entry.name) \($0.rows) × \($0.columns)" } ?? entry.name,
        calls: account.calls, seconds: account.seconds,
        operations: account.operations > 0 ? account.operations : nil)
    }.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
  }
}
