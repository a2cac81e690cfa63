import CommandTrainer
import Foundation
import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore

/// Makes finished items once more, in one way or another, and compares what comes out with what stands in
/// the store.
struct ResultVerifier {
  /// How an item came out.
  enum Verdict: String {
    case same, differs
    /// One of the two has no result, or none that can be read.
    case missing
    /// It was left by a version of the program that kept its chain of digests otherwise.
    case older
  }

  struct Row {
    var order: WorkOrder
    /// nil when it was compared with another machine's.
    var way: VerificationWay?
    var verdict: Verdict
    /// Where the two part, which of them is missing, or what was done to the second.
    var detail: String
    /// ``ItemTrace/digest`` of what stands in the store; nil when nothing does.
    var result: Digest?
  }

  let results: ResultsFolder
  /// Of this process.
  var environment: [String: String] = [:]
  /// Told what is being made, because it takes its time.
  let announce: (String) -> Void

  // MARK: The ways

  /// Each item alone, from inputs in the store.
  func again(_ orders: [WorkOrder], way: VerificationWay = .again) throws -> [Row] {
    let scratch = orders.contains { $0.kind == CommandContract.kind } ? try scratchFolder() : nil
    defer { removeScratch(scratch) }
    return try orders.map { order in
      try compare(order, way) { folder in
        announce("\(way == .resumed ? "killing and resuming" : "doing again")  \(order.label)")
        if let scratch, order.kind == CommandContract.kind {
          let bench = try commandBench(
            order, in: scratch, parent: try StoreCommandBench.parentState(of: folder),
            diesAfterCheckpoints: way == .resumed)
          let trace = try ItemTrace(
            running: order, on: bench, CommandSetting.surroundings(environment))
          return (trace, Self.remark(deaths: bench.deaths))
        }
        let bench = ReplayBench(diesAfterCheckpoints: way == .resumed) {
          try folder.inputBytes($0, file: $1)
        }
        let trace = try ItemTrace(doing: order, on: bench)
        return (trace, Self.remark(deaths: bench.deaths))
      }
    }
  }

  /// The items of another results folder.
  func against(
    _ other: ResultsFolder, _ orders: [WorkOrder], way: VerificationWay? = nil
  ) throws -> [Row] {
    try orders.map { order in
      try compare(order, way) { _ in
        try ItemTrace(other.item(order.identity)).map { ($0, "") }
      } ifMissing: {
        "not done in \(other.path)"
      }
    }
  }

  /// The whole study once more in a folder of its own.
  ///
  /// - Returns: nil when the run was asked to stop.
  func workers(_ run: StudyRun) throws -> [Row]? {
    var run = run
    let scratch = try scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: scratch.path) }
    announce("running all of it with \(run.workers) workers")
    run.results = scratch
    run.style = .none
    if try run.run().signal != nil { return nil }
    return try against(scratch, run.compiled.graph.orders, way: .workers).map { row in
      var row = row
      if row.verdict == .missing { row.detail = "it failed with \(run.workers) workers" }
      return row
    }
  }

  /// Whole trials in one process: everything that the item builds on is made anew in memory, and nothing
  /// is read from the store but to compare.
  ///
  /// - Parameter lists: the orders of each trial, inputs before their readers.
  func fromScratch(_ lists: [[WorkOrder]]) throws -> [Row] {
    // Trials share what they begin with; it is made once.
    var made: [Digest: ReplayBench] = [:]
    var run: [Digest: CommandReplay] = [:]
    var rows: [Row] = []
    let scratch =
      lists.joined().contains { $0.kind == CommandContract.kind } ? try scratchFolder() : nil
    defer { removeScratch(scratch) }
    for order in lists.joined() where made[order.identity] == nil && run[order.identity] == nil {
      if let scratch, order.kind == CommandContract.kind {
        rows.append(
          try compare(order, .fromScratch) { _ in
            announce("from scratch  \(order.label)")
            let parent = order.inputs.first.flatMap { run[$0.identity]?.state }
            let bench = try commandBench(order, in: scratch, parent: parent)
            let trace = try ItemTrace(
              running: order, on: bench, CommandSetting.surroundings(environment))
            run[order.identity] = bench
            return (trace, "")
          })
        continue
      }
      let bench = ReplayBench { name, file in
        guard let input = order.inputs.first(where: { $0.name == name }),
          let bytes = made[input.identity]?.files.first(where: { $0.name == file })?.bytes
        else {
          throw WorkFault(
            what: "'\(order.label)' reads '\(file)' of '\(name)', which was not made",
            why: "from scratch nothing is read from the store", help: "verify the study as a whole")
        }
        return bytes
      }
      rows.append(
        try compare(order, .fromScratch) { _ in
          announce("from scratch  \(order.label)")
          let trace = try ItemTrace(doing: order, on: bench)
          made[order.identity] = bench
          return (trace, "")
        })
    }
    return rows
  }

  // MARK: Commands

  private func commandBench(
    _ order: WorkOrder, in scratch: ResultsFolder, parent: String?,
    diesAfterCheckpoints: Bool = false
  ) throws -> CommandReplay {
    let here = FileManager.default.currentDirectoryPath
    let path = scratch.path.hasPrefix("/") ? scratch.path : "\(here)/\(scratch.path)"
    return try CommandReplay(
      in: "\(path)/\(order.identity.hex)", like: results.item(order.identity), parent: parent,
      diesAfterCheckpoints: diesAfterCheckpoints)
  }

  private func removeScratch(_ scratch: ResultsFolder?) {
    if let scratch { try? results.files.removeFolder(scratch.path) }
  }

  private static func remark(deaths: Int) -> String {
    deaths > 0 ? "killed \(deaths) time\(deaths == 1 ? "" : "s")" : ""
  }

  // MARK: Comparing

  private func compare(
    _ order: WorkOrder, _ way: VerificationWay?,
    with second: (ItemFolder) throws -> (trace: ItemTrace, remark: String)?,
    ifMissing: () -> String = { "" }
  ) throws -> Row {
    var row = Row(order: order, way: way, verdict: .missing, detail: "")
    do {
      let folder = results.item(order.identity)
      guard let mine = try ItemTrace(folder) else {
        row.detail = "not done in \(results.path)"
        return row
      }
      row.result = mine.digest
      guard let theirs = try second(folder) else {
        row.detail = ifMissing()
        return row
      }
      if mine.isOfOtherVersion(than: theirs.trace) {
        row.verdict = .older
        row.detail = "it was left by another version of the program, with other files"
        return row
      }
      let difference = mine.firstDifference(from: theirs.trace)
      row.verdict = difference == nil ? .same : .differs
      row.detail = difference ?? theirs.remark
    } catch let fault as StoreFault {
      row.detail = fault.what
    } catch let failure as CommandFailure {
      row.verdict = .differs
      row.detail = "it cannot be run again: \(failure.what)"
    } catch let fault as WorkFault {
      row.verdict = .differs
      row.detail = "it cannot be done again: \(fault.what)"
    } catch let diverged as TrainingDiverged {
      row.verdict = .differs
      row.detail = "step \(diverged.step): \(diverged.broken) is not a number when it is done again"
    }
    return row
  }

  /// A folder beside the items that goes when it was used; what a killed run left of one goes now.
  private func scratchFolder() throws -> ResultsFolder {
    for path in try Self.abandonedScratch(in: results) { try results.files.removeFolder(path) }
    return ResultsFolder("\(results.path)/\(Self.scratchPrefix)\(getpid())")
  }

  private static let scratchPrefix = "verifying-"

  /// Folders in which processes that are gone made items once more.
  static func abandonedScratch(in results: ResultsFolder) throws -> [String] {
    try results.files.names(in: results.path).filter { name in
      guard name.hasPrefix(scratchPrefix), let process = Int(name.dropFirst(scratchPrefix.count))
      else { return false }
      return ProcessMark.isGone(process)
    }.map { "\(results.path)/\($0)" }
  }
}
