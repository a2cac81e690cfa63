import Reproducibility
import StudyLanguage
import TrackingFormats

/// Writes what a study measured as files that a tracking tool reads.
struct TrackingExport {
  let request: StudyRequest
  let format: TrackingFormat
  /// nil for the study's name with the format's.
  let folder: String?
  let hasTimes: Bool

  struct Summary {
    var folder: String
    var bytes: Int
    var study: TrackedStudy

    /// Trials that have no end, by what keeps them from it.
    var open: [(state: TrackedTrial.State, count: Int)] {
      TrackedTrial.State.allCases.filter { $0 != .finished }.map { state in
        (state, study.trials.count { $0.state == state })
      }.filter { $0.count > 0 }
    }
  }

  func write() throws -> Summary {
    let compiled = try request.compile()
    let name = compiled.study.name
    let target = TrackingFolder(folder ?? "\(name)-\(format.rawValue)")
    try target.check()
    let study = try TrackedStudy(compiled, in: request.results, hasTimes: hasTimes)
    guard study.measurements > 0 else {
      throw CommandFault(
        what: "nothing of study '\(name)' has been measured",
        why: "an export holds what was run", help: request.command("run"), exit: .runFailed)
    }
    let bytes = try target.replace(format, of: name) { try format.write(study, $0) }
    return Summary(folder: target.path, bytes: bytes, study: study)
  }

  /// What went where, on standard output; what is not whole and what to type next, on standard error.
  func tell(_ summary: Summary, on terminal: Terminal, isJSON: Bool) {
    let study = summary.study
    if isJSON {
      return terminal.output(
        JSONValue.object([
          "study": .string(study.name), "to": .string(format.rawValue),
          "folder": .string(summary.folder), "bytes": JSONValue(summary.bytes),
          "trials": JSONValue(study.trials.count), "measurements": JSONValue(study.measurements),
          "without_end": .object(
            JSONObject(summary.open.map { ($0.state.rawValue, JSONValue($0.count)) })),
        ]).pretty)
    }
    terminal.output(
      "\(summary.folder): \(countText(study.trials.count, "trial")), "
        + "\(countText(study.measurements, "measurement")), \(byteText(summary.bytes))")
    if !summary.open.isEmpty {
      let count = summary.open.reduce(0) { $0 + $1.count }
      let kinds = summary.open.map { "\($0.count) \($0.state.rawValue)" }.joined(separator: ", ")
      terminal.error(
        "  \(countText(count, "trial")) without an end: \(kinds); "
          + "what their finished items measured is there")
    }
    terminal.error("  to open it: \(format.opening(summary.folder))")
  }
}
