import Foundation
import Reproducibility
import RunStore

// Foundation has a type of that name too.
typealias Measurement = RunStore.Measurement

/// A results folder that is removed with the test.
final class Workplace {
  let path: String
  let results: ResultsFolder

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    results = ResultsFolder(path + "/results")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// An item folder with its order, ready to be claimed.
  func item(_ number: Int = 0, inputs: [WorkOrder.Input] = []) throws -> ItemFolder {
    try results.place(order(number, inputs: inputs))
  }

  /// Runs a small piece of work to its end: three measurements and a file.
  @discardableResult
  func finish(_ folder: ItemFolder) throws -> DoneNote {
    let writer = try ItemWriter(folder)
    for step in 1...3 { try writer.record(measurement(step)) }
    try writer.writeArtifact("weights.bin", Array(0..<200))
    return try writer.finish(values: ["reward": 0.5, "digest": "ab"], machine: [:])
  }
}

func order(_ number: Int, inputs: [WorkOrder.Input] = []) -> WorkOrder {
  WorkOrder(
    kind: "stage", configuration: ["number": JSONValue(number)], inputs: inputs,
    seedPath: "seed/\(number)", numerics: 1, label: "stage \(number)")
}

func measurement(_ step: Int) -> Measurement {
  Measurement(step: step, metric: "reward", value: Double(step) / 3, tags: ["suite": "contest"])
}

func bytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

func write(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// A process that has ended, by its number and the start time that it had.
func endedProcess() throws -> ProcessMark {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sleep")
  process.arguments = ["60"]
  try process.run()
  let mark = ProcessMark(process: Int(process.processIdentifier))
  kill(process.processIdentifier, SIGKILL)
  process.waitUntilExit()
  return mark
}
