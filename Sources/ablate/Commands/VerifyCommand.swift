import Foundation
import PolicyTrainer
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate verify STUDY`: does the same work give the same bits? Does finished items again, or reads
/// those of another machine, and compares every file and the chain of digests.
struct VerifyCommand: Command {
  static let name = "verify"
  static let summary = "do finished items again, or compare with another machine's, bit for bit"
  static let usage = """
    ablate verify STUDY [options]
      --against DIR   compare with the items of another results folder and do nothing again
      --item ITEM     this item alone: its identity or the first digits of it
      --json          the outcome as JSON
      \(StudyRequest.resultsOption)
      exit: 0 all items are the same · 1 one differs · 3 none differs, but not all could be compared
    """

  /// How an item came out.
  private enum Verdict: String {
    case same, differs
    /// One of the two has no result, or none that can be read.
    case missing
    /// It was left by a version of the program that kept its chain of digests otherwise.
    case older
  }

  private struct Row {
    var order: WorkOrder
    var verdict: Verdict
    /// Where the two part, or which of them is missing.
    var detail: String
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let other = try arguments.value("--against").map { ResultsFolder($0) }
    let digits = try arguments.value("--item")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if let other { try check(other, beside: request.results) }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let orders = try select(digits, of: compiled.graph.orders)
    var rows: [Row] = []
    for order in orders {
      rows.append(
        try compare(order, in: request.results, with: other) {
          terminal.error("doing again  \(order.label)")
        })
    }
    guard rows.contains(where: { $0.verdict == .same || $0.verdict == .differs }) else {
      throw CommandFault(
        what: "nothing of study '\(compiled.study.name)' can be compared",
        why: rows.first { $0.verdict == .older }?.detail ?? other.map {
          "no item is done both in \(request.results.path) and in \($0.path)"
        } ?? "no item of it is done", help: request.command("run"), exit: .runFailed)
    }
    if isJSON {
      terminal.output(json(rows).pretty)
    } else {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table(rows)))
      terminal.output(summary(rows, isOwn: compiled.usesOwnProducts))
    }
    if rows.contains(where: { $0.verdict == .differs }) { return .checkFailed }
    return rows.allSatisfy { $0.verdict == .same } ? .well : .runFailed
  }

  /// Refuses a folder that is not there, and the study's own.
  private func check(_ other: ResultsFolder, beside results: ResultsFolder) throws {
    let paths = [other, results].map {
      URL(fileURLWithPath: $0.path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    guard FileManager.default.fileExists(atPath: paths[0]) else {
      throw CommandFault(
        what: "there is no folder \(other.path)",
        why: "--against names the results of another machine",
        help: "copy them here: items/ with what lies below it is enough")
    }
    guard paths[0] != paths[1] else {
      throw CommandFault(
        what: "\(other.path) are the results that are to be verified",
        why: "compared with itself, everything is the same",
        help: "leave --against out to do the items again")
    }
  }

  private func select(_ digits: String?, of orders: [WorkOrder]) throws -> [WorkOrder] {
    guard let digits else { return orders }
    let matches = orders.filter { $0.identity.hex.hasPrefix(digits.lowercased()) }
    guard matches.count == 1 else {
      throw CommandFault(
        what: matches.isEmpty
          ? "no item of the study begins with '\(digits)'"
          : "\(matches.count) items of the study begin with '\(digits)'",
        why: "an item is named by the digits of its identity, as few as tell it apart",
        help: "ablate plan lists those of a study")
    }
    return matches
  }

  private func compare(
    _ order: WorkOrder, in results: ResultsFolder, with other: ResultsFolder?,
    announce: () -> Void
  ) throws -> Row {
    let folder = results.item(order.identity)
    do {
      guard let mine = try ItemTrace(folder) else {
        return Row(order: order, verdict: .missing, detail: "not done in \(results.path)")
      }
      let theirs: ItemTrace
      if let other {
        guard let found = try ItemTrace(other.item(order.identity)) else {
          return Row(order: order, verdict: .missing, detail: "not done in \(other.path)")
        }
        theirs = found
      } else {
        announce()
        theirs = try ItemTrace(doing: order, in: folder)
      }
      if mine.isOfOtherVersion(than: theirs) {
        return Row(
          order: order, verdict: .older,
          detail: "it was left by another version of the program, with other files")
      }
      let difference = mine.firstDifference(from: theirs)
      return Row(
        order: order, verdict: difference == nil ? .same : .differs, detail: difference ?? "")
    } catch let fault as StoreFault {
      return Row(order: order, verdict: .missing, detail: fault.what)
    } catch let fault as WorkFault {
      return Row(order: order, verdict: .differs, detail: "it cannot be done again: \(fault.what)")
    } catch let diverged as TrainingDiverged {
      return Row(
        order: order, verdict: .differs,
        detail: "step \(diverged.step): \(diverged.broken) is not a number when it is done again")
    }
  }

  private func table(_ rows: [Row]) -> Table {
    Table(
      columns: ["item", "work", "verdict", "where"].map {
        Table.Column(key: $0, heading: $0, kind: .text)
      },
      rows: rows.map { row in
        Table.Row(
          [
            .text(row.order.identity.short), .text(row.order.label), .text(row.verdict.rawValue),
            row.detail.isEmpty ? .absent : .text(row.detail),
          ], isEmphasized: row.verdict == .differs)
      })
  }

  private func summary(_ rows: [Row], isOwn: Bool) -> String {
    func count(_ verdict: Verdict) -> Int { rows.count { $0.verdict == verdict } }
    var text =
      "  \(count(.same)) the same, \(count(.differs)) differ, "
      + "\(count(.missing) + count(.older)) not compared"
    if count(.differs) > 0 {
      text +=
        isOwn
        ? "\n  the first item of the list that differs is where to look: later ones read it"
        : "\n  OpenBLAS products promise no bits: ablate check compares within tolerances"
    }
    return text
  }

  private func json(_ rows: [Row]) -> JSONValue {
    [
      "items": .array(
        rows.map { row in
          var item: JSONObject = [
            "identity": .string(row.order.identity.hex), "label": .string(row.order.label),
            "verdict": .string(row.verdict.rawValue),
          ]
          if !row.detail.isEmpty { item["where"] = .string(row.detail) }
          return .object(item)
        })
    ]
  }
}
