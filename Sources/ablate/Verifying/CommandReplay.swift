import CommandTrainer
import Reproducibility
import RunStore

/// The bench of a command that is run again: it writes into a folder of its own and nothing else. Where asked, it
/// is killed after every checkpoint, as a lost machine would, one step further on.
final class CommandReplay: CommandBench {
  /// What a kill looks like from inside the work.
  private struct Killed: Error {}

  private struct Kept {
    var state: SavedState
    var files: [(name: String, bytes: Int, digest: Digest)]
    /// How many measurements stood before it.
    var measurements: Int
  }

  private let folder: String
  private let files = LocalFileSystem()
  private let parent: String?
  private let diesAfterCheckpoints: Bool
  private var kept: Kept?
  private var isDying = false
  private var lastDeath = Int.min
  private(set) var measurements: [Measurement] = []
  /// How often it died.
  private(set) var deaths = 0
  private(set) var attempt = 1
  /// Whether the state that was kept is part of the result.
  private var leavesState = false

  let item: String
  let order: String
  let log: String

  /// - Parameters:
  ///   - folder: absolute, where it may write; whoever made it removes it.
  ///   - source: the item that is run again.
  ///   - parent: what the stage before left.
  init(
    in folder: String, like source: ItemFolder, parent: String?, diesAfterCheckpoints: Bool = false
  ) throws(StoreFault) {
    self.folder = folder
    self.parent = parent
    self.diesAfterCheckpoints = diesAfterCheckpoints
    try files.makeFolder(folder)
    item = folder
    order = "\(folder)/order.json"
    log = "\(folder)/log.txt"
    let order = try source.files.contents(of: source.path(.order)) ?? []
    try files.write(order, to: "\(folder)/order.json")
  }

  /// Runs the command to its end, from its last checkpoint again after each death.
  ///
  /// - Returns: the values of the item's record.
  func perform(_ order: WorkOrder, _ surroundings: CommandSurroundings) throws -> JSONObject {
    while true {
      do {
        return try CommandWork.perform(order, on: self, surroundings)
      } catch is Killed {
        deaths += 1
        attempt += 1
        isDying = false
        measurements.removeLast(measurements.count - (kept?.measurements ?? 0))
      }
    }
  }

  /// Files of the result with their digests, measurements aside.
  var artifacts: [(name: String, digest: Digest)] {
    guard leavesState else { return [] }
    return (kept?.files ?? []).map { ("\(ItemFolder.stateFolder)/\($0.name)", $0.digest) }
  }

  /// The folder that a next stage would start from; nil when none was left.
  var state: String? { leavesState ? kept?.state.folder : nil }

  var scratch: String { "\(folder)/attempt-\(attempt)" }
  func parentState() -> String? { parent }
  func savedState() -> SavedState? { kept?.state }

  func record(_ measured: [MeasuredNumber]) throws {
    measurements += measured.map {
      Measurement(step: $0.step, metric: $0.metric, value: $0.value)
    }
    if isDying { throw Killed() }
  }

  func report(step: Int, of steps: Int?, _ values: [(name: String, value: Double)]) {}

  func keep(_ path: String, step: Int, notes: JSONValue) throws {
    if isDying { throw Killed() }
    let target = "\(folder)/state-\(attempt)-\(step)"
    let names = try files.filesBelow(path)
    try files.removeFolder(target)
    try files.rename(path, to: target)
    let old = kept?.state.folder
    var described: [(name: String, bytes: Int, digest: Digest)] = []
    for name in names {
      guard let summary = try files.summary(of: "\(target)/\(name)") else { continue }
      described.append((name, summary.bytes, summary.digest))
    }
    kept = Kept(
      state: SavedState(step: step, folder: target, notes: notes), files: described,
      measurements: measurements.count)
    if let old { try files.removeFolder(old) }
    isDying = diesAfterCheckpoints && step > lastDeath
    if isDying { lastDeath = step }
  }

  func leaveState() -> String? {
    guard let kept else { return nil }
    leavesState = true
    let names = kept.files.map { ($0.name, JSONValue.string($0.digest.hex)) }
    return JSONValue.object(JSONObject(names)).digest.hex
  }

  func discard(_ folder: String) { try? files.removeFolder(folder) }
  func say(_ bytes: [UInt8]) throws { try files.append(bytes, to: log) }
  var isStopRequested: Bool { false }
}
