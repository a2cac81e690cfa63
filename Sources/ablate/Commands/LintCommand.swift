import Diagnostics
import Foundation
import Reporting
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate lint PAPER.tex`: do the numbers of a text agree with the results, and will they the next time?
struct LintCommand: Command {
  static let name = "lint"
  static let summary = "find numbers in a paper that are stale, typed by hand or rounded otherwise"
  static let usage = """
    ablate lint PAPER.tex [STUDY...] [options]
      PAPER.tex       its main file; what it reads with \\input and \\include is read too
      STUDY           study files whose numbers it quotes; or in the paper: % ablate: ../ablations/study.json
      --json          the findings as JSON
      \(StudyRequest.resultsOption)
      exit: 0 nothing was found · 1 something was
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let path = try arguments.single("paper")
    var named: [String] = []
    while let study = arguments.next() { named.append(study) }
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let paper = try Paper(path)
    let studies = (named + paper.studies).map { StudyRequest.pathFromHere($0) ?? $0 }.uniqued
    let requests = studies.map { StudyRequest(path: $0, results: results) }
    guard !requests.isEmpty else {
      throw CommandFault(
        what: "'\(path)' names no study", why: "its numbers are compared with those of a study",
        help: "ablate lint \(path) STUDY, or a line in it: % ablate: ablations/study.json")
    }
    for file in paper.missing { terminal.error("not looked at: '\(file)' is not there") }
    let analyses = try requests.map { try $0.analysis() }
    let check = PaperCheck(present: analyses, committed: paper.numbers)
    let report = requests.map { $0.command("report") }.joined(separator: "; ")
    let found = paper.files.flatMap { file in
      check.findings(in: file.text).map { (file.source, $0) }
    }
    if isJSON {
      terminal.output(json(path, analyses, found).pretty)
    } else if !found.isEmpty {
      let diagnostics = found.map { source, finding in
        finding.diagnostic(in: source, known: check.macros, report: report)
      }
      terminal.output(DiagnosticReport(diagnostics, first: path).description)
    }
    return found.isEmpty ? .well : .checkFailed
  }

  private func json(
    _ path: String, _ analyses: [StudyAnalysis], _ found: [(SourceText, PaperFinding)]
  ) -> JSONValue {
    [
      "paper": .string(path), "studies": .array(analyses.map { .string($0.results.name) }),
      "findings": .array(
        found.map { source, finding in
          let place = SourceSpan(source, finding.range).position
          return [
            "file": .string(source.name), "line": JSONValue(place.line),
            "column": JSONValue(place.column), "kind": .string(finding.kind),
            "text": .string(finding.text), "macros": .array(finding.macros.map { .string($0) }),
          ]
        }),
    ]
  }
}

extension StudyRequest {
  /// The present numbers of the study.
  ///
  /// - Throws: ``CommandFault`` when there are none.
  func analysis() throws -> StudyAnalysis {
    let results = try ResultReader(compile(), request: self).read()
    guard results.hasMeasurements else {
      throw CommandFault(
        what: "nothing of study '\(results.name)' has been measured",
        why: "numbers are read from what was run", help: command("run"))
    }
    return StudyReport(results).analysis
  }
}
