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
      --json          the same as JSON
      --results DIR   where work items are kept; default: results
    """

  private typealias Last = (metric: String, step: Int, value: Double)

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let digits = try arguments.single("work item")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let folder = results.item(try ItemLookup.identity(digits, in: results))
    let state = try folder.state(.kept)
    let last = if case .done = state { try lastMeasurements(of: folder) } else { [Last]() }
    if isJSON {
      terminal.output(try json(folder, state, last).pretty)
      return .well
    }
    terminal.output("\(folder.identity.hex)  \(state.word)\n\(folder.path)")
    if let order = try folder.readableOrder() { terminal.output(order.json.pretty) }
    switch state {
    case .done(let note): terminal.output(note.json.pretty)
    case .failed(let failure): terminal.output(failure.json.pretty)
    case .damaged(let reason): terminal.output(reason)
    default: break
    }
    for entry in last {
      terminal.output(
        // As the files write it: a number that is none has words too.
        "  \(entry.metric) = \(Measurement.json(entry.value).canonical) at step \(entry.step)")
    }
    for attempt in try folder.attempts() {
      let process = (attempt.worker ?? attempt.holder).wording
      terminal.output("  attempt \(attempt.number), \(process): \(Self.end(of: attempt))")
    }
    return .well
  }

  /// How an attempt ended, in words.
  private static func end(of attempt: Attempt) -> String {
    guard let ending = attempt.ending else {
      return switch attempt.life {
      case .alive: "running"
      case .dead: "died without a word"
      case .unknown: "not ended, and its process cannot be seen from here"
      }
    }
    let seconds = (ending.seconds * 10).rounded() / 10
    let words = ending.words.isEmpty ? "" : ": \(ending.words)"
    return "\(ending.manner.rawValue) after \(ecmaScriptNumber(seconds)) s\(words)"
  }

  private func lastMeasurements(of folder: ItemFolder) throws -> [Last] {
    var last: [Last] = []
    for measurement in try folder.measurements() {
      let entry = (measurement.metric, measurement.step, measurement.value)
      if let place = last.firstIndex(where: { $0.metric == measurement.metric }) {
        last[place] = entry
      } else {
        last.append(entry)
      }
    }
    return last
  }

  private func json(_ folder: ItemFolder, _ state: ItemState, _ last: [Last]) throws -> JSONValue {
    var members: JSONObject = [
      "identity": .string(folder.identity.hex), "state": .string(state.word),
      "folder": .string(folder.path),
    ]
    if let order = try folder.readableOrder() { members["order"] = order.json }
    switch state {
    case .done(let note): members["done"] = note.json
    case .failed(let failure): members["failure"] = failure.json
    case .damaged(let reason): members["reason"] = .string(reason)
    default: break
    }
    members["attempts"] = .array(try folder.attempts().map(\.json))
    members["last"] = .object(
      JSONObject(
        last.map { entry -> (String, JSONValue) in
          (entry.metric, ["step": JSONValue(entry.step), "value": Measurement.json(entry.value)])
        }))
    return .object(members)
  }
}
