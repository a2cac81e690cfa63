import PolicyTrainer
import Reproducibility
import RunStore

/// What an item leaves, as far as two runs of it must agree.
struct ItemTrace {
  var files: [(name: String, digest: Digest)]
  var measurements: [RunStore.Measurement]
  /// Of items that train.
  var chain: DigestChain?

  /// What a finished item left.
  ///
  /// - Returns: nil when the item is not done.
  /// - Throws: `StoreFault` when a file is not what `done.json` says.
  init?(_ folder: ItemFolder) throws {
    guard let note = try folder.done(.contents) else { return nil }
    files = note.files.map { ($0.name, $0.digest) }
    measurements = try folder.measurements()
    guard note.file(DigestChain.file) != nil else { return }
    chain = DigestChain(reading: try folder.artifactBytes(DigestChain.file))
  }

  /// What an item left that was done again in memory.
  init(_ bench: ReplayBench) {
    measurements = bench.measurements
    let left = bench.files.map { (name: $0.name, digest: SHA256.digest(of: $0.bytes)) }
    let lines = measurements.map { $0.line + "\n" }.joined()
    let name = ItemFolder.Name.measurements.rawValue
    files =
      (left + (lines.isEmpty ? [] : [(name, SHA256.digest(of: Array(lines.utf8)))]))
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    chain = bench.files.first { $0.name == DigestChain.file }.flatMap {
      DigestChain(reading: $0.bytes)
    }
  }

  /// Where two runs part: the first step, and which parts of the training state or which number.
  ///
  /// - Returns: nil when every file is the same.
  func firstDifference(from other: ItemTrace) -> String? {
    let names = Set(files.map(\.name)).union(other.files.map(\.name)).sorted()
    func digest(_ name: String, _ trace: ItemTrace) -> Digest? {
      trace.files.first { $0.name == name }?.digest
    }
    let differing = names.filter { digest($0, self) != digest($0, other) }
    if differing.isEmpty { return nil }
    var words: [String] = []
    if let part = zip(measurements, other.measurements).first(where: { $0 != $1 }) {
      words.append("step \(part.0.step): \(part.0.metric) first")
    }
    if let mine = chain, let theirs = other.chain, let part = mine.firstDifference(from: theirs) {
      let since = part.lastEqualStep.map { ", equal at step \($0)" } ?? ""
      words.append(
        "chain at step \(part.step)\(since): \(part.components.joined(separator: ", "))")
    }
    if words.isEmpty { words.append(differing.joined(separator: ", ")) }
    return words.joined(separator: "; ")
  }
}

/// The bench of an item that is done again: it reads the inputs that stand in the store, and keeps in
/// memory what the item leaves.
final class ReplayBench: WorkBench {
  private let folder: ItemFolder
  private(set) var files: [(name: String, bytes: [UInt8])] = []
  private(set) var measurements: [RunStore.Measurement] = []

  init(_ folder: ItemFolder) { self.folder = folder }

  func input(_ name: String, file: String) throws -> [UInt8] {
    guard let input = try folder.input(name) else {
      throw WorkFault(
        what: "the order names no input '\(name)'",
        why: "the order was written by another version of the program",
        help: "run the study again with this version; it writes orders of its own")
    }
    return try input.artifactBytes(file)
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
