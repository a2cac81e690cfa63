import AblateBench
import Foundation
import Reproducibility
import RunStore

/// `ablate bench-coverage`: how often the intervals of reports hold the truth, over synthetic studies.
struct BenchCoverageCommand: Command {
  static let name = "bench-coverage"
  static let summary = "measure how often intervals hold the truth, over synthetic studies"
  static let usage = """
    ablate bench-coverage [options]
      --studies N     of each kind; default: 4000
      -j N            threads; the figures do not depend on it; default: one for each core
      --write FILE    write the page to FILE (the project's is docs/coverage.md)
      --json          the figures as JSON
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let studies = try arguments.integer("--studies", in: 1...1_000_000) ?? 4000
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let threads = try arguments.integer("-j", "--threads", in: 1...1024) ?? cores
    let written = try arguments.value("--write")
    let isJSON = arguments.flag("--json")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let bench = CoverageBench(studies: studies, threads: threads)
    var figures: [CoverageFigure] = []
    for (index, name) in CoverageCase.all.enumerated() {
      terminal.error(
        "\(index + 1) of \(CoverageCase.all.count): \(name.method), \(name.study), \(name.size)")
      figures.append(bench.measure(name))
    }
    let report = CoverageReport(figures, studies: studies)
    if let written { try LocalFileSystem().replace(written, with: Array(report.page.utf8)) }
    if isJSON { terminal.output(report.json.pretty) }
    if written == nil && !isJSON { terminal.output(report.page) }
    return .well
  }
}
