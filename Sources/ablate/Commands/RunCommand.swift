import Foundation

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
    let compiled = try request.compile()
    try options.begin(compiled, terminal)
    let (summary, signal) = try options.study(compiled, request, terminal).run()
    return try options.end(summary, signal: signal, compiled, request, terminal)
  }
}
