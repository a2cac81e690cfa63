import Foundation
import Reproducibility
import RunStore
import Synchronization

@testable import RunScheduler

// Foundation has a type of that name too.
typealias Measurement = RunStore.Measurement

/// A results folder that is removed with the test.
final class Workplace {
  let path: String
  let results: ResultsFolder

  /// - Parameter inMemory: on a disk in memory where there is one, for tests of thousands of steps.
  init(inMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    path =
      (inMemory && isThere ? memory : FileManager.default.temporaryDirectory.path)
      + "/scheduler-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    results = ResultsFolder(path + "/results")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A shell script. `$1` is the item folder, `$name` the first word of `order.json`'s
  /// label, and `finish` leaves the result that was prepared for it.
  func script(_ body: String) throws -> LocalExecutor {
    let program = path + "/worker-\(UUID().uuidString).sh"
    let text = """
      #!/bin/sh
      name=$(sed -n 's/.*"label": "\\(.*\\)".*/\\1/p' "$1/order.json")
      finish() {
        prepared="\(path)/prepared/items/$(basename "$(dirname "$1")")/$(basename "$1")"
        cp "$prepared/weights.bin" "$prepared/measurements.jsonl" "$1/"
        cp "$prepared/done.json" "$1/done.json.copy" && mv "$1/done.json.copy" "$1/done.json"
      }
      \(body)
      """
    try text.write(toFile: program, atomically: true, encoding: .utf8)
    // Read by the shell and not executed itself: a child that another test forks at this instant may hold
    // the file open to write, and then the kernel would not execute it.
    return LocalExecutor(
      program: "/bin/sh", arguments: [program], environment: ["PATH": "/usr/bin:/bin"])
  }

  /// Makes the results that `finish` of a script copies.
  func prepare(_ graph: WorkGraph) throws {
    let prepared = ResultsFolder(path + "/prepared")
    for order in graph.orders { try work(ItemWriter(prepared.place(order))) }
  }

  /// Every file of the items that is part of a result, with its content.
  func resultFiles(of results: ResultsFolder? = nil) throws -> [String: [UInt8]] {
    let results = results ?? self.results
    var found: [String: [UInt8]] = [:]
    for identity in try results.identities() {
      let folder = results.item(identity)
      guard let note = try folder.done(.contents) else { continue }
      for name in note.files.map(\.name) + ["order.json"] {
        found["\(identity.short)/\(name)"] = try results.files.contents(
          of: "\(folder.path)/\(name)")
      }
      found["\(identity.short)/values"] = Array(JSONValue.object(note.values).canonical.utf8)
    }
    return found
  }
}

func order(_ name: String, kind: String = "stage", reads inputs: [WorkOrder] = []) -> WorkOrder {
  WorkOrder(
    kind: kind, configuration: ["name": .string(name)],
    inputs: inputs.enumerated().map { .init(name: "input \($0)", identity: $1.identity) },
    numerics: 1, label: name)
}

/// A diamond with a tail beside it: a → b, c → d and e alone.
func diamond() throws -> WorkGraph {
  let a = order("a", kind: "solver")
  let (b, c) = (order("b", reads: [a]), order("c", reads: [a]))
  return try WorkGraph(orders: [a, b, c, order("d", reads: [b, c]), order("e")])
}

/// Work whose result depends on the order and the results that it reads, and on nothing else. Six steps
/// with a checkpoint after the third.
@discardableResult
func work(_ writer: ItemWriter, control: RunControl = RunControl()) throws -> WorkOutcome {
  var seed = Seed(writer.order.identity.leadingBits)
  for input in writer.order.inputs {
    guard let folder = try writer.folder.input(input.name) else { continue }
    // The prepared results are made one by one, in order, so inputs are there.
    seed = seed.derive(SHA256.digest(of: try folder.artifactBytes("weights.bin")).hex)
  }
  for step in (writer.checkpoint?.step ?? 0) + 1...6 {
    try writer.record(
      Measurement(step: step, metric: "reward", value: Double(seed.uniform(at: UInt64(step)))))
    writer.note(ItemProgress(step: step, of: 6))
    if step == 3 {
      let draft = writer.beginCheckpoint(step: step)
      try writer.folder.files.write([3], to: draft.path("state.bin"))
      try writer.commit(draft)
    }
    if control.wish != .goOn { return WorkOutcome(.stopped) }
  }
  try writer.writeArtifact("weights.bin", (0..<64).map { UInt8(seed.uniform(at: $0) * 256) })
  try writer.finish(values: ["reward": .number(Double(seed.uniform(at: 0)))], machine: [:])
  return WorkOutcome(.done)
}

/// What an observer heard, as short texts: "started a", "finished a", ….
final class Listener {
  private(set) var heard: [String] = []
  private(set) var last: RunStatus?

  func hear(_ event: SchedulerEvent) {
    switch event {
    case .planned(let plan): heard.append("planned \(plan.done) of \(plan.entries.count)")
    case .damaged(let order, _): heard.append("damaged \(order.label)")
    case .started(let order, let attempt): heard.append("started \(order.label) \(attempt)")
    case .startingAnew(let order, _): heard.append("starting anew \(order.label)")
    case .progress: break
    case .finished(let order, _, let elsewhere):
      heard.append("finished \(order.label)\(elsewhere ? " elsewhere" : "")")
    case .waiting(let order, _): heard.append("waiting \(order.label)")
    case .retrying(let order, let reason, _, _): heard.append("retrying \(order.label): \(reason)")
    case .failed(let order, let failure): heard.append("failed \(order.label): \(failure.what)")
    case .skipped(let order, let because):
      heard.append("skipped \(order.label) because \(because.label)")
    case .stopped(let order): heard.append("stopped \(order.label)")
    case .notice(let words): heard.append("notice \(words)")
    case .tick(let status): last = status
    }
  }
}

func quick(workers: Int = 1) -> Scheduler.Settings {
  var settings = Scheduler.Settings(workers: workers)
  settings.backOff = 0.01
  settings.poll = 0.02
  return settings
}
