import Foundation
import Reporting
import Reproducibility
import ResultStatistics
import RunStore
import StudyLanguage

/// `ablate check STUDY`: do the reproduced numbers still hold?
struct CheckCommand: Command {
  static let name = "check"
  static let summary = "compare a study's numbers with the accepted ones; the exit code is for CI"
  static let usage = """
    ablate check STUDY [options]
      --accept            record the present numbers as the accepted ones
      --allow-undecided   let pass what a test or a claim leaves undecided
      --junit FILE        write the outcome as JUnit XML too
      --json              the outcome as JSON
      --results DIR       where work items are kept; default: results

    Exit: 0 holds · 1 something moved, or a claim is contradicted · 2 the request is wrong · 3 trials
    failed · 4 undecided. Under GitHub Actions it annotates what does not hold and writes a job summary.
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let accepts = arguments.flag("--accept")
    let allowsUndecided = arguments.flag("--allow-undecided")
    let isJSON = arguments.flag("--json")
    let junit = try arguments.value("--junit")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if accepts && (isJSON || junit != nil || allowsUndecided) {
      throw arguments.fault(
        "'--accept' records and compares nothing: leave out --json, --junit and --allow-undecided")
    }
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let compiled = try request.compile()
    try ClaimRegister.enter(compiled, in: request.results, terminal)
    let results = try ResultReader(compiled, request: request).read()
    let file = AcceptedFile(study: compiled.study, request: request)
    // Otherwise they stand below the table.
    if accepts || isJSON { for warning in results.warnings { terminal.error(warning.text) } }
    if accepts { return try file.accept(results, terminal) }
    guard let accepted = try file.read() else {
      throw CommandFault(
        what: "there are no accepted values: \(file.path) is missing",
        why: "a check compares with numbers that somebody has looked at and committed",
        help: "look at the report; if it is right: \(request.command("check", "--accept"))")
    }
    try requireMeasurements(results, request)
    let outcome = compare(
      results, with: accepted,
      claims: results.judgedClaims.map(ClaimExpectation.init),
      allowsUndecided: allowsUndecided)
    if let junit { try LocalFileSystem().replace(junit, with: Array(outcome.junit.utf8)) }
    if isJSON {
      terminal.output(outcome.json.pretty)
    } else {
      print(outcome, terminal)
    }
    if case .tolerances = outcome.comparison,
      compiled.study.checkTolerances != accepted.tolerances
    {
      terminal.error(
        "note: the study's tolerances are not those of \(file.path), which decide; --accept records them"
      )
    }
    if !outcome.failures.isEmpty {
      let count = outcome.failures.count
      terminal.error(
        "\(count) trial\(count == 1 ? "" : "s") failed; why: \(request.command("status")), then "
          + "./ablate logs ITEM; again: \(request.command("retry"))")
    }
    if environment["GITHUB_ACTIONS"] == "true" {
      tellGitHub(outcome, file.path, environment, terminal)
    }
    return switch outcome.outcome {
    case .holds: .well
    case .moved: .checkFailed
    case .failed: .runFailed
    case .undecided: .undecided
    }
  }

  /// With nothing measured there is no row worth reading; the message says why.
  private func requireMeasurements(_ results: StudyResults, _ request: StudyRequest) throws {
    if results.hasMeasurements { return }
    let holes = results.arms.flatMap(\.trials).flatMap(\.observations).compactMap(\.hole)
    if let failure = holes.first(where: \.isFailure) {
      throw CommandFault(
        what: "every trial of study '\(results.name)' failed or waits for one that did",
        why: failure.reason.isEmpty ? failure.kind.rawValue : failure.reason,
        help: "\(request.command("status")) names the items; again: \(request.command("retry"))",
        exit: .runFailed)
    }
    throw CommandFault(
      what: "nothing of study '\(results.name)' has been measured",
      why: "a check compares what was run", help: request.command("run"))
  }

  private func print(_ outcome: Expectations, _ terminal: Terminal) {
    let console = ConsoleRenderer(usesANSI: terminal.usesANSI)
    terminal.output(console.render(outcome.table))
    if let claims = outcome.claimTable { terminal.output(console.render(claims)) }
    terminal.output(([outcome.summary] + outcome.remarks).joined(separator: "\n"))
  }

  /// Annotations and the job's page. The former go to standard error, where the runner reads them too and they
  /// spoil no JSON; a page that cannot be written changes no outcome.
  private func tellGitHub(
    _ outcome: Expectations, _ path: String, _ environment: [String: String], _ terminal: Terminal
  ) {
    terminal.errorRaw(outcome.annotations(file: path))
    guard let page = environment["GITHUB_STEP_SUMMARY"], !page.isEmpty else { return }
    do throws(StoreFault) {
      try LocalFileSystem().append(Array(outcome.jobSummary.utf8), to: page)
    } catch {
      terminal.error("note: no job summary: \(error.what)")
    }
  }
}
