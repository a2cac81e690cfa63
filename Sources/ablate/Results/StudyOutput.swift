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
  let report: StudyReport

  init(request: StudyRequest, compiled: CompiledStudy, terminal: Terminal) throws {
    self.request = request
    self.compiled = compiled
    self.terminal = terminal
    results = try ResultReader(compiled, request: request).read()
    report = StudyReport(results)
  }

  /// Whether there is a number to report. A report of nothing would only replace one of something.
  var hasMeasurements: Bool { results.hasMeasurements }

  /// Whether every trial that the study asks for has answered.
  var isWhole: Bool {
    results.arms.allSatisfy {
      $0.trials.allSatisfy { $0.observations.allSatisfy { $0.isAnswered || !$0.isPlanned } }
    }
  }

  var folder: String { "\(request.reports)/\(compiled.study.name)" }

  /// The report's files, as ``writeReport()`` writes them.
  var files: [ReportFile] { report.files() }

  /// Says what is to be known before any number is believed.
  func sayWarnings() { for warning in results.warnings { terminal.error(warning.text) } }

  /// Writes every file of the report and removes what an older report left of its kinds.
  func writeReport() throws {
    let written = report.files()
    let kept = Set(written.map(\.path))
    let files = LocalFileSystem()
    do throws(StoreFault) {
      try files.makeFolder(folder)
      try files.removeAbandonedDrafts(in: folder)
      let figures = StudyReport.figureFolder
      try files.makeFolder("\(folder)/\(figures)")
      try files.removeAbandonedDrafts(in: "\(folder)/\(figures)")
      for file in written {
        try files.replace("\(folder)/\(file.path)", with: Array(file.contents.utf8))
      }
      let names =
        try files.names(in: folder)
        + files.names(in: "\(folder)/\(figures)").map { "\(figures)/\($0)" }
      for name in names
      where !kept.contains(name) && [".svg", ".csv", ".html"].contains(where: name.hasSuffix) {
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
    if let claims = report.analysis.claimTable {
      terminal.output(ConsoleRenderer(usesANSI: terminal.usesANSI).render(claims))
    }
    if isQuiet { return }
    if let caution = report.analysis.caution { terminal.error("  \(caution)") }
    terminal.error(
      "  Report: \(folder)/README.md · results: \(request.results.path)/ · again: \(request.command("run"))"
    )
  }

  /// Every cell of the table as JSON.
  var json: JSONValue {
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
    return [
      "study": .string(results.name), "report": .string("\(folder)/README.md"),
      "arms": .array(arms), "claims": .array(analysis.claims.map(\.json)),
    ]
  }
}
