import Diagnostics
import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore

/// `ablate ls`: the items of a store, or of a study, as a table.
struct ListCommand: Command {
  static let name = "ls"
  static let summary = "list work items by state, kind, label or study"
  static let usage = """
    ablate ls [STUDY] [options]
      STUDY           a study file: all its items, also those that were never begun; default: what is there
      --filter TERMS  key=value, separated by commas; keys: \(ItemFilter.Key.list);
                      * stands for anything; several terms of one key: any of them
      --json          the items as JSON
      \(StudyRequest.resultsOption)
    """

  private struct Row {
    var identity: Digest
    var kind: String
    var label: String
    var state: ItemState
    var attempts: Int
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let filter = try ItemFilter(try arguments.value("--filter") ?? "", arguments)
    let (study, results) = try StudyRequest.ifNamed(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let all: [Row] =
      try study.map { try self.rows(of: $0.compile(), in: results) } ?? self.rows(of: results)
    let ofStudies = try filter.studies(in: results)
    let rows = all.filter {
      ofStudies?.contains($0.identity) ?? true
        && filter.fits(state: $0.state.word, kind: $0.kind, label: $0.label)
    }
    if isJSON {
      terminal.output(json(rows).pretty)
    } else {
      if !rows.isEmpty {
        terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table(rows)))
      }
      terminal.output("  \(rows.count) of \(all.count) items")
    }
    return .well
  }

  private func rows(of results: ResultsFolder) throws -> [Row] {
    try results.identities().map { identity in
      let folder = results.item(identity)
      let order = try folder.readableOrder()
      return try row(identity, kind: order?.kind ?? "", label: order?.label ?? "", folder)
    }
  }

  private func rows(of compiled: CompiledStudy, in results: ResultsFolder) throws -> [Row] {
    try zip(compiled.graph.identities, compiled.graph.orders).map { identity, order in
      try row(identity, kind: order.kind, label: order.label, results.item(identity))
    }
  }

  private func row(
    _ identity: Digest, kind: String, label: String, _ folder: ItemFolder
  ) throws -> Row {
    Row(
      identity: identity, kind: kind, label: label, state: try folder.state(),
      attempts: try folder.attempts().count)
  }

  private func table(_ rows: [Row]) -> Table {
    Table(
      columns: ["item", "kind", "work", "state"].map {
        Table.Column(key: $0, heading: $0, kind: .text)
      } + [
        Table.Column(key: "attempts", heading: "attempts", kind: .number),
        Table.Column(key: "seconds", heading: "seconds", kind: .number, digits: 1),
      ],
      rows: rows.map { row in
        Table.Row([
          .text(row.identity.short), .text(row.kind), .text(row.label), .text(row.state.word),
          .number(Double(row.attempts)), row.state.seconds.map { .number($0) } ?? .absent,
        ])
      })
  }

  private func json(_ rows: [Row]) -> JSONValue {
    [
      "items": .array(
        rows.map { row in
          var members: JSONObject = [
            "identity": .string(row.identity.hex), "kind": .string(row.kind),
            "label": .string(row.label), "state": .string(row.state.word),
            "attempts": JSONValue(row.attempts),
          ]
          if let seconds = row.state.seconds { members["seconds"] = .number(seconds) }
          return .object(members)
        })
    ]
  }
}
