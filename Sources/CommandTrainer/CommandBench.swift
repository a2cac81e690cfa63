package import Reproducibility

/// A number that a command measured.
package struct MeasuredNumber: Sendable, Hashable {
  package var metric: String
  package var step: Int
  package var value: Double

  package init(metric: String, step: Int, value: Double) {
    self.metric = metric
    self.step = step
    self.value = value
  }
}

/// A state that a command saved: a folder, and what we remember beside it.
package struct SavedState: Sendable {
  package var step: Int
  /// Absolute.
  package var folder: String
  package var notes: JSONValue

  package init(step: Int, folder: String, notes: JSONValue) {
    self.step = step
    self.folder = folder
    self.notes = notes
  }
}

/// What the run of a command may do to the world. Whoever runs it hands in a bench over a store.
package protocol CommandBench: AnyObject {
  /// Absolute paths of the item's folder and of its order.
  var item: String { get }
  var order: String { get }
  /// For people.
  var log: String { get }
  /// An absolute path at which the attempt has a folder of its own, which is not there yet.
  var scratch: String { get }
  var attempt: Int { get }
  /// The folder that the stage before left; nil when it left none, or there is no such stage.
  func parentState() throws -> String?
  /// What an earlier attempt saved; what it measured since has been taken back.
  func savedState() throws -> SavedState?
  func record(_ measured: [MeasuredNumber]) throws
  /// - Parameter steps: nil when nobody knows how many there will be.
  func report(step: Int, of steps: Int?, _ values: [(name: String, value: Double)])
  /// Takes a folder as the state to go on from; what was measured so far counts with it.
  ///
  /// - Throws: ``RefusedState`` when it holds something else than files and folders.
  func keep(_ folder: String, step: Int, notes: JSONValue) throws
  /// Makes the state that was kept last part of the result.
  ///
  /// - Returns: a digest of it; nil when none was kept.
  func leaveState() throws -> String?
  /// Removes a folder in the attempt's own.
  func discard(_ folder: String)
  /// Adds to the item's log.
  func say(_ bytes: [UInt8]) throws
  var isStopRequested: Bool { get }
}

/// A folder that cannot be kept.
package struct RefusedState: Error {
  package var reason: String
  package init(reason: String) { self.reason = reason }
}
