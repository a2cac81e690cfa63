import Foundation
import Reporting
import Reproducibility
import ResultStatistics
import RunStore
import StudyLanguage

/// What leaves a study: the report's files, and the table on the screen.
struct StudyOutput {
  let request: StudyRequest
  let compiled: CompiledStudy
  let terminal: Terminal
  private let results: StudyResults
  private let report: StudyReport

  init(request: StudyRequest, compiled: CompiledStudy, terminal: Terminal) throws {
    self.request = request
    self.compiled = compiled
    self.terminal = terminal
    results = try ResultReader(compiled, request: request).read()
    report = StudyReport(results)
  }

  /// Whether there is a number to report. A report of nothing would only replace one of something.
  var hasMeasurements: Bool {
    results.arms.contains { $0.trials.contains { $0.observations.contains { $0.value != nil } } }
  }

  /// Whether every measure of every trial has its number.
  var isWhole: Bool {
    results.arms.allSatisfy {
      $0.trials.allSatisfy { $0.observations.allSatisfy { $0.value != nil } }
    }
  }

  var folder: String { "\(request.reports)/\(compiled.study.name)" }

  /// Writes every file of the report and removes what an older report left of its kinds.
  func writeReport() throws {
    let written = report.files()
    let kept = Set(written.map(\.path))
    let files = LocalFileSystem()
    do throws(StoreFault) {
      try files.makeFolder(folder)
      try files.removeAbandonedDrafts(in: folder)
      for file in written {
        try files.replace("\(folder)/\(file.path)", with: Array(file.contents.utf8))
      }
      for name in try files.names(in: folder)
      where !kept.contains(name) && (name.hasSuffix(".svg") || name.hasSuffix(".csv")) {
        try files.remove("\(folder)/\(name)")
      }
    } catch {
      throw CommandFault(
        what: error.what, why: "a report is a folder of files; the results are kept all the same",
        help: "mend the path or name another folder with --reports: \(request.command("report"))",
        exit: .runFailed)
    }
  }

  /// The table on standard output, with a word of caution and where to find more on standard error.
  func printTable(isQuiet: Bool) {
    let table = report.analysis.scoreTable(showsPaper: false)
    terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(table))
    if isQuiet { return }
    if let caution = report.analysis.caution { terminal.error("  \(caution)") }
    terminal.error(
      "  Report: \(folder)/README.md · results: \(request.results.path)/ · again: \(request.command("run"))"
    )
  }

  /// Every cell of the table as JSON.
  func printJSON() {
    let analysis = report.analysis
    let arms = results.arms.indices.map { arm -> JSONValue in
      let cells = results.measures.indices.map { measure -> (String, JSONValue) in
        let estimate = analysis.estimates[arm][measure]
        var cell: JSONObject = [
          "n": JSONValue(estimate.count), "planned": JSONValue(estimate.planned),
          "mean": estimate.mean.map { .number($0) } ?? .null,
          "standard_deviation": estimate.standardDeviation.map { .number($0) } ?? .null,
          "interval": estimate.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null,
        ]
        if let judged = analysis.comparisons[arm][measure] {
          cell["difference"] = judged.comparison.difference.map { .number($0) } ?? .null
          cell["difference_interval"] =
            judged.comparison.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null
          cell["verdict"] = .string(judged.verdict.rawValue)
        }
        return (results.measures[measure].name, .object(cell))
      }
      return ["arm": .string(results.arms[arm].label), "measures": .object(JSONObject(cells))]
    }
    terminal.output(
      JSONValue.object([
        "study": .string(results.name), "report": .string("\(folder)/README.md"),
        "arms": .array(arms),
      ]).pretty)
  }
}
