import Diagnostics
import Foundation
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate submit STUDY`: hands all that is missing to a cluster and returns.
struct SubmitCommand: Command {
  static let name = "submit"
  static let summary = "hand what is missing of a study to Slurm, and return; 'collect' gathers it"
  static let usage = """
    ablate submit STUDY [options]
      \(SlurmSettings.usage)
      \(RunLimits.usage)
      \(StudyRequest.resultsOption)
      nobody has to stay: status, collect and cancel look by themselves; again, it hands in what is then missing
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let changes = try arguments.values("--set")
    let limits = try RunLimits(arguments)
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    for warning in compiled.warnings { terminal.error(warning.text) }
    terminal.error(compiled.headline)
    try request.results.prepare()
    try request.results.record(compiled.note)
    try ClaimRegister.enter(compiled, in: request.results)
    let results = ResultsFolder(request.results.path, files: limits.files)
    let scheduler = try SlurmSettings(compiled.study, changes: changes).runner(
      compiled, results, limits.settings(workers: 1), limits)
    let made: [SubmissionFolder]
    do {
      made = try scheduler.submit(
        compiled.graph, wanted: compiled.reported, known: ResultIndex.known(in: results))
    } catch let refusal as ClusterRefusal {
      throw CommandFault(
        what: "not handed in: \(refusal.reason)",
        why: "what was handed in before stays in the queue, and nothing is handed in twice",
        help: refusal.mayPass
          ? "the same command again hands in the rest"
          : "change 'executor.slurm' in the study, or for once with --set executor.slurm.KEY=VALUE",
        exit: refusal.mayPass ? .runFailed : .wrongRequest)
    }
    if made.isEmpty {
      terminal.output("nothing to hand in: all is done or on its way")
    }
    for folder in made {
      let submission = try folder.submission()
      let items = submission?.chunks.reduce(0) { $0 + $1.count } ?? 0
      terminal.output(
        "\(folder.name): \(countText(items, "item")) in \(countText(submission?.chunks.count ?? 0, "task"))"
          + (folder.jobID.map { ", job \($0)" } ?? ""))
    }
    for verb in [StatusCommand.name, CollectCommand.name, CancelCommand.name] {
      terminal.error("  \(request.command(verb))")
    }
    return .well
  }
}
