import Diagnostics
import Foundation
import Reproducibility
import RunStore

/// `ablate rm ITEM…`: removes items, or a study with what only it needs. Never what a living process holds.
struct RemoveCommand: Command {
  static let name = "rm"
  static let summary = "remove items, or a study with the items that only it needs"
  static let usage = """
    ablate rm ITEM…|--study STUDY-NAME [options]
      ITEM            an identity or its first digits, as plan and ls print them
      --study NAME    the note of a study that was run here, and the items that no other study needs
      --dry-run       say what would go, and remove nothing
      --force         also what a study or a finished item still reads; the next run makes it anew
      --results DIR   where work items are kept; default: results
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isDry = arguments.flag("--dry-run")
    let isForced = arguments.flag("--force")
    let study = try arguments.value("--study")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    var digits: [String] = []
    while let word = arguments.next() { digits.append(word) }
    try arguments.finish()
    if digits.isEmpty == (study == nil) {
      throw arguments.fault(
        study == nil ? "no work item was named" : "'--study' goes without items")
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    var named: [Digest] = []
    for digits in digits {
      let identity = try ItemLookup.identity(digits, in: results)
      if !named.contains(identity) { named.append(identity) }
    }
    let needs = try ItemNeeds(results)
    let request = Request(results: results, needs: needs, isForced: isForced)
    let going = try study.map { try request.items(of: $0, terminal) } ?? request.checked(named)
    for identity in going {
      let folder = results.item(identity)
      if let holder = try folder.livingHolder() {
        throw StoreFault.attemptHeld(path: folder.path, holder: holder)
      }
    }
    // Readers before what they read: what is cut off leaves no finished item without its inputs.
    let sorted = request.readersFirst(going)
    for identity in sorted {
      let size = byteText(try results.item(identity).bytes())
      terminal.output("  \(identity.short)  \(label(of: identity, results))  \(size)")
    }
    if isDry {
      let bytes = try sorted.reduce(0) { try $0 + results.item($1).bytes() }
      terminal.output("would remove \(items(sorted.count)), \(byteText(bytes))")
      return .well
    }
    let removal = try results.remove(sorted)
    if let study, removal.held.isEmpty {
      try results.removeNote(of: study)
      try Certificate.remove(of: study, in: results)
    }
    IndexCare(results: results, terminal: terminal).removed(
      removal.removed, study: removal.held.isEmpty ? study : nil)
    terminal.output("removed \(items(removal.removed.count)), \(byteText(removal.bytes))")
    for identity in removal.held {
      terminal.error("kept: \(identity.short): a process took it meanwhile")
    }
    return removal.held.isEmpty ? .well : .runFailed
  }

  private func items(_ count: Int) -> String { "\(count) item\(count == 1 ? "" : "s")" }

  private func label(of identity: Digest, _ results: ResultsFolder) -> String {
    (try? results.item(identity).order())?.label ?? "(no readable order)"
  }
}

/// What somebody wants removed, held against what others need.
private struct Request {
  let results: ResultsFolder
  let needs: ItemNeeds
  let isForced: Bool

  /// The items that were named.
  ///
  /// - Throws: the first of them that is still needed, unless removal is forced.
  func checked(_ named: [Digest]) throws -> [Digest] {
    if isForced { return named }
    for identity in named {
      if let study = needs.studies.first(where: { mayNeed($0, identity) }) {
        let isKnown = needs.closure(of: study) != nil
        throw CommandFault(
          what: "item \(identity.short) is needed by study '\(study.study)'",
          why: isKnown
            ? "its trials are made of that item, or read it by way of others"
            : "an order that it builds on cannot be read, so it may need any item",
          help:
            "ablate rm --study \(study.study) removes the study; --force removes the item anyway")
      }
      if let reader = try activeReaders(of: identity).first(where: { !named.contains($0) }) {
        throw CommandFault(
          what: "item \(identity.short) is read by item \(reader.short)",
          why: "a result without what it was made from can be neither verified nor made anew",
          help: "name both: ablate rm \(reader.short) \(identity.short); or --force")
      }
    }
    return named
  }

  private func mayNeed(_ study: StudyNote, _ identity: Digest) -> Bool {
    needs.closure(of: study)?.contains(identity) ?? true
  }

  /// Those that are finished or running; others could be run again in any case.
  private func activeReaders(of identity: Digest) throws -> [Digest] {
    try needs.readers(of: identity).filter { reader in
      let folder = results.item(reader)
      return try results.files.exists(folder.path(.done)) || folder.livingHolder() != nil
    }
  }

  /// The items that only this study needs.
  func items(of name: String, _ terminal: Terminal) throws -> [Digest] {
    guard let study = needs.studies.first(where: { $0.study == name }) else {
      let names = needs.studies.map(\.study)
      let suggestion = Suggestion.closest(to: name, among: names)
      throw CommandFault(
        what: "no study '\(name)' was run in \(results.path)",
        why: names.isEmpty
          ? "no study was" : "those that were: \(names.joined(separator: ", "))",
        help: suggestion.map { "did you mean '\($0)'?" }
          ?? "name a study, not its file; or single items")
    }
    let own = needs.closure(of: study) ?? study.items
    var kept: Set<Digest> = []
    for other in needs.studies where other.study != name {
      guard let needed = needs.closure(of: other) else {
        throw CommandFault(
          what: "what study '\(other.study)' needs is not known",
          why: "an order that it builds on cannot be read, so it may need any item",
          help: "ablate run its study file writes the orders anew; then remove '\(name)'")
      }
      kept.formUnion(needed)
    }
    if !isForced {
      // Items of no study that were finished from ours: theirs are kept, all the way down.
      let outsiders = try own.filter { identity in
        try activeReaders(of: identity).contains { !own.contains($0) }
      }
      kept.formUnion(needs.closure(of: outsiders) ?? own)
    }
    let going = needs.items.filter { own.contains($0) && !kept.contains($0) }
    let staying = needs.items.count { own.contains($0) && kept.contains($0) }
    if staying > 0 {
      terminal.error("kept: \(staying) item\(staying == 1 ? "" : "s") that others need too")
    }
    return going
  }

  func readersFirst(_ items: [Digest]) -> [Digest] {
    let wanted = Set(items)
    var sorted: [Digest] = []
    var seen: Set<Digest> = []
    // As deep as the longest chain of stages.
    func visit(_ identity: Digest) {
      guard wanted.contains(identity), seen.insert(identity).inserted else { return }
      for reader in needs.readers(of: identity) { visit(reader) }
      sorted.append(identity)
    }
    for identity in items { visit(identity) }
    return sorted
  }
}
