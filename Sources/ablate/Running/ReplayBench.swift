import PolicyTrainer
import Reproducibility
import RunStore

/// The bench of an item that is done again: it reads the inputs that stand in the store, and keeps in
/// memory what the item leaves.
final class ReplayBench: WorkBench {
  private let folder: ItemFolder
  private(set) var files: [(name: String, bytes: [UInt8])] = []
  private(set) var measurements: [RunStore.Measurement] = []

  init(_ folder: ItemFolder) { self.folder = folder }

  func input(_ name: String, file: String) throws -> [UInt8] {
    try folder.inputBytes(name, file: file)
  }

  func write(_ file: String, _ bytes: [UInt8]) {
    files.removeAll { $0.name == file }
    files.append((file, bytes))
  }

  func record(_ measurements: [PolicyTrainer.Measurement]) {
    self.measurements += measurements.map {
      RunStore.Measurement(step: $0.step, metric: $0.metric, value: $0.value)
    }
  }

  func report(_ progress: WorkProgress) {}
  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) {}
  func checkpoint() -> (step: Int, files: [String: [UInt8]])? { nil }
  var isStopRequested: Bool { false }
}
