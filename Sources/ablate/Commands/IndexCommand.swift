import Foundation
import RunStore

/// `ablate index --rebuild`: makes the index anew from the item folders.
struct IndexCommand: Command {
  static let name = "index"
  static let summary = "bring results/ablate.sqlite up to date, or make it anew"
  static let usage = """
    ablate index [options]
      --rebuild       make the index anew from the item folders
      --results DIR   where work items are kept; default: results
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let rebuilds = arguments.flag("--rebuild")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    guard try results.files.exists(results.path) else {
      throw CommandFault(
        what: "there is no results folder '\(results.path)'",
        why: "an index describes the items of a folder",
        help: "ablate run STUDY makes it; or name another with --results")
    }
    let (index, made) = try ResultIndex.openOrRebuild(results)
    let summary = try made ?? (rebuilds ? index.rebuild() : index.refresh())
    for damage in summary.damage { terminal.error("damaged: \(damage)") }
    terminal.output("\(results.indexPath) describes \(try results.identities().count) items")
    return .well
  }
}
