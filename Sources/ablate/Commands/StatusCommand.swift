import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate status [STUDY]`: how far it is, also while another process runs it; without a study, all of them.
struct StatusCommand: Command {
  static let name = "status"
  static let summary = "how far a study is, or all of them, also while they run"
  static let usage = """
    ablate status [STUDY] [options]
      STUDY           a study file, looked at item by item; default: all studies, as the index has them
      --json          the same as JSON
      \(SlurmSettings.usage)
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let changes = try arguments.values("--set")
    let (request, results) = try StudyRequest.ifNamed(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    guard let request else {
      let overview = try StoreOverview(results)
      if isJSON { terminal.output(overview.json.pretty) } else { overview.print(terminal) }
      return .well
    }
    let compiled = try request.compile()
    let plan = try compiled.plan(in: request.results)
    var counts = StateCounts()
    for entry in plan.entries { counts.add(entry.state.word) }
    let submissions = try SubmissionOverview(of: compiled, in: results) {
      try SlurmSettings(compiled.study, changes: changes).queue(for: compiled)
    }
    if isJSON {
      terminal.output(json(compiled, plan, counts, results, submissions).pretty)
      return .well
    }
    terminal.output("\(compiled.study.name): \(counts.line)")
    if let line = submissions.line { terminal.output(line) }
    for entry in plan.entries where !entry.isDone {
      switch entry.state {
      case .running:
        let progress = results.item(entry.identity).progress()
        let step = progress.map { "step \($0.step) of \($0.of)" } ?? "just begun"
        let reward = progress?.reward.map { ", reward \(Double(Int($0 * 100)) / 100)" } ?? ""
        terminal.output("  running  \(entry.order.label): \(step)\(reward)")
      case .failed(let failure):
        terminal.output("  failed   \(entry.order.label): \(failure.what)")
        terminal.output("    help: \(failure.help)")
      case .damaged(let reason):
        terminal.output("  damaged  \(entry.order.label): \(reason)")
      default: break
      }
    }
    return .well
  }

  private func json(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ counts: StateCounts, _ results: ResultsFolder,
    _ submissions: SubmissionOverview
  ) -> JSONValue {
    [
      "study": .string(compiled.study.name), "counts": counts.json, "submissions": submissions.json,
      "items": .array(
        plan.entries.map { entry in
          var members: JSONObject = [
            "identity": .string(entry.identity.hex), "kind": .string(entry.order.kind),
            "label": .string(entry.order.label), "state": .string(entry.state.word),
          ]
          switch entry.state {
          case .running(let attempt):
            members["attempt"] = JSONValue(attempt.number)
            members["progress"] = results.item(entry.identity).progress()?.json
          case .failed(let failure): members["failure"] = failure.json
          case .damaged(let reason): members["reason"] = .string(reason)
          default: break
          }
          if let seconds = entry.state.seconds { members["seconds"] = .number(seconds) }
          return .object(members)
        }),
    ]
  }
}
