import Foundation
import Reporting
import Reproducibility
import ResultStatistics
import RunStore
import StudyLanguage

/// `ablate check STUDY`: do the reproduced numbers still hold? Exit 0 they do, 1 something moved,
/// 2 the request is wrong, 3 there is nothing to compare.
struct CheckCommand: Command {
  static let name = "check"
  static let summary = "compare a study's numbers with the accepted ones; the exit code is for CI"
  static let usage = """
    ablate check STUDY [options]
      --accept        record the present numbers as the accepted ones
      --junit FILE    write the outcome as JUnit XML too
      --json          the outcome as JSON
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let accepts = arguments.flag("--accept")
    let isJSON = arguments.flag("--json")
    let junit = try arguments.value("--junit")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if accepts && (isJSON || junit != nil) {
      throw arguments.fault("'--accept' records and compares nothing: leave out --json and --junit")
    }
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let compiled = try request.compile()
    let path = request.acceptedPath(compiled.study.name)
    let results = try ResultReader(compiled, request: request).read()
    let files = LocalFileSystem()
    let stored = try files.contents(of: path)
    if accepts {
      let excuses = try stored.map { try read($0, path, compiled, request).excuses } ?? []
      return try accept(results, compiled, excuses: excuses, request, files, terminal)
    }
    guard let stored else {
      throw CommandFault(
        what: "there are no accepted values: \(path) is missing",
        why: "a check compares with numbers that somebody has looked at and committed",
        help: "look at the report; if it is right: \(request.command("check", "--accept"))",
        exit: .runFailed)
    }
    let observations = results.arms.flatMap(\.trials).flatMap(\.observations)
    if observations.allSatisfy({ $0.value == nil }) {
      throw CommandFault(
        what: "nothing of study '\(compiled.study.name)' has been measured",
        why: "a check compares what was run", help: request.command("run"), exit: .runFailed)
    }
    let accepted = try read(stored, path, compiled, request)
    let outcome = compare(results, with: accepted)
    if let junit { try files.replace(junit, with: Array(outcome.junit.utf8)) }
    if isJSON {
      terminal.output(outcome.json.pretty)
    } else {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(outcome.table))
      terminal.output(outcome.summary)
    }
    if environment["GITHUB_ACTIONS"] == "true" {
      terminal.output(outcome.annotations(file: path))
    }
    return outcome.exitCode == 0 ? .well : .checkFailed
  }

  private func accept(
    _ results: StudyResults, _ compiled: CompiledStudy, excuses: [AcceptedResults.Excuse],
    _ request: StudyRequest, _ files: LocalFileSystem, _ terminal: Terminal
  ) throws -> ExitCode {
    let declared = compiled.study.tolerance
    let tolerance = Tolerance(absolute: declared.absolute, relative: declared.relative)
    let json = try Reporting.accept(
      results,
      tolerances: tolerance == .exact
        ? [:] : Dictionary(uniqueKeysWithValues: results.measures.map { ($0.name, tolerance) }),
      // They are written by people; new numbers do not take them away.
      excuses: excuses)
    let path = request.acceptedPath(compiled.study.name)
    try files.makeFolder(request.acceptedFolder)
    try files.replace(path, with: Array((json.pretty + "\n").utf8))
    terminal.output("accepted: \(path); look at its diff before you commit it")
    return .well
  }
  /// What was accepted before.
  private func read(
    _ bytes: [UInt8], _ path: String, _ compiled: CompiledStudy, _ request: StudyRequest
  ) throws -> AcceptedResults {
    do {
      return try AcceptedResults(json: JSONValue(parsing: bytes), of: compiled.study.name)
    } catch {
      throw CommandFault(
        what: "'\(path)' cannot be read: \(error)",
        why: "it holds numbers that somebody accepted and excuses that somebody wrote",
        help: "restore it, or remove it and accept anew: \(request.command("check", "--accept"))",
        exit: .runFailed)
    }
  }
}
