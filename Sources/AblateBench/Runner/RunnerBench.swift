import Foundation
package import Reproducibility
import RunScheduler
import RunStore
import Synchronization

/// Times the scheduler and the store with work that takes no time itself, so that only what they add is
/// left. Everything happens in a folder of its own, on the disk that the caller names.
package struct RunnerBench {
  package enum Case: String, CaseIterable, Sendable {
    /// Items without work, each on disk before it counts.
    case each
    /// The same with one sync a second for all.
    case group
    /// `true` in a process of its own, with log and exit kept.
    case command
    /// Everything is done: what it costs to find that out.
    case nothing
    /// Eight writers' results into the index, and a reader beside them.
    case ingest
    /// Items without work on the Slurm that this machine is a client of, forty tasks on eight slots.
    case slurm
    /// As many tasks on as many slots that do nothing at all, by `sbatch` alone.
    case bare

    /// Whether it needs a Slurm, and so is timed only when it is asked for by name.
    package var needsSlurm: Bool { self == .slurm || self == .bare }
  }

  package struct Figure: Sendable {
    package var name: Case
    /// How many items.
    package var items: Int
    /// Wall seconds; of `ingest` those that it took.
    package var seconds: Double
    /// Further numbers by name, with their unit in it.
    package var more: JSONObject = [:]

    package var json: JSONValue {
      var members: JSONObject = [
        "case": .string(name.rawValue), "items": JSONValue(items), "seconds": .number(seconds),
      ]
      for (name, value) in more.members { members[name] = value }
      return .object(members)
    }
  }

  private let folder: String
  private let workers: Int
  private let isKept: Bool
  private let program: String

  /// - Parameters:
  ///   - folder: does not exist yet; made for each figure and removed after it.
  ///   - workers: items at the same time.
  ///   - isKept: the folder is left.
  ///   - program: what tasks of a cluster are started from, with the words `bench-runner --task FOLDER`.
  package init(folder: String, workers: Int, isKept: Bool = false, program: String = "") {
    self.program = program
    self.folder = folder
    self.workers = workers
    self.isKept = isKept
  }

  package func run(_ name: Case, items: Int, seconds: Double = 10) throws -> Figure {
    let results = ResultsFolder(
      folder,
      files: LocalFileSystem(
        syncsEachFile: name != .group && name != .nothing, syncsDisk: name != .nothing))
    try results.prepare()
    defer { if !isKept { try? FileManager.default.removeItem(atPath: folder) } }
    switch name {
    case .each, .group, .command: return try timeRun(name, items, results)
    case .nothing: return try timeNothing(items, results)
    case .ingest: return try IngestBench(results, seconds: seconds).run()
    case .slurm, .bare:
      return try SlurmBench(results, program: program).run(name, Self.orders(items))
    }
  }

  /// Does what a task of ``Case/slurm`` is there for.
  ///
  /// - Parameter path: the folder of the submission.
  package static func work(onTask task: Int, of path: String) throws {
    let files = LocalFileSystem()
    guard let folder = SubmissionFolder(path: path, files: files),
      let submission = try folder.submission(),
      let run = TaskRun(
        submission, task: task,
        in: ResultsFolder(
          path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(2).joined(separator: "/"), files: files))
    else { throw Incomplete(figure: .slurm) }
    try run.work(run.scheduler(noWork, Scheduler.Settings()))
  }

  private func timeRun(_ name: Case, _ items: Int, _ results: ResultsFolder) throws -> Figure {
    let graph = try WorkGraph(orders: Self.orders(items))
    var settings = Scheduler.Settings(workers: workers)
    if name == .group { settings.groupSync = 1 }
    let executor: any WorkExecutor = name == .command ? CommandExecutor() : Self.noWork
    let scheduler = Scheduler(results, executor: executor, settings: settings)
    var summary: RunSummary?
    let seconds = try timed { summary = try scheduler.run(graph) }
    guard summary?.isComplete == true else { throw Incomplete(figure: name) }
    return Figure(name: name, items: items, seconds: seconds)
  }

  private func timeNothing(_ items: Int, _ results: ResultsFolder) throws -> Figure {
    let settings = Scheduler.Settings(workers: 2)
    let index = try ResultIndex.open(results)
    let first = try WorkGraph(orders: Self.orders(items))
    try Scheduler(results, executor: Self.noWork, settings: settings).run(first)
    try index.update(first.identities)
    try index.update(
      StudyNote(
        study: "nothing", question: "What does it cost to find out that everything is done?",
        trials: first.identities.enumerated().map { number, identity in
          .init(
            arm: 0, armName: "nothing", variants: [:], seed: number,
            items: [.init(name: "item", identity: identity)])
        }))
    var summary: RunSummary?
    var graphSeconds = 0.0
    let seconds = try timed {
      var graph: WorkGraph?
      graphSeconds = try timed { graph = try WorkGraph(orders: Self.orders(items)) }
      guard let graph else { return }
      summary = try Scheduler(results, executor: Self.noWork, settings: settings).run(
        graph, known: index.known())
    }
    guard summary?.doneBefore == items else { throw Incomplete(figure: .nothing) }
    return Figure(
      name: .nothing, items: items, seconds: seconds,
      more: [
        "graph_seconds": .number(graphSeconds),
        "peak_memory_bytes": JSONValue(Int(ThreadClock.peakResidentBytes)),
      ])
  }

  private func timed(_ work: () throws -> Void) rethrows -> Double {
    let start = steadySeconds()
    try work()
    return steadySeconds() - start
  }

  private static func orders(_ count: Int) -> [WorkOrder] {
    (0..<count).map { number in
      WorkOrder(
        kind: "nothing", configuration: ["arm": JSONValue(number)], seedPath: "trial/\(number)",
        numerics: 1, label: "item \(number)")
    }
  }

  private static let noWork = InProcessExecutor { writer, _ in
    try writer.finish(values: ["exit": 0], machine: [:])
    return WorkOutcome(.done)
  }

  package struct Incomplete: Error, CustomStringConvertible {
    var figure: Case
    package var description: String { "the run of '\(figure.rawValue)' did not complete" }
  }
}

/// Runs `true` for each item, and writes down that it ended well.
private struct CommandExecutor: WorkExecutor {
  private let local = LocalExecutor(
    program: "/bin/true", arguments: [], environment: ["PATH": "/usr/bin:/bin"])

  func run(
    _ order: WorkOrder, in folder: ItemFolder, attempt: Int, control: RunControl
  ) -> WorkOutcome {
    let outcome = local.run(order, in: folder, attempt: attempt, control: control)
    guard outcome.manner == .done else { return outcome }
    do {
      let writer = try ItemWriter(folder, attempt: attempt)
      try writer.finish(values: ["exit": 0], machine: [:])
      return outcome
    } catch {
      return WorkOutcome(.failed, "\(error)")
    }
  }
}
