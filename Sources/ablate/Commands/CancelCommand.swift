import Foundation
import RunScheduler
import StudyLanguage

/// `ablate cancel STUDY`: takes out of the queue what was handed in.
struct CancelCommand: Command {
  static let name = "cancel"
  static let summary = "take what was handed to Slurm out of its queue; what is done stays"
  static let usage = """
    ablate cancel STUDY [options]
      \(SlurmSettings.usage)
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let changes = try arguments.values("--set")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let queue = try SlurmSettings(compiled.study, changes: changes).queue(for: compiled)
    let overview = try SubmissionOverview(of: compiled, in: request.results) { queue }
    let names = overview.entries.filter { $0.tasks?.isEmpty != true }.map(\.submission.name)
    if names.isEmpty {
      terminal.output("nothing of \(compiled.study.name) waits or runs in \(queue.name)")
      return .well
    }
    guard overview.answers, queue.cancel(names, waitingOnly: false) else {
      throw CommandFault(
        what: "\(queue.name) does not answer", why: "only it can end what it has started",
        help: "try again later; by hand: scancel --name=\(names.joined(separator: ","))",
        exit: .runFailed)
    }
    for entry in overview.entries { try entry.folder.close("cancelled") }
    terminal.output(
      "cancelled \(countText(overview.entries.flatMap { $0.tasks ?? [] }.count, "task")) of \(compiled.study.name); "
        + "running items save and leave")
    terminal.error("  again: \(request.command(SubmitCommand.name))")
    return .well
  }
}
