import Reporting
import Reproducibility
import ResultStatistics
import RunStore
import StudyLanguage

/// The file of a study's accepted values. Nothing but ``accept(_:_:)`` writes it.
struct AcceptedFile {
  let study: Study
  let request: StudyRequest
  private let files = LocalFileSystem()

  init(study: Study, request: StudyRequest) {
    self.study = study
    self.request = request
  }

  var path: String { request.acceptedPath(study.name) }

  /// What was accepted before; nil when nothing was.
  func read() throws -> AcceptedResults? {
    guard let bytes = try files.contents(of: path) else { return nil }
    do {
      return try AcceptedResults(json: JSONValue(parsing: bytes), of: study.name)
    } catch let fault as ExpectationFault {
      throw unreadable(
        "\(fault)", isNewer: { if case .newerFormat = fault { true } else { false } }())
    } catch {
      throw unreadable("\(error)", isNewer: false)
    }
  }

  private func unreadable(_ what: String, isNewer: Bool) -> CommandFault {
    CommandFault(
      what: "'\(path)' cannot be used: \(what)",
      why: "it holds numbers that somebody accepted and excuses that somebody wrote",
      help: isNewer
        ? "check with the version of ablate that wrote it"
        : "restore it, or remove it and accept anew: \(request.command("check", "--accept"))")
  }

  /// Records the results, and says what they change.
  func accept(_ results: StudyResults, _ terminal: Terminal) throws -> ExitCode {
    let before = try read()
    let accepted: AcceptedResults
    do {
      // Excuses are written by people; new numbers do not take them away.
      accepted = try AcceptedResults(
        results, tolerances: study.checkTolerances, excuses: before?.excuses ?? [])
    } catch {
      guard case .holes = error else { throw error }
      let failed = results.arms.flatMap(\.trials).flatMap(\.observations).contains {
        $0.hole.map { $0.kind != .missing } ?? false
      }
      throw CommandFault(
        what: error.description, why: "a later check could not tell a hole from a loss",
        help: failed
          ? "\(request.command("status")) says what failed; again: \(request.command("retry"))"
          : request.command("run"),
        exit: failed ? .runFailed : .wrongRequest)
    }
    try files.makeFolder(request.acceptedFolder)
    try files.replace(path, with: Array((accepted.json.pretty + "\n").utf8))
    let changes = before.map { accepted.changeLines(since: $0) } ?? []
    terminal.output(
      (["accepted: \(path); look at its diff before you commit it"] + changes.map { "  \($0)" })
        .joined(separator: "\n"))
    return .well
  }
}
