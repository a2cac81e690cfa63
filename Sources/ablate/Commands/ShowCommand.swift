import Foundation
import Reproducibility
import RunStore

/// `ablate show ITEM`: what a work item was to do, how it ended and what it last measured.
struct ShowCommand: Command {
  static let name = "show"
  static let summary = "what a work item was to do, how it ended, what it measured"
  static let usage = """
    ablate show ITEM [options]
      ITEM            an identity or its first digits, as plan and reports print them
      --results DIR   where work items are kept; default: results
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let digits = try arguments.single("work item")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let matches = try results.identities().filter { $0.hex.hasPrefix(digits.lowercased()) }
    guard let identity = matches.first, matches.count == 1 else {
      throw CommandFault(
        what: matches.isEmpty
          ? "no work item begins with '\(digits)'"
          : "\(matches.count) work items begin with '\(digits)'",
        why: "an item is named by the digits of its identity, as few as tell it apart",
        help: "ablate plan STUDY lists them")
    }
    let folder = results.item(identity)
    let state = try folder.state(.contents)
    terminal.output("\(identity.hex)  \(state.word)\n\(folder.path)")
    if let order = try folder.order() { terminal.output(order.json.pretty) }
    switch state {
    case .done(let note): terminal.output(note.json.pretty)
    case .failed(let failure): terminal.output(failure.json.pretty)
    case .damaged(let reason): terminal.output(reason)
    default: break
    }
    if case .done = state {
      var last: [(metric: String, step: Int, value: Double)] = []
      for measurement in try folder.measurements() {
        if let place = last.firstIndex(where: { $0.metric == measurement.metric }) {
          last[place] = (measurement.metric, measurement.step, measurement.value)
        } else {
          last.append((measurement.metric, measurement.step, measurement.value))
        }
      }
      for entry in last {
        terminal.output(
          "  \(entry.metric) = \(ecmaScriptNumber(entry.value)) at step \(entry.step)")
      }
    }
    return .well
  }
}
