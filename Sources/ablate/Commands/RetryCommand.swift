import Foundation
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate retry STUDY`: runs what failed or is damaged, and what waits on it, and nothing else.
struct RetryCommand: Command {
  static let name = "retry"
  static let summary = "run only what failed of a study, and what waits on it"
  static let usage = """
    ablate retry STUDY [options]
      --item ITEM     of the failed or damaged items this one alone, by its first digits
      --from-start    without the checkpoints that they left, from their first step
      \(RunOptions.usage)
      \(StudyRequest.options)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let digits = try arguments.value("--item")
    let startsAnew = arguments.flag("--from-start")
    let options = try RunOptions(arguments)
    let request = try StudyRequest(arguments, writesReports: true)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let plan = try compiled.plan(in: request.results)
    let failed = try Self.failed(plan, only: digits)
    guard !failed.isEmpty else {
      terminal.error("nothing of study '\(compiled.study.name)' failed or is damaged")
      if plan.toRun > 0 {
        terminal.error("  \(plan.toRun) items are still to be run: \(request.command("run"))")
      }
      return .well
    }
    try options.begin(compiled, terminal)
    if startsAnew {
      for place in failed.sorted() {
        try request.results.item(compiled.graph.identities[place]).forgetCheckpoint()
      }
    }
    var run = try options.study(compiled, request, terminal)
    run.part = try Self.part(of: compiled.graph, plan, around: failed)
    let (summary, signal) = try run.run()
    return try options.end(
      summary, signal: signal, compiled, request, terminal, isWholeStudy: false)
  }

  /// The places of what failed or is damaged.
  private static func failed(_ plan: RunPlan, only digits: String?) throws -> Set<Int> {
    let failed = plan.entries.indices.filter { place in
      switch plan.entries[place].state {
      case .failed, .damaged: true
      default: false
      }
    }
    guard let digits else { return Set(failed) }
    let order = try ItemLookup.order(digits, of: plan.entries.map(\.order))
    guard let place = failed.first(where: { plan.entries[$0].identity == order.identity }) else {
      let state = plan.entries.first { $0.identity == order.identity }?.state.word ?? "absent"
      throw CommandFault(
        what: "item \(order.identity.short) '\(order.label)' is \(state)",
        why: "only what failed or is damaged can be tried again",
        help: "ablate ls STUDY --filter state=failed,state=damaged lists those")
    }
    return [place]
  }

  /// Those items, what waits on nothing but them, and what all of these read.
  static func part(
    of graph: WorkGraph, _ plan: RunPlan, around failed: Set<Int>
  ) throws -> WorkGraph {
    var chosen = failed
    // Inputs come before their readers.
    for place in graph.orders.indices where !plan.entries[place].isDone {
      let inputs = graph.inputs[place]
      if inputs.contains(where: chosen.contains),
        inputs.allSatisfy({ chosen.contains($0) || plan.entries[$0].isDone })
      {
        chosen.insert(place)
      }
    }
    for place in graph.orders.indices.reversed() where chosen.contains(place) {
      chosen.formUnion(graph.inputs[place])
    }
    return try WorkGraph(orders: chosen.sorted().map { graph.orders[$0] })
  }
}
