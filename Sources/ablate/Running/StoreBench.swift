import PolicyTrainer
import Reproducibility
import RunStore
import Synchronization

/// The bench of a work item over its folder: what the trainer asks for, the store keeps.
final class StoreBench: WorkBench {
  private let writer: ItemWriter
  private let stop: StopRequest

  init(_ writer: ItemWriter, stop: StopRequest) {
    self.writer = writer
    self.stop = stop
  }

  func input(_ name: String, file: String) throws -> [UInt8] {
    try writer.folder.inputBytes(name, file: file)
  }

  func write(_ file: String, _ bytes: [UInt8]) throws {
    try writer.writeArtifact(file, bytes)
  }

  func record(_ measurements: [PolicyTrainer.Measurement]) throws {
    try writer.record(
      measurements.map {
        RunStore.Measurement(step: $0.step, metric: $0.metric, value: $0.value)
      })
  }

  func report(_ progress: WorkProgress) {
    var values: JSONObject = [:]
    for (name, value) in progress.values where value.isFinite { values[name] = .number(value) }
    writer.note(
      ItemProgress(
        step: progress.step, of: progress.steps,
        reward: progress.values.first { $0.name == "reward" }?.value, values: values))
  }

  func saveCheckpoint(step: Int, files: [(name: String, bytes: [UInt8])]) throws {
    let draft = writer.beginCheckpoint(step: step)
    for file in files {
      try writer.folder.files.write(file.bytes, to: draft.path(file.name))
    }
    try writer.commit(draft, state: .array(files.map { .string($0.name) }))
  }

  func checkpoint() throws -> (step: Int, files: [String: [UInt8]])? {
    guard let saved = writer.checkpoint else { return nil }
    var files: [String: [UInt8]] = [:]
    for name in (saved.state.array ?? []).compactMap(\.string) {
      if let path = saved.path(name), let bytes = try writer.folder.files.contents(of: path) {
        files[name] = bytes
      }
    }
    return (saved.step, files)
  }

  var isStopRequested: Bool { stop.isAsked }
}

extension ItemFolder {
  /// A file that an input of this item left, by the name under which its order asks for the input.
  func inputBytes(_ name: String, file: String) throws -> [UInt8] {
    guard let folder = try input(name) else {
      throw WorkFault(
        what: "the order names no input '\(name)'",
        why: "the order was written by another version of the program",
        help: "run the study again with this version; it writes orders of its own")
    }
    return try folder.artifactBytes(file)
  }
}

/// Whether somebody asked this process to stop. Set by a signal, read between steps.
final class StopRequest: Sendable {
  private let count = Atomic<Int>(0)

  var isAsked: Bool { count.load(ordering: .relaxed) > 0 }

  /// - Returns: how often it has been asked, this time included.
  func ask() -> Int { count.add(1, ordering: .relaxed).newValue }
}
