import Foundation
import Reproducibility
import RunScheduler
import RunStore

/// Times what a cluster's queue and our way of using it add to items without work.
struct SlurmBench {
  private static let slots = 8
  private static let tasks = 40

  private let results: ResultsFolder
  private let program: String
  private let queue: SlurmQueue

  init(_ results: ResultsFolder, program: String) {
    let path = URL(fileURLWithPath: results.path).standardizedFileURL.path
    self.results = ResultsFolder(path, files: results.files)
    self.program = program
    var settings = SlurmQueue.Settings()
    settings.slots = Self.slots
    queue = SlurmQueue(
      settings, user: NSUserName(), environment: ProcessInfo.processInfo.environment)
  }

  func run(_ name: RunnerBench.Case, _ orders: [WorkOrder]) throws -> RunnerBench.Figure {
    let graph = try WorkGraph(orders: orders)
    // What the round before has removed is not this one's to wait for.
    try results.syncItems()
    let start = steadySeconds()
    guard try name == .slurm ? runItems(graph) : runNothing(graph.identities) else {
      throw RunnerBench.Incomplete(figure: name)
    }
    return RunnerBench.Figure(name: name, items: orders.count, seconds: steadySeconds() - start)
  }

  private func runItems(_ graph: WorkGraph) throws -> Bool {
    var settings = ClusterScheduler.Settings(script: { [program] folder in
      "#!/bin/sh\nexec '\(program)' bench-runner --task '\(folder.path)'\n"
    })
    settings.study = "bench"
    settings.chunk = (graph.count + Self.tasks - 1) / Self.tasks
    settings.slots = Self.slots
    return try ClusterScheduler(results, queue: queue, settings: settings).run(graph).isComplete
  }

  /// An array as anybody would write it, looked at until Slurm knows nothing of it any more.
  private func runNothing(_ identities: [Digest]) throws -> Bool {
    let size = (identities.count + Self.tasks - 1) / Self.tasks
    let submission = Submission(
      study: "bare",
      chunks: stride(from: 0, to: identities.count, by: size).map { start in
        Array(identities[start..<min(start + size, identities.count)])
      }, request: ClusterRequest(), workers: 1, limits: [:])
    let folder = try SubmissionFolder.create(
      submission, script: { _ in "#!/bin/sh\nexec true\n" }, in: results)
    guard case .accepted = queue.submit(submission, in: folder, after: []) else { return false }
    while true {
      guard let snapshot = queue.look() else { return false }
      if snapshot.tasks[submission.name] == nil { return true }
      usleep(100_000)
    }
  }
}
