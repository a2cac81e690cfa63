import Diagnostics
import Foundation
import Reporting
import Reproducibility
import RunStore

/// `ablate explain STUDY CELL`: what stands behind a number.
struct ExplainCommand: Command {
  static let name = "explain"
  static let summary = "what stands behind a number: its seeds, spread, settings, comparison, items"
  static let usage = """
    ablate explain STUDY CELL [options]
      STUDY           a study file, or the folder of its report
      CELL            'ARM, MEASURE'; a macro of numbers.tex; or 'claim N'
      --json          the same as JSON
      \(StudyRequest.resultsOption)
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    let place = try arguments.single("study file")
    var words = [try arguments.single("cell")]
    while let word = arguments.next() { words.append(word) }
    try arguments.finish()
    let request = StudyRequest(path: try study(of: place), results: results)
    let analysis = try request.analysis()
    let reference: CellReference
    do throws(CellReference.Fault) {
      reference = try CellReference(words.joined(separator: " "), in: analysis)
    } catch {
      throw fault(error, request)
    }
    let explanation = Explanation(reference.subject, of: analysis)
    Terminal(environment: ProcessInfo.processInfo.environment).output(
      isJSON ? explanation.json.pretty : explanation.text)
    return .well
  }

  /// The study file that a report was made from, as its `numbers.tex` says.
  private func study(of place: String) throws -> String {
    let files = LocalFileSystem()
    guard try files.status(of: place)?.isFolder == true else { return place }
    let bytes = try files.contents(of: "\(place)/numbers.tex") ?? []
    guard let numbers = NumbersFile(reading: String(decoding: bytes, as: UTF8.self)),
      let study = numbers.command.split(separator: " ", maxSplits: 2).last
    else {
      throw CommandFault(
        what: "'\(place)' is not the folder of a report",
        why: "a report names its study in numbers.tex",
        help: "name the study file; ablate report STUDY writes its report")
    }
    return String(study)
  }

  private func fault(_ fault: CellReference.Fault, _ request: StudyRequest) -> CommandFault {
    func listed(_ names: [String]) -> String {
      names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
    func suggestion(_ word: String, _ names: [String], _ otherwise: String) -> String {
      Suggestion.closest(to: word, among: names).map { "did you mean '\($0)'?" } ?? otherwise
    }
    switch fault {
    case .unknownArm(let word, let arms):
      return CommandFault(
        what: "the study has no arm '\(word)'", why: "its arms are \(listed(arms))",
        help: suggestion(word, arms, "write a cell as 'ARM, MEASURE'"))
    case .unknownMeasure(let word, let measures):
      return CommandFault(
        what: "the study has no measure '\(word)'", why: "its measures are \(listed(measures))",
        help: suggestion(word, measures, "write a cell as 'ARM, MEASURE'"))
    case .unknownMacro(let word, let macros):
      return CommandFault(
        what: "no number is called '\\\(word)'",
        why: "the study has \(macros.count) numbers; numbers.tex of its report lists them",
        help: suggestion(word, macros, request.command("report")))
    case .noSuchClaim(let word, let count):
      return CommandFault(
        what: "the study has no '\(word)'",
        why: count == 0 ? "it makes no claims" : "its claims are numbered from 1 to \(count)",
        help: count == 0 ? "write one: docs/study-format.md#claims" : "write 'claim 1'")
    case .ambiguous(let word, let cells):
      return CommandFault(
        what: "'\(word)' may be \(cells.count) cells", why: "they are \(listed(cells))",
        help: "write one of them: '\(cells[0])'")
    }
  }
}
