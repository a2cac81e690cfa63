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
      --tree          the work as a tree: what all trials read, and the stages that arms share
      --why           of the items that would run, why: the setting that changed, a failure, a new trial
      --json          the plan as JSON
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let isTree = arguments.flag("--tree")
    let isWhy = arguments.flag("--why")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if [isJSON, isTree, isWhy].count(where: { $0 }) > 1 {
      throw arguments.fault("'--json', '--tree' and '--why' are three ways to print it: choose one")
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let plan = try compiled.plan(in: request.results)
    let why = plan.toRun > 0 ? try RunReasons(compiled, in: request.results) : nil
    let reasons = plan.entries.map { why?.reason(for: $0) }
    if isJSON {
      terminal.output(json(compiled, plan, reasons).pretty)
      return .well
    }
    for warning in compiled.warnings { terminal.error(warning.text) }
    terminal.output(compiled.headline)
    if isTree {
      terminal.output(StageTree(compiled, plan).text)
      return .well
    }
    if isWhy {
      for (entry, reason) in zip(plan.entries, reasons) {
        guard let reason else { continue }
        terminal.output("  \(entry.identity.short)  \(entry.order.label): \(reason)")
      }
      terminal.output("  \(plan.toRun) of \(plan.entries.count) items would run")
      return .well
    }
    let users = compiled.users
    let table = Table(
      columns: [
        Table.Column(key: "item", heading: "item", kind: .text),
        Table.Column(key: "work", heading: "work", kind: .text),
        Table.Column(key: "state", heading: "state", kind: .text),
        Table.Column(key: "trials", heading: "trials", kind: .number),
        Table.Column(key: "why", heading: "why it would run", kind: .text),
      ],
      rows: plan.entries.enumerated().map { place, entry in
        Table.Row([
          Table.Cell(.text(entry.identity.short)), Table.Cell(.text(entry.order.label)),
          Table.Cell(.text(entry.state.word)), Table.Cell(.number(Double(users[place]))),
          Table.Cell(reasons[place].map { .text(Self.shortened($0)) } ?? .absent),
        ])
      })
    terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table))
    terminal.output(
      "  \(plan.done) of \(plan.entries.count) items are done, \(plan.toRun) would run")
    return .well
  }

  /// As much as a column of the table takes; `--why` prints all of it.
  private static func shortened(_ reason: String) -> String {
    ProgressBlock.clipped(reason, to: 48)
  }

  private func json(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ reasons: [String?]
  ) -> JSONValue {
    let users = compiled.users
    return [
      "study": .string(compiled.study.name), "trials": JSONValue(compiled.trials.count),
      "items": .array(
        plan.entries.enumerated().map { place, entry in
          var item: JSONObject = [
            "identity": .string(entry.identity.hex), "kind": .string(entry.order.kind),
            "label": .string(entry.order.label), "state": .string(entry.state.word),
            "trials": JSONValue(users[place]),
            "inputs": .array(entry.order.inputs.map { .string($0.identity.hex) }),
          ]
          if let reason = reasons[place] { item["reason"] = .string(reason) }
          return .object(item)
        }),
    ]
  }
}
