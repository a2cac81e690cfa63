import Foundation
import StudyLanguage

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
    let request = try StudyRequest(arguments, writesReports: true)
    try arguments.finish()
    let output = try StudyOutput(
      request: request, compiled: request.compile(),
      terminal: Terminal(environment: ProcessInfo.processInfo.environment))
    guard output.hasMeasurements else {
      throw CommandFault(
        what: "nothing of study '\(output.compiled.study.name)' has been measured",
        why: "a report is made of what was run; the one that may be there is left alone",
        help: request.command("run"), exit: .runFailed)
    }
    try output.writeReport()
    isJSON ? output.printJSON() : output.printTable(isQuiet: false)
    return .well
  }
}
