import Diagnostics
import Foundation
import PolicyTrainer
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate plan STUDY`: what would run, what is shared, what is there, what it costs. Runs and writes
/// nothing.
struct PlanCommand: Command {
  static let name = "plan"
  static let summary =
    "show what a study would run, what is shared and there, what it costs; runs nothing"
  static let usage = """
    ablate plan STUDY [options]
      -j N            workers to guess the time left for; default: one for each core
      --exit-code     exit 10 when something would run, 0 when nothing would
      --tree          the work as a tree: what all trials read, and the stages that arms share
      --why           of the items that would run, why: the setting that changed, a failure, a new trial
      --count         how many arms, seeds and trials, of a study of any size; looks at no result
      --detect N      how many seeds each claim needs to see a difference of N, in the measure's unit, with
                      80 % power, and what they cost; the spread is that of the trials that are done
      --json          the plan as JSON
      \(StudyRequest.resultsOption)
    """

  /// Ways to print a plan beside the table.
  private enum Form: String, CaseIterable {
    case json = "--json"
    case tree = "--tree"
    case why = "--why"
    case count = "--count"
  }

  /// A longer plan is counted in groups.
  private static let mostRows = 200

  func run(_ arguments: Arguments) throws -> ExitCode {
    let forms = Form.allCases.filter { arguments.flag($0.rawValue) }
    let hasExitCode = arguments.flag("--exit-code")
    let workers = try RunOptions.workers(arguments)
    let effect = try self.effect(arguments)
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if forms.count > 1 {
      let names = forms.map { "'\($0.rawValue)'" }.joined(separator: " and ")
      throw arguments.fault("\(names) are ways to print it: choose one")
    }
    let form = forms.first
    if let form, effect != nil {
      throw arguments.fault("'--detect' and '\(form.rawValue)' are ways to print it: choose one")
    }
    if let form, form != .json, workers != nil {
      throw arguments.fault("'-j' is for the time left, which '\(form.rawValue)' does not print")
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    if form == .count {
      if hasExitCode {
        throw arguments.fault(
          "'--exit-code' asks for the results, which '--count' does not look at")
      }
      terminal.output(try request.count().text)
      return .well
    }
    let compiled = try request.compile()
    let plan = try compiled.plan(in: request.results)
    try ClaimRegister.enter(compiled, in: request.results, terminal)
    let summary = { () -> PlanSummary in
      PlanSummary(
        compiled, plan, in: request.results, workers: workers ?? RunOptions.standardWorkers)
    }
    if let effect {
      for warning in compiled.warnings { terminal.error(warning.text) }
      let detection = try PricedDetection(
        compiled, request, effect: effect, workers: workers ?? RunOptions.standardWorkers)
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(detection.table))
      terminal.output(detection.text)
    } else if form == .json {
      terminal.output(try json(compiled, plan, request, summary()).pretty)
    } else {
      for warning in compiled.warnings { terminal.error(warning.text) }
      terminal.output(compiled.headline)
      for line in compiled.study.designNotes { terminal.output("  \(line)") }
      switch form {
      case .tree: terminal.output(StageTree(compiled, plan).text)
      case .why: try printReasons(compiled, plan, request, terminal)
      default:
        let table = try table(compiled, plan, request)
        terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table))
        terminal.output(summary().text)
      }
    }
    return hasExitCode && plan.toRun > 0 ? .somethingToRun : .well
  }

  private func effect(_ arguments: Arguments) throws -> Double? {
    guard let text = try arguments.value("--detect") else { return nil }
    guard let effect = Double(text), effect.isFinite, effect > 0 else {
      throw arguments.fault("'--detect \(text)' is no number above 0")
    }
    return effect
  }

  /// Why each item would run, in the order of the graph; nil for those that are done.
  private func reasons(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ request: StudyRequest
  ) throws -> [String?] {
    guard plan.toRun > 0 else { return plan.entries.map { _ in nil } }
    var reasons = try RunReasons(compiled, in: request.results)
    return plan.entries.map { reasons.reason(for: $0) }
  }

  private func printReasons(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ request: StudyRequest, _ terminal: Terminal
  ) throws {
    for (entry, reason) in zip(plan.entries, try reasons(compiled, plan, request)) {
      guard let reason else { continue }
      terminal.output("  \(entry.identity.short)  \(entry.order.label): \(reason)")
    }
    terminal.output("  \(plan.toRun) of \(plan.entries.count) items would run")
  }

  /// Item by item, or in groups where that would be more than a few pages.
  private func table(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ request: StudyRequest
  ) throws -> Table {
    if plan.entries.count > Self.mostRows { return PlanGroups(compiled, plan).table }
    let reasons = try reasons(compiled, plan, request)
    return Table(
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
          Table.Cell(.text(entry.state.word)),
          Table.Cell(.number(Double(compiled.users[place]))),
          Table.Cell(reasons[place].map { .text(Self.shortened($0)) } ?? .absent),
        ])
      })
  }

  /// As much as a column of the table takes; `--why` prints all of it.
  private static func shortened(_ reason: String) -> String {
    ProgressBlock.clipped(reason, to: 48)
  }

  private func json(
    _ compiled: CompiledStudy, _ plan: RunPlan, _ request: StudyRequest, _ summary: PlanSummary
  ) throws -> JSONValue {
    let reasons = try reasons(compiled, plan, request)
    return [
      "study": .string(compiled.study.name), "trials": JSONValue(compiled.trials.count),
      "summary": summary.json,
      "items": .array(
        plan.entries.enumerated().map { place, entry in
          var item: JSONObject = [
            "identity": .string(entry.identity.hex), "kind": .string(entry.order.kind),
            "label": .string(entry.order.label), "state": .string(entry.state.word),
            "trials": JSONValue(compiled.users[place]),
            "inputs": .array(entry.order.inputs.map { .string($0.identity.hex) }),
          ]
          if let reason = reasons[place] { item["reason"] = .string(reason) }
          return .object(item)
        }),
    ]
  }
}
