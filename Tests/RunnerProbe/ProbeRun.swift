import Glibc
import Reproducibility
import RunScheduler
import RunStore

/// `RunnerProbe run`: the same joints as those of `ablate run`.
struct ProbeRun {
  private let results: ResultsFolder
  private let work: ProbeGraph
  private let executor: any WorkExecutor
  private let settings: Scheduler.Settings

  init(_ arguments: inout ProbeArguments) throws {
    guard let items = try arguments.integer("--items", atLeast: 1) else {
      throw ProbeFault(what: "--items says how many there are")
    }
    work = try ProbeGraph(
      items: items, shape: arguments.choice("--shape", as: ProbeShape.self) ?? .flat,
      load: arguments.choice("--work", as: ProbeLoad.self) ?? .little,
      milliseconds: arguments.integer("--milliseconds", atLeast: 0) ?? 0)
    var settings = try Scheduler.Settings(
      workers: arguments.integer("--workers", atLeast: 1) ?? 1)
    if let lease = try arguments.integer("--lease", atLeast: 1) {
      settings.leaseTimeout = Double(lease)
    }
    self.settings = settings
    let ledger = try arguments.text("--ledger")
    executor =
      arguments.flag("--processes")
      ? try Self.children(ledger)
      : InProcessExecutor { writer, control in
        try ProbeWork(ledger: ledger) { control.wish != .goOn }.perform(writer)
      }
    results = ResultsFolder(try arguments.last("results folder"))
  }

  /// Children of this same program. They hear all that this one hears, so that a shim before the C
  /// library stands before theirs too.
  private static func children(_ ledger: String?) throws -> LocalExecutor {
    var environment: [String: String] = [:]
    let bytes = try LocalFileSystem().contents(of: "/proc/self/environ") ?? []
    for entry in bytes.split(separator: 0) {
      let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1)
      guard parts.count == 2 else { continue }
      environment[String(decoding: parts[0], as: UTF8.self)] = String(
        decoding: parts[1], as: UTF8.self)
    }
    return LocalExecutor(
      program: "/proc/self/exe", arguments: ["work"] + (ledger.map { ["--ledger", $0] } ?? []),
      environment: environment)
  }

  func run() throws -> Int32 {
    try results.prepare()
    try results.record(work.note)
    let feeder = IndexFeeder(results)
    let summary = try Scheduler(results, executor: executor, settings: settings).run(
      work.graph, wanted: Set(work.graph.identities), known: feeder.known
    ) { event in
      feeder.hear(event)
      switch event {
      case .failed(let order, let failure):
        Probe.say("failed: \(order.label): \(failure.what)")
      case .startingAnew(let order, let reason):
        Probe.say("anew: \(order.label): \(reason)")
      default: break
      }
    }
    close(feeder)
    Probe.put(Self.line(summary), on: STDOUT_FILENO)
    return summary.isComplete ? 0 : 3
  }

  /// As `ablate run` does it: what goes wrong with the index never stops a study.
  private func close(_ feeder: IndexFeeder) {
    do {
      try feeder.close(work.graph, note: work.note)
    } catch {
      Probe.say("warning: the index was not brought up to date: \(error)")
    }
  }

  private static func line(_ summary: RunSummary) -> String {
    JSONValue.object([
      "total": JSONValue(summary.total), "done_before": JSONValue(summary.doneBefore),
      "finished": JSONValue(summary.finished),
      "finished_elsewhere": JSONValue(summary.finishedElsewhere),
      "failed": JSONValue(summary.failures.count), "skipped": JSONValue(summary.skipped.count),
      "complete": .bool(summary.isComplete),
    ]).line
  }
}
