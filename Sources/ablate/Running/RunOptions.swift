import Diagnostics
import Foundation
import Glibc
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// What every command that runs a study is asked beside the study, and how it ends.
struct RunOptions {
  static let usage = """
    -j N            work items at the same time; default: one for each core
      --progress HOW  auto: a block on a terminal, lines elsewhere; bar, lines or none; json: an object a
                      line on standard error, for programs; default: auto
      --quiet         only the table
      --json          the table as JSON
      \(RunLimits.usage)
      \(Executor.usage)
    """

  let workers: Int
  let style: ProgressStyle
  let isQuiet: Bool
  let isJSON: Bool
  let limits: RunLimits
  private let executor: Executor.Name
  private let changes: [String]

  init(_ arguments: Arguments) throws {
    workers = try Self.workers(arguments) ?? Self.standardWorkers
    let style = try arguments.choice("--progress", as: ProgressStyle.self) ?? .auto
    isQuiet = arguments.flag("--quiet")
    isJSON = arguments.flag("--json")
    limits = try RunLimits(arguments)
    executor = try arguments.choice("--executor", as: Executor.Name.self) ?? .local
    changes = try arguments.values("--set")
    self.style = isQuiet ? .none : style
  }

  /// As `-j` asks for them; nil when it does not.
  static func workers(_ arguments: Arguments) throws -> Int? {
    try arguments.integer("-j", "--workers", in: 1...1024)
  }

  /// One for each core.
  static var standardWorkers: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Who reads objects wants no sentences between them.
  private var speaks: Bool { !isQuiet && style != .json }

  func say(_ sentence: String, _ terminal: Terminal) {
    if speaks { terminal.error(sentence) }
  }

  func study(
    _ compiled: CompiledStudy, _ request: StudyRequest, _ terminal: Terminal
  ) throws -> StudyRun {
    StudyRun(
      compiled: compiled, results: request.results, terminal: terminal, workers: workers,
      style: style, limits: limits, executor: try Executor(executor, compiled, changes: changes))
  }

  /// Says what is to be known before anything runs.
  func begin(_ compiled: CompiledStudy, _ terminal: Terminal) throws(CommandFault) {
    for warning in compiled.warnings { terminal.error(warning.text) }
    if let warning = try ArithmeticNote.warning(
      usesOpenBLAS: compiled.arithmetic == .openBLAS,
      environment: ProcessInfo.processInfo.environment)
    {
      terminal.error(warning)
    }
    if speaks { terminal.error(compiled.headline) }
  }

  /// Writes the report, prints the table and says what failed.
  ///
  /// - Parameter isWholeStudy: whether a complete run must have left every number of the study.
  func end(
    _ summary: RunSummary, signal: Int32?, _ compiled: CompiledStudy, _ request: StudyRequest,
    _ terminal: Terminal, isWholeStudy: Bool = true
  ) throws -> ExitCode {
    if let signal, !summary.isComplete {
      let left = summary.total - summary.doneBefore - summary.finished - summary.finishedElsewhere
      terminal.error("stopped: \(left) of \(summary.total) work items are left")
      if summary.leftInQueue > 0 {
        terminal.error(
          "  \(countText(summary.leftInQueue, "item")) in Slurm, which goes on: \(request.command("status")), "
            + "and \(request.command("cancel")) to end it")
      }
      terminal.error("  again: \(request.command("run"))")
      return signal == SIGINT ? .interrupted : .stopped
    }
    let output = try StudyOutput(request: request, compiled: compiled, terminal: terminal)
    if isWholeStudy, summary.isComplete && !output.isWhole {
      try expectResults(compiled, in: request)
    }
    if output.hasMeasurements {
      try output.writeReport()
      output.sayWarnings()
      isJSON ? terminal.output(output.json.pretty) : output.printTable(isQuiet: !speaks)
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
