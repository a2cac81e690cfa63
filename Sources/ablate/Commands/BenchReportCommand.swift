import Foundation
import Reporting
import Reproducibility
import ResultStatistics

/// `ablate bench-report`: how long the files of a large report take, from results in memory.
struct BenchReportCommand: Command {
  static let name = "bench-report"
  static let summary = "time the report of a made-up study: 200 cells, 10,000 trials, every format"
  static let usage = """
    ablate bench-report [options]
      --rounds N      reports that are timed; default: 5
      --json          the figures as JSON
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let rounds = try arguments.integer("--rounds", in: 1...1000) ?? 5
    let isJSON = arguments.flag("--json")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let results = ReportBench.results()
    var seconds: [Double] = []
    var files: [ReportFile] = []
    let clock = ContinuousClock()
    for _ in 0..<rounds {
      let time = clock.measure { files = StudyReport(results).files() }
      seconds.append(time / .seconds(1))
    }
    let scores = ReportBench.scores
    var value: Interval?
    let aggregate =
      clock.measure {
        value = StratifiedBootstrap(seed: Seed(1)).interval(of: .interquartileMean, scores)
      } / .seconds(1)
    let bytes = files.reduce(0) { $0 + $1.contents.utf8.count }
    let median = seconds.sorted()[rounds / 2]
    if isJSON {
      let figures: JSONValue = [
        "seconds": .array(seconds.map { .number($0) }), "median": .number(median),
        "files": JSONValue(files.count), "bytes": JSONValue(bytes),
        "interquartile_mean_seconds": .number(aggregate),
      ]
      terminal.output(figures.pretty)
    } else {
      terminal.output(
        "\(results.arms.count * results.measures.count) cells, "
          + "\(results.arms.count * results.seeds.count) trials, \(files.count) files, "
          + "\(byteText(bytes)): \(NumberText.fixed(median, digits: 3)) s "
          + "[\(NumberText.fixed(seconds.min() ?? 0, digits: 3)) to "
          + "\(NumberText.fixed(seconds.max() ?? 0, digits: 3))]")
      terminal.output(
        "interquartile mean, 10 seeds × 26 tasks, 50,000 draws: \(NumberText.fixed(aggregate, digits: 3)) s"
          + (value == nil ? ", no interval" : ""))
    }
    return .well
  }
}
