import Foundation
import PolicyTrainer
import RunStore
import StudyLanguage

/// What every command about a study is asked: which one, and where results and reports are.
struct StudyRequest {
  static let resultsOption = "--results DIR   where work items are kept; default: results"
  /// Of the commands that write reports.
  static let options = """
    \(resultsOption)
      --reports DIR   where reports are written; default: Reports
    """

  let path: String
  let results: ResultsFolder
  let reports: String

  /// - Parameter writesReports: whether the command asks where reports go.
  init(_ arguments: Arguments, writesReports: Bool = false) throws {
    results = ResultsFolder(try arguments.value("--results") ?? "results")
    reports = writesReports ? try arguments.value("--reports") ?? "Reports" : "Reports"
    path = try arguments.single("study file")
  }

  init(path: String, results: ResultsFolder, reports: String = "Reports") {
    (self.path, self.results, self.reports) = (path, results, reports)
  }

  /// For commands that speak of the whole store when no study is named.
  static func ifNamed(_ arguments: Arguments) throws -> (study: Self?, results: ResultsFolder) {
    let results = ResultsFolder(try arguments.value("--results") ?? "results")
    return (arguments.next().map { Self(path: $0, results: results) }, results)
  }

  static func read(_ path: String) throws -> Study {
    try StudyReader(files: DiskFiles()).read(path)
  }

  func read() throws -> Study { try Self.read(path) }

  func count() throws -> StudyCount {
    try StudyReader(files: DiskFiles()).count(path)
  }

  /// - Parameter files: where the study is read from with all that it reads.
  func compile(_ files: some FileReading = DiskFiles()) throws -> CompiledStudy {
    let study = try StudyReader(files: files).read(path)
    let compiled = try CompiledStudy(study, files: files)
    // A measure that nobody can read must not be found out when all has been run.
    try MeasureReading.check(compiled)
    _ = try PaperCurveFile.figures(of: study, files: files)
    return try compiled.asked(in: results)
  }

  /// Where accepted values lie, a file for each study.
  var acceptedFolder: String { "\(results.path)/accepted" }
  func acceptedPath(_ study: String) -> String { "\(acceptedFolder)/\(study).json" }

  /// A command about this study and these results, as it would be typed.
  func command(_ verb: String, _ options: String...) -> String {
    var words = ["./ablate", verb, path] + options
    if results.path != "results" { words += ["--results", results.path] }
    if reports != "Reports" { words += ["--reports", reports] }
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// A word that a shell takes as one.
  static func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "_./=-".contains($0))
    }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// The study's path as a report may show it: the same however it was typed.
  var reportedPath: String {
    Self.pathFromHere(path) ?? URL(fileURLWithPath: path).lastPathComponent
  }

  /// A path without detours from the working folder; nil when it does not lie in it.
  static func pathFromHere(_ path: String) -> String? {
    let folder = FileManager.default.currentDirectoryPath
    let full = URL(fileURLWithPath: path).standardizedFileURL.path
    return full.hasPrefix(folder + "/") ? String(full.dropFirst(folder.count + 1)) : nil
  }
}
