import PolicyTrainer
import Reproducibility
import RunStore

/// The bench of an item that is done again: it reads what it is given, and keeps in memory what the item
/// leaves. Where asked, it dies after every checkpoint as a killed process would, one step further on.
final class ReplayBench: WorkBench {
  /// A file of an input, by the name under which the order asks for it.
  typealias Inputs = (_ name: String, _ file: String) throws -> [UInt8]

  /// What a kill looks like from inside the work.
  struct Killed: Error {}

  private struct Saved {
    var step: Int
    var files: [String: [UInt8]]
    /// How many measurements stood before it.
    var measurements: Int
  }

  private let inputs: Inputs
  private let diesAfterCheckpoints: Bool
  private(set) var files: [(name: String, bytes: [UInt8])] = []
  private(set) var measurements: [RunStore.Measurement] = []
  /// How often it died.
  private(set) var deaths = 0
  private var saved: Saved?
  private var isDying = false
  private var lastDeath = Int.min

  init(diesAfterCheckpoints: Bool = false, inputs: @escaping Inputs) {
    self.diesAfterCheckpoints = diesAfterCheckpoints
    self.inputs = inputs
  }

  /// Does the work to its end, from the last checkpoint again after each death.
  ///
  /// - Returns: the values of the item's record.
  func perform(_ order: WorkOrder) throws -> JSONObject {
    while true {
      do {
        return try WorkPerformer.perform(order, on: self)
      } catch is Killed {
        deaths += 1
        isDying = false
        // What the next attempt finds: all that stood at the checkpoint, and nothing since.
        files = []
        measurements.removeLast(measurements.count - (saved?.measurements ?? 0))
      }
    }
  }

  func input(_ name: String, file: String) throws -> [UInt8] { try inputs(name, file) }

  func write(_ file: String, _ bytes: [UInt8]) throws {
    if isDying { throw Killed() }
    files.removeAll { $0.name == file }
    files.append((file, bytes))
  }

  func record(_ measurements: [PolicyTrainer.Measurement]) throws {
    self.measurements += measurements.map {
      RunStore.Measurement(step: $0.step, metric: $0.metric, value: $0.value)
    }
    if isDying { throw Killed() }
  }

  func report(_ progress: WorkProgress) {}

  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) {
    saved = Saved(
      step: step, files: Dictionary(files.map { ($0.name, $0.bytes) }) { $1 },
      measurements: measurements.count)
    // Once for each: work that saves where it resumed would otherwise never get on.
    isDying = diesAfterCheckpoints && step > lastDeath
    if isDying { lastDeath = step }
  }

  func checkpoint() -> (step: Int, files: [String: [UInt8]])? {
    saved.map { ($0.step, $0.files) }
  }

  var isStopRequested: Bool { false }
}
