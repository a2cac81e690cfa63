import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore

/// `ablate gc`: removes what no study that was run here needs, and what dead processes left.
struct GarbageCommand: Command {
  static let name = "gc"
  static let summary = "remove items that no study needs, and what killed processes left"
  static let usage = """
    ablate gc [options]
      --dry-run       say what would go, and remove nothing
      --json          the same as JSON
      --results DIR   where work items are kept; default: results
      kept: what a study in results/studies needs, directly or by way of others; what runs, with all it reads
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isDry = arguments.flag("--dry-run")
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    var waste = try Waste(results)
    if let reason = waste.reasonToKeepItems {
      terminal.error("warning: every item is kept: \(reason)")
      terminal.error("  why:  what an item without a readable order reads is not known")
      terminal.error("  help: ablate run STUDY writes the orders anew; then collect again")
    }
    if !isDry {
      for path in waste.drafts { try results.files.remove(path) }
      for path in waste.scratch { try results.files.removeFolder(path) }
      for submission in waste.submissions { try submission.remove() }
      let removal = try results.remove(waste.items.map(\.identity))
      waste.items.removeAll { !removal.removed.contains($0.identity) }
      IndexCare(results: results, terminal: terminal).removed(removal.removed)
    }
    if isJSON {
      terminal.output(waste.json(isDry: isDry).pretty)
      return .well
    }
    if !waste.rows.isEmpty {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(waste.table))
    }
    let count = waste.items.count
    terminal.output(
      "\(isDry ? "would remove" : "removed") \(count) item\(count == 1 ? "" : "s") of "
        + "\(count + waste.kept); \(byteText(waste.bytes)) \(isDry ? "would be " : "")freed")
    return .well
  }
}

/// What may go from a results folder.
private struct Waste {
  struct Item {
    var identity: Digest
    var label: String
    var bytes: Int
  }

  var items: [Item] = []
  /// Items that stay.
  var kept = 0
  /// Files that killed processes were writing.
  var drafts: [String] = []
  /// Folders in which killed processes verified, exported or imported.
  var scratch: [String] = []
  /// Arrays of a cluster of which nothing waits or runs any more, with their logs.
  var submissions: [SubmissionFolder] = []
  /// Why no item goes; nil when those go that nobody needs.
  var reasonToKeepItems: String?
  private var draftBytes = 0
  private var scratchBytes = 0
  private var trashBytes = 0
  private var submissionBytes = 0

  init(_ results: ResultsFolder) throws {
    let needs = try ItemNeeds(results)
    guard !needs.studies.isEmpty else {
      throw CommandFault(
        what: "no study was ever run in \(results.path)",
        why: "what a study needs is kept; without a single one everything would go",
        help: "ablate run STUDY notes what it needs; ablate rm ITEM removes single items")
    }
    try findItems(needs, in: results)
    let files = results.files
    let folders =
      ["", "/studies", "/certificates", "/claims", "/accepted"].map { results.path + $0 }
      + needs.items.map { results.item($0).path }
    for folder in folders { drafts += try files.abandonedDrafts(in: folder) }
    // What lies in an item that goes is counted with the item.
    let going = items.map { results.item($0.identity).path + "/" }
    if !going.isEmpty {
      drafts.removeAll { draft in going.contains { draft.hasPrefix($0) } }
    }
    for draft in drafts { draftBytes += try files.status(of: draft)?.bytes ?? 0 }
    scratch =
      try ResultVerifier.abandonedScratch(in: results) + SharingFolder.abandoned(in: results)
    for folder in scratch { scratchBytes += try files.bytes(under: folder) }
    trashBytes = try results.trashBytes()
    submissions = try SubmissionFolder.all(results).filter { try $0.isClosed() }
    for submission in submissions { submissionBytes += try files.bytes(under: submission.path) }
  }

  private mutating func findItems(_ needs: ItemNeeds, in results: ResultsFolder) throws {
    let running = try needs.items.filter { try results.item($0).livingHolder() != nil }
    var needed: Set<Digest> = []
    for study in needs.studies {
      guard let part = needs.closure(of: study) else {
        reasonToKeepItems = "study '\(study.study)' builds on an item without a readable order"
        break
      }
      needed.formUnion(part)
    }
    if let part = needs.closure(of: running) {
      needed.formUnion(part)
    } else if reasonToKeepItems == nil {
      reasonToKeepItems = "what runs builds on an item without a readable order"
    }
    kept = needs.items.count
    if reasonToKeepItems != nil { return }
    for identity in needs.items where !needed.contains(identity) {
      let item = results.item(identity)
      items.append(
        Item(
          identity: identity, label: (try? item.order())?.label ?? "(no readable order)",
          bytes: try item.bytes()))
    }
    kept -= items.count
  }

  var bytes: Int {
    items.reduce(0) { $0 + $1.bytes } + draftBytes + scratchBytes + trashBytes + submissionBytes
  }

  var rows: [(what: String, detail: String, bytes: Int)] {
    var rows = items.map { ($0.identity.short, $0.label, $0.bytes) }
    if !drafts.isEmpty {
      rows.append(("drafts", "\(drafts.count) of killed processes", draftBytes))
    }
    if !scratch.isEmpty {
      rows.append(("verifying", "\(scratch.count) of killed processes", scratchBytes))
    }
    if !submissions.isEmpty {
      rows.append(
        ("submissions", "\(submissions.count) to a cluster that are over", submissionBytes))
    }
    if trashBytes > 0 { rows.append(("trash", "of a removal that was cut off", trashBytes)) }
    return rows
  }

  var table: Table {
    Table(
      columns: [
        Table.Column(key: "what", heading: "what", kind: .text),
        Table.Column(key: "work", heading: "work", kind: .text),
        Table.Column(key: "bytes", heading: "bytes", kind: .number),
      ],
      rows: rows.map { Table.Row([.text($0.what), .text($0.detail), .number(Double($0.bytes))]) })
  }

  func json(isDry: Bool) -> JSONValue {
    [
      "dry_run": .bool(isDry), "kept": JSONValue(kept), "bytes": JSONValue(bytes),
      "items": .array(
        items.map {
          [
            "identity": .string($0.identity.hex), "label": .string($0.label),
            "bytes": JSONValue($0.bytes),
          ]
        }),
      "drafts": .array(drafts.map { .string($0) }),
      "verifying": .array(scratch.map { .string($0) }),
      "submissions": .array(submissions.map { .string($0.name) }),
      "trash_bytes": JSONValue(trashBytes),
    ]
  }
}
