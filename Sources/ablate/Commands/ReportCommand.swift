import Foundation

/// `ablate report STUDY`: writes the report from what is there. Runs nothing.
struct ReportCommand: Command {
  static let name = "report"
  static let summary = "write a study's tables and curves from what was measured; runs nothing"
  static let usage = """
    ablate report STUDY [options]
      --json          the table as JSON
      \(StudyRequest.options)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let output = StudyOutput(
      request: request, compiled: try request.compile(),
      terminal: Terminal(environment: ProcessInfo.processInfo.environment))
    try output.writeReport()
    isJSON ? try output.printJSON() : try output.printTable(isQuiet: false)
    return .well
  }
}
