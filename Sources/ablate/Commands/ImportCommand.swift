import Foundation
import Reproducibility
import RunStore

/// `ablate import FILE`: takes over a study that another machine exported.
struct ImportCommand: Command {
  static let name = "import"
  static let summary = "take over a study that was exported, every file verified"
  static let usage = """
    ablate import FILE [options]
      FILE            .tar, .tar.gz or .tar.xz
      --json          what was taken as JSON
      \(StudyRequest.options)
      the study file and what it reads appear in the working folder, where they were in the other one's;
      what is there already with another content is never replaced, and then nothing is taken
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let reports = try arguments.value("--reports") ?? "Reports"
    let archive = try arguments.single("archive")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let summary = try StudyImport(
      archive: archive, results: results, reports: reports, terminal: terminal
    ).run()
    if isJSON {
      terminal.output(
        JSONValue.object([
          "study": .string(summary.study), "path": .string(summary.path),
          "taken": .array(summary.taken.map { .string($0.hex) }), "kept": JSONValue(summary.kept),
        ]).pretty)
      return .well
    }
    let count = summary.taken.count
    terminal.output(
      "\(summary.study): \(count) item\(count == 1 ? "" : "s") taken, \(summary.kept) there already"
    )
    let request = StudyRequest(path: summary.path, results: results, reports: reports)
    terminal.error("  again: \(request.command("report"))")
    return .well
  }
}
