import Diagnostics
import ReasoningTasks
import StudyLanguage

/// A problem file that was read and found to be in order.
struct CheckedProblems {
  let bytes: [UInt8]
  let problems: [Problem]

  /// - Throws: ``DiagnosticReport`` with every fault of the file, each at its line and column.
  init(_ path: String, files: any FileReading) throws {
    do {
      bytes = try files.read(path)
    } catch {
      throw DiagnosticReport([
        Diagnostic(
          "there is no problem file to read: \(path)", at: .file(path),
          why: "a pool or a suite is to be taken from it",
          help: "look at the spelling; the path is relative to the study file")
      ])
    }
    do {
      problems = try ProblemFile.read(bytes, name: path)
    } catch {
      let source = SourceText(name: path, bytes: bytes)
      throw DiagnosticReport(
        error.faults.map {
          Diagnostic(
            $0.reason.what, at: SourceSpan(source, $0.range), why: $0.reason.why,
            help: $0.reason.help)
        })
    }
  }
}
