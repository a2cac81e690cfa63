import Diagnostics
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

  /// - Throws: what is no fault of a file.
  init(_ path: String, files: some FileReading) throws {
    self.path = path
    var found: [Diagnostic] = []
    var compiled: CompiledStudy?
    do {
      let study = try StudyReader(files: files, recipe: Recipe.schema).read(path)
      found = study.warnings
      let whole = try CompiledStudy(study, files: files)
      try MeasureReading.check(whole)
      compiled = whole
    } catch let faults as DiagnosticReport {
      found += faults.diagnostics
    }
    findings = DiagnosticReport(found, first: path)
    self.compiled = compiled
  }

  /// - Parameter isStrict: whether a warning is a fault.
  func isWell(isStrict: Bool) -> Bool {
    isStrict ? findings.diagnostics.isEmpty : !findings.hasErrors
  }

  /// `ablations/mixing.json: well: 3 arms × 10 seeds = 30 trials`, or how many faults it has.
  func summary(isStrict: Bool) -> String {
    guard let compiled, isWell(isStrict: isStrict) else { return "\(path): \(findings.count)" }
    let warnings = findings.diagnostics.isEmpty ? "" : ", \(findings.count)"
    return "\(path): well: \(compiled.size)\(warnings)"
  }
}
