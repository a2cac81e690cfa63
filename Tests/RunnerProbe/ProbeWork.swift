import Glibc
import Reproducibility
import RunScheduler
import RunStore
import Synchronization

/// The work of an item. Its result depends on the order and the results that it reads, and on nothing
/// else.
struct ProbeWork {
  /// Where a line is added for each item that was run to completion; a count that the store has no part
  /// in.
  let ledger: String?
  let isAskedToStop: () -> Bool

  func perform(_ writer: ItemWriter) throws -> WorkOutcome {
    let order = writer.order
    var seed = Seed(order.identity.leadingBits)
    for input in order.inputs {
      guard let folder = try writer.folder.input(input.name), let note = try folder.done(.contents)
      else { throw ProbeFault(what: "'\(input.name)' has no result") }
      seed = seed.derive(JSONValue.object(note.values).canonical)
    }
    let pause = UInt32((order.configuration["milliseconds"]?.int ?? 0) * 1000 / Self.steps)
    let isLittle = order.configuration["load"]?.string == ProbeLoad.little.rawValue
    for step in (writer.checkpoint?.step ?? 0) + 1...Self.steps {
      if pause > 0 { usleep(pause) }
      if isLittle { try take(step, writer, seed) }
      if isAskedToStop() { return WorkOutcome(.stopped) }
    }
    if isLittle {
      let weights = (0..<64).map { UInt8(seed.uniform(at: $0) * 256) }
      try writer.writeArtifact("weights.bin", weights)
    }
    try writer.finish(values: ["reward": .number(Double(seed.uniform(at: 0)))], machine: [:])
    if let ledger {
      try LocalFileSystem().append(Array("\(order.identity.hex)\n".utf8), to: ledger)
    }
    return WorkOutcome(.done)
  }

  private static let steps = 6

  private func take(_ step: Int, _ writer: ItemWriter, _ seed: Seed) throws {
    try writer.record(
      Measurement(step: step, metric: "reward", value: Double(seed.uniform(at: UInt64(step)))))
    writer.note(ItemProgress(step: step, of: Self.steps))
    guard step == Self.steps / 2 else { return }
    let draft = writer.beginCheckpoint(step: step)
    try writer.folder.files.write([UInt8](repeating: 3, count: 64), to: draft.path("state.bin"))
    try writer.commit(draft)
  }
}

/// `RunnerProbe work`: an item in a process of its own, as `ablate work` runs one.
struct ProbeWorker {
  private let folder: String
  private let ledger: String?

  init(_ arguments: inout ProbeArguments) throws {
    ledger = try arguments.text("--ledger")
    folder = try arguments.last("item folder")
  }

  func run() throws -> Int32 {
    let isOrphan = Flag()
    Lifeline.watch { isOrphan.raise() }
    guard let number = unsafe getenv(LocalExecutor.attemptVariable) else {
      throw ProbeFault(what: "only 'RunnerProbe run' starts a worker")
    }
    let writer = try ItemWriter(
      ItemFolder(path: folder), attempt: Int(unsafe String(cString: number)))
    let work = ProbeWork(ledger: ledger) { isOrphan.isRaised }
    guard try work.perform(writer).manner == .stopped else { return 0 }
    try writer.stop()
    return 143
  }
}

/// Raised by one thread, seen by another.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isRaised: Bool { value.load(ordering: .relaxed) }

  func raise() { value.store(true, ordering: .relaxed) }
}
