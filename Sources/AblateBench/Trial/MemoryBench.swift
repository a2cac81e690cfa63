internal import PolicyTrainer
internal import Reproducibility

/// The bench of a work item in memory: no store, no disk, so that what is timed is the work.
final class MemoryBench: WorkBench {
  private let inputs: [String: [String: [UInt8]]]
  private(set) var files: [String: [UInt8]] = [:]
  /// Every measurement with its CPU time, in order.
  private(set) var steps: [Step] = []
  private var lastEvent = ThreadClock.cpuSeconds
  private var hasReported = true

  /// What happened from one word of the item to the next.
  struct Step {
    /// CPU seconds.
    var seconds: Double
    var measurements: [Measurement]
    /// The first measurements after a report belong to a step, those that follow them to an
    /// evaluation: that is the order in which a stage speaks.
    var isEvaluation: Bool
  }

  /// - Parameter inputs: the files of each input item, under the name by which it is asked for.
  init(inputs: [String: [String: [UInt8]]]) { self.inputs = inputs }

  func input(_ name: String, file: String) throws -> [UInt8] {
    guard let bytes = inputs[name]?[file] else {
      throw BenchFault(
        what: "input '\(name)' left no file '\(file)'",
        why: "the items of a trial do not fit together", help: "this is a mistake in the program")
    }
    return bytes
  }

  func write(_ file: String, _ bytes: [UInt8]) { files[file] = bytes }

  func record(_ measurements: [Measurement]) {
    let now = ThreadClock.cpuSeconds
    steps.append(
      Step(
        seconds: now - lastEvent, measurements: measurements, isEvaluation: !hasReported))
    lastEvent = now
    hasReported = false
  }

  func report(_ progress: WorkProgress) { hasReported = true }

  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) {}

  func checkpoint() -> (step: Int, files: [String: [UInt8]])? { nil }

  var isStopRequested: Bool { false }
}
