import CommandTrainer
import PolicyTrainer
import Reproducibility
import RunStore

/// What an item leaves, as far as two runs of it must agree.
struct ItemTrace {
  var files: [(name: String, digest: Digest)]
  var measurements: [RunStore.Measurement]
  /// The result in short, which `done.json` holds.
  var values: JSONObject
  /// Of items that train; nil when there is none, or none that this version can read.
  var chain: DigestChain?

  /// What a finished item left.
  ///
  /// - Returns: nil when the item is not done.
  /// - Throws: `StoreFault` when a file is not what `done.json` says.
  init?(_ folder: ItemFolder) throws {
    guard let note = try folder.done(.kept) else { return nil }
    files = note.files.map { ($0.name, $0.digest) }
    measurements = try folder.measurements()
    values = note.values
    guard note.file(DigestChain.file) != nil else { return }
    chain = DigestChain(reading: try folder.artifactBytes(DigestChain.file))
  }

  /// Does an item again, in memory.
  ///
  /// - Parameter bench: a fresh one.
  init(doing order: WorkOrder, on bench: ReplayBench) throws {
    values = try bench.perform(order)
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

  /// Runs a command's item again.
  ///
  /// - Parameter bench: a fresh one.
  init(
    running order: WorkOrder, on bench: CommandReplay, _ surroundings: CommandSurroundings
  ) throws {
    values = try bench.perform(order, surroundings)
    measurements = bench.measurements
    let lines = Array(measurements.map { $0.line + "\n" }.joined().utf8)
    let measured = (ItemFolder.Name.measurements.rawValue, SHA256.digest(of: lines))
    files = (bench.artifacts + (lines.isEmpty ? [] : [measured]))
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// SHA-256 over everything that two runs must agree in.
  var digest: Digest { Self.digest(files, values) }

  /// The same of a finished item without reading its files: what `done.json` says of them.
  ///
  /// - Returns: nil when the item has no sound result.
  static func digest(of folder: ItemFolder) throws(StoreFault) -> Digest? {
    try folder.soundResult().map { digest($0.files.map { ($0.name, $0.digest) }, $0.values) }
  }

  /// The same of what the store says of a finished item.
  static func digest(_ result: StoredResult) -> Digest {
    digest(result.files.map { ($0.key, $0.value) }, result.values)
  }

  private static func digest(
    _ files: [(name: String, digest: Digest)], _ values: JSONObject
  ) -> Digest {
    let names = JSONObject(files.map { ($0.name, .string($0.digest.hex)) })
    return SHA256.digest(
      of: JSONValue.object(["files": .object(names), "values": .object(values)]).canonical)
  }

  /// Whether an item that trains has a chain on one side only: it was left before there were chains.
  func isOfOtherVersion(than other: ItemTrace) -> Bool { (chain == nil) != (other.chain == nil) }

  /// Where two runs part: the first step, and which parts of the training state or which number.
  ///
  /// - Returns: nil when every file is the same.
  func firstDifference(from other: ItemTrace) -> String? {
    let names = Set(files.map(\.name)).union(other.files.map(\.name)).sorted()
    func digest(_ name: String, _ trace: ItemTrace) -> Digest? {
      trace.files.first { $0.name == name }?.digest
    }
    let differing = names.filter { digest($0, self) != digest($0, other) }
    if differing.isEmpty { return values == other.values ? nil : "values in done.json" }
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
