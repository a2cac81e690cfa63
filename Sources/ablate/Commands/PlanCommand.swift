import Diagnostics
import Foundation
import PolicyTrainer
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate plan STUDY`: what would run, what is shared, what is there. Runs and writes nothing.
struct PlanCommand: Command {
  static let name = "plan"
  static let summary = "show what a study would run, what is shared and what is there; runs nothing"
  static let usage = """
    ablate plan STUDY [options]
      --json          the plan as JSON
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let plan = try RunPlan(compiled.graph, in: request.results, wanted: compiled.reported)
    if isJSON {
      terminal.output(json(compiled, plan).pretty)
      return .well
    }
    for warning in compiled.study.warnings { terminal.error(warning.text) }
    terminal.output(compiled.headline)
    let users = compiled.users
    let table = Table(
      columns: [
        Table.Column(key: "item", heading: "item", kind: .text),
        Table.Column(key: "work", heading: "work", kind: .text),
        Table.Column(key: "state", heading: "state", kind: .text),
        Table.Column(key: "trials", heading: "trials", kind: .number),
      ],
      rows: plan.entries.enumerated().map { place, entry in
        Table.Row([
          Table.Cell(.text(entry.identity.short)), Table.Cell(.text(entry.order.label)),
          Table.Cell(.text(entry.state.word)), Table.Cell(.number(Double(users[place]))),
        ])
      })
    terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table))
    terminal.output(
      "  \(plan.done) of \(plan.entries.count) items are done, \(plan.toRun) would run")
    return .well
  }

  private func json(_ compiled: CompiledStudy, _ plan: RunPlan) -> JSONValue {
    let users = compiled.users
    return [
      "study": .string(compiled.study.name), "trials": JSONValue(compiled.trials.count),
      "items": .array(
        plan.entries.enumerated().map { place, entry in
          [
            "identity": .string(entry.identity.hex), "kind": .string(entry.order.kind),
            "label": .string(entry.order.label), "state": .string(entry.state.word),
            "trials": JSONValue(users[place]),
          ]
        }),
    ]
  }
}
