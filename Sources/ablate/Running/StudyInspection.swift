import Diagnostics
import Foundation
import PolicyTrainer
import StudyLanguage

/// Everything that can be found out about a study without running it. Nothing is written.
struct StudyInspection {
  /// As it was named.
  let path: String
  /// Errors and warnings of the study, its recipe and its problem files.
  let findings: DiagnosticReport
  /// nil when there are errors.
  let compiled: CompiledStudy?

  /// - Parameter programPath: the folders in which programs of commands are looked for, as `PATH` has them;
  ///   nil does not look.
  /// - Throws: what is no fault of a file.
  init(_ path: String, files: some FileReading, programPath: String? = nil) throws {
    self.path = path
    var found: [Diagnostic] = []
    var compiled: CompiledStudy?
    do {
      let study = try StudyReader(files: files).read(path)
      found = study.warnings
      let whole = try CompiledStudy(study, files: files)
      found = whole.warnings
      try MeasureReading.check(whole)
      _ = try PaperCurveFile.figures(of: study, files: files)
      found += Self.warnings(ofPrograms: whole.commands?.programs ?? [], path: programPath)
      compiled = whole
    } catch let faults as DiagnosticReport {
      found += faults.diagnostics
    }
    findings = DiagnosticReport(found, first: path)
    self.compiled = compiled
  }

  /// Programs that a command names and this machine does not have: another one may.
  private static func warnings(
    ofPrograms programs: [(name: String, span: SourceSpan?)], path: String?
  ) -> [Diagnostic] {
    guard let path else { return [] }
    let folders = path.split(separator: ":")
    return programs.compactMap { program in
      guard let span = program.span, !program.name.contains("/"), !program.name.contains("{"),
        !folders.contains(where: {
          FileManager.default.isExecutableFile(atPath: "\($0)/\(program.name)")
        })
      else { return nil }
      return Diagnostic(
        "no program '\(program.name)' is in PATH", severity: .warning, at: span,
        why: "the command cannot start on this machine; the one that runs it may have it",
        help: "install it where the study is run, or correct the name")
    }
  }

  /// - Parameter isStrict: whether a warning is a fault.
  func isWell(isStrict: Bool) -> Bool {
    isStrict ? findings.diagnostics.isEmpty : !findings.hasErrors
  }

  /// `ablations/mixing.json: well: 3 arms × 10 seeds = 30 trials`, or how many faults it has.
  func summary(isStrict: Bool) -> String {
    guard let compiled, isWell(isStrict: isStrict) else { return "\(path): \(findings.count)" }
    let warnings = findings.diagnostics.isEmpty ? "" : ", \(findings.count)"
    return "\(path): well: \(compiled.study.countText)\(warnings)"
  }
}
