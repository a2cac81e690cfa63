import Diagnostics
import Foundation
import Glibc
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate run STUDY`: runs what is missing, writes the report and prints the table.
struct RunCommand: Command {
  static let name = "run"
  static let summary =
    "run what is missing of a study, and print its table; the same command resumes"
  static let usage = """
    ablate run STUDY [options]
      -j N            work items at the same time; default: one for each core
      --progress HOW  auto: a block on a terminal, lines elsewhere; bar, lines or none; json: an object a
                      line on standard error, for programs; default: auto
      --quiet         only the table
      --json          the table as JSON
      \(RunLimits.usage)
      \(StudyRequest.options)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let workers = try arguments.integer("-j", "--workers", in: 1...1024) ?? cores
    let style = try arguments.choice("--progress", as: ProgressStyle.self) ?? .auto
    let isQuiet = arguments.flag("--quiet")
    let isJSON = arguments.flag("--json")
    let limits = try RunLimits(arguments)
    let request = try StudyRequest(arguments, writesReports: true)
    try arguments.finish()
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let compiled = try request.compile()
    for warning in compiled.study.warnings { terminal.error(warning.text) }
    if let warning = ArithmeticNote.warning(
      usesOpenBLAS: !compiled.usesOwnProducts, environment: environment)
    {
      terminal.error(warning)
    }
    // Who reads objects wants no sentences between them.
    let speaks = !isQuiet && style != .json
    if speaks { terminal.error(compiled.headline) }
    let (summary, signal) = try StudyRun(
      compiled: compiled, results: request.results, terminal: terminal, workers: workers,
      style: isQuiet ? .none : style, limits: limits
    ).run()
    if let signal, !summary.isComplete {
      let left = summary.total - summary.doneBefore - summary.finished - summary.finishedElsewhere
      terminal.error("stopped: \(left) of \(summary.total) work items are left")
      terminal.error("  again: \(request.command("run"))")
      return signal == SIGINT ? .interrupted : .stopped
    }
    let output = try StudyOutput(request: request, compiled: compiled, terminal: terminal)
    if summary.isComplete && !output.isWhole { try expectResults(compiled, in: request) }
    if output.hasMeasurements {
      try output.writeReport()
      isJSON ? output.printJSON() : output.printTable(isQuiet: !speaks)
    }
    if summary.wasEndedByFailures {
      let left = summary.total - summary.doneBefore - summary.finished - summary.finishedElsewhere
      let count = summary.failures.count
      terminal.error(
        "ended after \(count) failed item\(count == 1 ? "" : "s"): \(left) of \(summary.total) are left"
      )
    }
    for failure in summary.failures {
      terminal.error("failed: \(failure.order.label): \(failure.failure.what)")
      terminal.error("  why:  \(failure.failure.why)")
      terminal.error("  help: \(failure.failure.help)")
    }
    if summary.failures.isEmpty { return .well }
    let isConfiguration = summary.failures.contains { $0.failure.isConfigurationFault }
    return isConfiguration ? .wrongRequest : .runFailed
  }

  /// A number may be missing although all was done: then nobody measured it, or the results were removed
  /// under way.
  private func expectResults(_ compiled: CompiledStudy, in request: StudyRequest) throws {
    for identity in compiled.graph.identities where compiled.reported.contains(identity) {
      let item = request.results.item(identity)
      if try item.done() != nil { continue }
      throw CommandFault(
        what: "'\(item.path)' had its result and has it no more",
        why: "something removed it under way, and a report with a hole in its place would mislead",
        help: "\(request.command("run")) does anew what is missing", exit: .runFailed)
    }
  }
}
