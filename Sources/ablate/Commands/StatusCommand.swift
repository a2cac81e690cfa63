import Foundation
import Reporting
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// `ablate status STUDY`: how far it is, also while another process runs it.
struct StatusCommand: Command {
  static let name = "status"
  static let summary = "how far a study is, also while it runs"
  static let usage = """
    ablate status STUDY [options]
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let request = try StudyRequest(arguments)
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let compiled = try request.compile()
    let plan = try RunPlan(compiled.graph, in: request.results, wanted: compiled.reported)
    var counts: [(word: String, count: Int)] = []
    for entry in plan.entries {
      let word = entry.state.word
      if let place = counts.firstIndex(where: { $0.word == word }) {
        counts[place].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    let words = counts.map { "\($0.count) \($0.word)" }.joined(separator: " · ")
    terminal.output("\(compiled.study.name): \(words)")
    for entry in plan.entries where !entry.isDone {
      let folder = request.results.item(entry.identity)
      switch entry.state {
      case .running:
        let progress = folder.progress()
        let step = progress.map { "step \($0.step) of \($0.of)" } ?? "just begun"
        let reward = progress?.reward.map { ", reward \(Double(Int($0 * 100)) / 100)" } ?? ""
        terminal.output("  running  \(entry.order.label): \(step)\(reward)")
      case .failed(let failure):
        terminal.output("  failed   \(entry.order.label): \(failure.what)")
        terminal.output("    help: \(failure.help)")
      case .damaged(let reason):
        terminal.output("  damaged  \(entry.order.label): \(reason)")
      default: break
      }
    }
    return .well
  }
}
