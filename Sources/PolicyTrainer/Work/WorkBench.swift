import Reproducibility

/// One number that was measured: `(step, metric, value)` of a work item.
package struct Measurement: Sendable, Hashable {
  /// Updates made when it was measured, counted from the start of the trial.
  package var step: Int
  package var metric: String
  package var value: Double

  package init(step: Int, metric: String, value: Double) {
    self.step = step
    self.metric = metric
    self.value = value
  }
}

/// How far a running item is, for a person who waits.
package struct WorkProgress: Sendable, Hashable {
  package var step: Int
  package var steps: Int
  /// What to show beside it, in order: `reward`, `contest`, …
  package var values: [(name: String, value: Double)]

  package init(step: Int, steps: Int, values: [(name: String, value: Double)] = []) {
    self.step = step
    self.steps = steps
    self.values = values
  }

  package static func == (a: WorkProgress, b: WorkProgress) -> Bool {
    a.step == b.step && a.steps == b.steps
      && a.values.elementsEqual(b.values) { $0.name == $1.name && $0.value == $1.value }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(step)
    hasher.combine(steps)
  }
}

/// What a work item may do to the world. The trainer has never heard of a store; whoever runs it
/// hands in a bench.
package protocol WorkBench: AnyObject {
  /// The bytes of a file that an input item left.
  func input(_ name: String, file: String) throws -> [UInt8]
  /// Leaves a file for the items that read this one; complete or not at all.
  func write(_ file: String, _ bytes: [UInt8]) throws
  /// Appends a measurement; it is on disk when this returns.
  func record(_ measurements: [Measurement]) throws
  func report(_ progress: WorkProgress)
  /// Keeps the state of a half-done item; replaces the one before. Nothing measured after it counts
  /// when the item is resumed.
  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) throws
  /// The state that an earlier attempt kept; measurements made after it have been taken back.
  func checkpoint() throws -> (step: Int, files: [String: [UInt8]])?
  /// Whether the item should keep its state and leave.
  var isStopRequested: Bool { get }
}

/// The item kept its state and left because it was asked to.
package struct WorkStopped: Error, Sendable {
  package var step: Int
  package init(step: Int) { self.step = step }
}

/// A fault of the configuration that only showed while working: nothing that trying again would cure.
package struct WorkFault: Error, Sendable, Hashable {
  package var what: String
  package var why: String
  package var help: String

  package init(what: String, why: String, help: String) {
    self.what = what
    self.why = why
    self.help = help
  }
}
