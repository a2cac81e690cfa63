import Foundation
import PolicyTrainer
import RunStore
import StudyLanguage

/// What every command about a study is asked: which one, and where results and reports are.
struct StudyRequest {
  static let options = """
    --results DIR   where work items are kept; default: results
      --reports DIR   where reports are written; default: Reports
    """

  let path: String
  let results: ResultsFolder
  let reports: String

  init(_ arguments: Arguments) throws {
    results = ResultsFolder(try arguments.value("--results") ?? "results")
    reports = try arguments.value("--reports") ?? "Reports"
    path = try arguments.single("study file")
  }

  func compile() throws -> CompiledStudy {
    let files = DiskFiles()
    let study = try StudyReader(files: files, recipe: Recipe.schema).read(path)
    let compiled = try CompiledStudy(study, files: files)
    // A measure that nobody can read must not be found out when all has been run.
    try MeasureReading.check(study.measures, of: compiled)
    return compiled
  }

  /// Where accepted values lie, a file for each study.
  var acceptedFolder: String { "\(results.path)/accepted" }
  func acceptedPath(_ study: String) -> String { "\(acceptedFolder)/\(study).json" }

  /// The command that runs the study again, as it would be typed.
  var command: String {
    var words = ["./ablate", "run", path]
    if results.path != "results" { words += ["--results", results.path] }
    if reports != "Reports" { words += ["--reports", reports] }
    return words.joined(separator: " ")
  }
}
