import Foundation
import RunScheduler
import StudyLanguage

/// `ablate run STUDY`: runs what is missing, writes the report and prints the table.
struct RunCommand: Command {
  static let name = "run"
  static let summary =
    "run what is missing of a study, and print its table; the same command resumes"
  static let usage = """
    ablate run STUDY [options]
      \(RunOptions.usage)
      \(StudyRequest.options)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let options = try RunOptions(arguments)
    let request = try StudyRequest(arguments, writesReports: true)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    var compiled = try request.compile()
    try options.begin(compiled, terminal)
    var (summary, signal) = try options.study(compiled, request, terminal).run()
    // Seeds that claims ask for once the last ones are measured.
    while signal == nil, compiled.study.seedRule != nil, !summary.wasEndedByFailures {
      let more = try request.compile()
      if more.trials.count <= compiled.trials.count { break }
      options.say(
        "claims are open: \(countText(more.trials.count - compiled.trials.count, "trial")) more",
        terminal)
      compiled = more
      (summary, signal) = try options.study(compiled, request, terminal).run()
    }
    return try options.end(summary, signal: signal, compiled, request, terminal)
  }
}
