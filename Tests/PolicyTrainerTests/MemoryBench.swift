import PolicyTrainer
import Reproducibility

/// A bench without a disk: what a work item may read, and what it left behind.
///
/// It keeps the store's promise about kills: measurements made after the kept state are taken back
/// when the item begins again.
final class MemoryBench: WorkBench {
  /// The plug was pulled.
  struct Killed: Error {}

  /// When an attempt ends before its time.
  enum Interruption: Sendable, Hashable {
    case none
    /// Asked to stop once so many steps have been reported; the item keeps its state.
    case stop(afterReports: Int)
    /// Gone at the n-th call of `record`, from 0, before anything is written.
    case kill(atRecord: Int)
  }

  let inputs: [String: [String: [UInt8]]]
  var interruption: Interruption
  private(set) var files: [String: [UInt8]] = [:]
  private(set) var measurements: [Measurement] = []
  private(set) var progress: [WorkProgress] = []
  /// Steps at which state was kept, in order.
  private(set) var checkpoints: [Int] = []
  private var kept: (step: Int, files: [String: [UInt8]], measurements: Int)?
  private var reports = 0
  private var records = 0

  init(inputs: [String: [String: [UInt8]]], interruption: Interruption = .none) {
    self.inputs = inputs
    self.interruption = interruption
  }

  /// Readies the bench for the next attempt at the same item.
  func beginAgain(_ interruption: Interruption = .none) {
    self.interruption = interruption
    reports = 0
    records = 0
  }

  func input(_ name: String, file: String) throws -> [UInt8] {
    guard let bytes = inputs[name]?[file] else {
      throw WorkFault(what: "no file '\(file)' of input '\(name)'", why: "", help: "")
    }
    return bytes
  }

  func write(_ file: String, _ bytes: [UInt8]) throws { files[file] = bytes }

  func record(_ measurements: [Measurement]) throws {
    defer { records += 1 }
    if interruption == .kill(atRecord: records) { throw Killed() }
    self.measurements += measurements
  }

  func report(_ progress: WorkProgress) {
    reports += 1
    self.progress.append(progress)
  }

  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) throws {
    checkpoints.append(step)
    kept = (
      step, Dictionary(files.map { ($0.name, $0.bytes) }) { _, last in last }, measurements.count
    )
  }

  func checkpoint() throws -> (step: Int, files: [String: [UInt8]])? {
    measurements.removeLast(measurements.count - (kept?.measurements ?? 0))
    return kept.map { ($0.step, $0.files) }
  }

  var isStopRequested: Bool {
    if case .stop(let reports) = interruption { self.reports >= reports } else { false }
  }

  /// Values of a metric in the order they were measured.
  func values(of metric: String) -> [Double] {
    measurements.filter { $0.metric == metric }.map(\.value)
  }
}

/// What a finished item left.
struct StoredItem: Sendable, Hashable {
  var files: [String: [UInt8]]
  var measurements: [Measurement]
  var values: JSONObject

  func text(_ file: String) -> String { String(decoding: files[file] ?? [], as: UTF8.self) }
}

/// Finished items by identity: each is done once, however many trials read it.
struct MemoryStore: Sendable {
  private(set) var items: [Digest: StoredItem] = [:]
  /// Labels of the items that were worked on, in order.
  private(set) var done: [String] = []

  /// A bench with the order's inputs on it; they must be finished.
  func bench(
    for order: WorkOrder, interruption: MemoryBench.Interruption = .none
  ) -> MemoryBench {
    var inputs: [String: [String: [UInt8]]] = [:]
    for input in order.inputs { inputs[input.name] = items[input.identity]?.files }
    return MemoryBench(inputs: inputs, interruption: interruption)
  }

  /// Does the order unless it is done.
  @discardableResult
  mutating func finish(_ order: WorkOrder) throws -> StoredItem {
    if let item = items[order.identity] { return item }
    let bench = bench(for: order)
    let values = try WorkPerformer.perform(order, on: bench)
    let item = StoredItem(files: bench.files, measurements: bench.measurements, values: values)
    items[order.identity] = item
    done.append(order.label)
    return item
  }
}
