import Diagnostics
import Foundation
import Reproducibility
import StudyLanguage

/// `ablate validate STUDY...`: every fault of one or many studies. Runs and writes nothing.
struct ValidateCommand: Command {
  static let name = "validate"
  static let summary = "find every fault of one or many studies; runs and writes nothing"
  static let usage = """
    ablate validate STUDY... [options]
      STUDY           study files, each with its recipe and problem files
      --strict        a warning is a fault: exit 2
      --json          errors and warnings as JSON: file, line, column, severity, what, why, help
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let isStrict = arguments.flag("--strict")
    var paths = [try arguments.single("study file")]
    while let path = arguments.next() { paths.append(path) }
    try arguments.finish()
    if paths.contains("-") {
      throw CommandFault(
        what: "'-' is no study file",
        why:
          "a recipe is found from the place of the study that names it, and messages name the file",
        help: "save the study and name it: ablate validate ablations/first-study.jsonc")
    }
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let files = DiskFiles()
    let inspections = try paths.map {
      try StudyInspection($0, files: files, programPath: environment["PATH"])
    }
    if isJSON {
      let all = inspections.flatMap(\.findings.diagnostics)
      terminal.output(JSONValue.array(all.map(\.json)).pretty)
    } else {
      for inspection in inspections {
        for diagnostic in inspection.findings.diagnostics { terminal.error(diagnostic.text) }
        terminal.output(inspection.summary(isStrict: isStrict))
      }
    }
    let isWell = inspections.allSatisfy { $0.isWell(isStrict: isStrict) }
    return isWell ? .well : .wrongRequest
  }
}

extension Diagnostic {
  /// Line and column count from 1; null of a file that could not be read at all.
  fileprivate var json: JSONValue {
    let position = span?.position
    return [
      "file": .string(file), "line": position.map { JSONValue($0.line) } ?? .null,
      "column": position.map { JSONValue($0.column) } ?? .null,
      "severity": .string(severity.rawValue), "what": .string(what), "why": .string(why),
      "help": .string(help),
    ]
  }
}
