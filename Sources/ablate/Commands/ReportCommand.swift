import Foundation
import Reporting
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate report STUDY...`: writes the reports from what is there. Runs nothing.
struct ReportCommand: Command {
  static let name = "report"
  static let summary = "write a study's tables and curves from what was measured; runs nothing"
  static let usage = """
    ablate report STUDY... [options]
      --overview      above the studies' reports also a page with every claim of them: Reports/README.md
      --json          the table as JSON; of several studies a list of tables
      \(StudyRequest.options)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let writesOverview = arguments.flag("--overview")
    let first = try StudyRequest(arguments, writesReports: true)
    var requests = [first]
    while let path = arguments.next() {
      requests.append(StudyRequest(path: path, results: first.results, reports: first.reports))
    }
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    // All are read before anything is written.
    let compiled = try requests.map { try $0.compile() }
    for (place, study) in compiled.enumerated() {
      if let other = compiled[..<place].firstIndex(where: { $0.study.name == study.study.name }) {
        throw CommandFault(
          what:
            "'\(requests[other].path)' and '\(requests[place].path)' are both study '\(study.study.name)'",
          why: "one report would replace the other", help: "name each study once")
      }
    }
    let outputs = try zip(requests, compiled).map { try output(of: $0, $1, terminal) }
    for output in outputs {
      try output.writeReport()
      output.sayWarnings()
      if !isJSON { output.printTable(isQuiet: false) }
    }
    if isJSON {
      let tables = outputs.map(\.json)
      terminal.output((tables.count == 1 ? tables[0] : .array(tables)).pretty)
    }
    if writesOverview { try write(overviewOf: outputs, requests, terminal) }
    return .well
  }

  private func output(
    of request: StudyRequest, _ compiled: CompiledStudy, _ terminal: Terminal
  ) throws -> StudyOutput {
    try ClaimRegister.enter(compiled, in: request.results, terminal)
    let output = try StudyOutput(request: request, compiled: compiled, terminal: terminal)
    guard output.hasMeasurements else {
      throw CommandFault(
        what: "nothing of study '\(output.compiled.study.name)' has been measured",
        why: "a report is made of what was run; the one that may be there is left alone",
        help: request.command("run"), exit: .runFailed)
    }
    return output
  }

  private func write(
    overviewOf outputs: [StudyOutput], _ requests: [StudyRequest], _ terminal: Terminal
  ) throws {
    let further = requests.dropFirst().map(\.reportedPath) + ["--overview"]
    let overview = StudiesOverview(
      outputs.map(\.report),
      command: ([requests[0].command("report")] + further).joined(separator: " "))
    let path = "\(requests[0].reports)/README.md"
    try LocalFileSystem().replace(path, with: Array(overview.markdown.utf8))
    terminal.error("  Overview: \(path)")
  }
}
