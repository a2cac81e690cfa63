import Foundation
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate collect STUDY`: what workers elsewhere have finished, into the index and the report. It starts nothing.
struct CollectCommand: Command {
  static let name = "collect"
  static let summary = "take up what a cluster has finished: index, report and table; runs nothing"
  static let usage = """
    ablate collect STUDY [options]
      --quiet         only the table
      --json          the table as JSON
      \(SlurmSettings.usage)
      \(StudyRequest.options)
      exit 0 when the study is complete, 3 when items failed, 10 when something is still to be done
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isQuiet = arguments.flag("--quiet")
    let isJSON = arguments.flag("--json")
    let changes = try arguments.values("--set")
    let request = try StudyRequest(arguments, writesReports: true)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let results = request.results
    try results.prepare()
    try results.record(compiled.note)
    let feeder = IndexFeeder(results)
    let plan = try RunPlan(
      compiled.graph, in: results, wanted: compiled.reported, known: feeder.known)
    feeder.hear(.planned(plan))
    do {
      try feeder.close(compiled.graph, note: compiled.note)
    } catch {
      IndexCare(results: results, terminal: terminal).warn(error)
    }
    let overview = try SubmissionOverview(of: compiled, in: results) {
      try SlurmSettings(compiled.study, changes: changes).queue(for: compiled)
    }
    var settled = Set(plan.entries.filter(\.isDone).map(\.identity))
    var counts = StateCounts()
    for entry in plan.entries {
      counts.add(entry.state.word)
      if case .failed = entry.state { settled.insert(entry.identity) }
    }
    try overview.closeEnded { settled.contains($0) }
    if !isQuiet {
      terminal.error("\(compiled.study.name): \(counts.line)")
      if let line = overview.line { terminal.error(line) }
    }
    let output = try StudyOutput(request: request, compiled: compiled, terminal: terminal)
    if output.hasMeasurements {
      try output.writeReport()
      isJSON ? terminal.output(output.json.pretty) : output.printTable(isQuiet: isQuiet)
    }
    var hasFailed = false
    for entry in plan.entries {
      guard case .failed(let failure) = entry.state else { continue }
      hasFailed = true
      terminal.error("failed: \(entry.order.label): \(failure.what)")
      terminal.error("  why:  \(failure.why)\n  help: \(failure.help)")
    }
    if plan.toRun == 0 { return .well }
    if hasFailed, overview.entries.allSatisfy({ $0.tasks?.isEmpty == true }) { return .runFailed }
    return .somethingToRun
  }
}
