import Foundation
import Glibc
import Reproducibility
import RunScheduler
import RunStore

/// A ``TaskRun`` in a process that a cluster has started: it never opens the index.
struct TaskWork {
  private let run: TaskRun
  private let task: Int
  private let limits: RunLimits
  private let environment: [String: String]

  /// - Parameter path: the folder of the submission.
  init(path: String, environment: [String: String]) throws {
    let full = URL(fileURLWithPath: path).standardizedFileURL.path
    guard let folder = SubmissionFolder(path: full, files: LocalFileSystem()),
      let submission = try folder.submission()
    else {
      throw CommandFault(
        what: "'\(path)' is no submission", why: "it has no intent.json that can be read",
        help: "ablate submit STUDY makes submissions, in results/submissions")
    }
    limits = RunLimits(json: submission.limits)
    // …/results/submissions/NAME
    let parts = full.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    let results = ResultsFolder(parts.joined(separator: "/"), files: limits.files)
    guard let text = environment[SlurmQueue.taskVariable], let task = Int(text),
      let run = TaskRun(submission, task: task, in: results)
    else {
      throw CommandFault(
        what:
          "\(SlurmQueue.taskVariable) is \(environment[SlurmQueue.taskVariable] ?? "not set"), "
          + "and \(submission.name) has tasks 0 to \(submission.chunks.count - 1)",
        why: "it tells a task which items are its own",
        help:
          "Slurm sets it; by hand: \(SlurmQueue.taskVariable)=0 ablate work --submission \(path)")
    }
    self.run = run
    self.task = task
    self.environment = environment
  }

  func perform() throws -> ExitCode {
    var settings = limits.settings(workers: 1)
    settings.measure = WorkHistory.measure
    if let grace = environment[CommandSetting.graceVariable].flatMap(Double.init) {
      settings.waitFor(commandsWithGrace: grace)
    }
    let scheduler = run.scheduler(
      try Executor.childProcesses(limits, environment: environment), settings)
    // USR1 comes some time before the limit, TERM when the task is preempted or cancelled.
    let signals = SignalWatch([SIGUSR1, SIGTERM, SIGINT]) { _ in scheduler.requestStop() }
    defer { signals.end() }
    let terminal = Terminal(environment: environment)
    let summaries = try run.work(scheduler) { chunk in
      let items = countText(run.submission.chunks[chunk].count, "item")
      terminal.error(
        "\(run.submission.name), task \(task): \(items)\(chunk == task ? "" : " of task \(chunk)")")
      let display = ProgressDisplay(
        style: .lines, terminal: terminal, groups: [], workers: run.submission.workers)
      return { display.show($0) }
    }
    if summaries.contains(where: \.wasStopped) { return .stopped }
    return summaries.allSatisfy(\.failures.isEmpty) ? .well : .runFailed
  }
}
