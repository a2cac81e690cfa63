import Foundation
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate export STUDY`: one file with everything that its report is made of, or a folder for another tool.
struct ExportCommand: Command {
  static let name = "export"
  static let summary = "put a study and its results into one archive, or into what other tools read"
  static let usage = """
    ablate export STUDY [options]
      --to FILE       .tar, .tar.gz or .tar.xz; default: the study's name and .tar; one that is there is replaced
      --without-weights  a tenth of the size: all that a report is made of, not what training could go on from
      --json          what went into it as JSON
      \(StudyRequest.resultsOption)
      in it: the study file with all that it reads, its items, note, certificate, claims, accepted values, report

      --to \(TrackingFormat.allCases.map(\.rawValue).joined(separator: "|"))  a folder for that tool; docs/tracking.md
      --into FOLDER   default: the study's name and the tool's; one that an export wrote is replaced
      --without-times every time is 0: equal results give equal bytes, however long they took
      in it: every trial with its variants, seed, settings, identities, state, and each measurement by step
    """

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isJSON = arguments.flag("--json")
    let leavesWeights = arguments.flag("--without-weights")
    let leavesTimes = arguments.flag("--without-times")
    let target = try arguments.value("--to")
    let folder = try arguments.value("--into")
    let request = try StudyRequest(arguments)
    try arguments.finish()
    if folder?.isEmpty == true { throw arguments.fault("'--into' needs a folder") }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    if let format = target.flatMap(TrackingFormat.init) {
      if leavesWeights {
        throw arguments.fault(
          "'--without-weights' is of an archive; '--to \(format)' has no weights")
      }
      let export = TrackingExport(
        request: request, format: format, folder: folder, hasTimes: !leavesTimes)
      export.tell(try export.write(), on: terminal, isJSON: isJSON)
      return .well
    }
    try refuseOptionsOfTools(arguments, folder: folder, leavesTimes: leavesTimes, target)
    return try archive(
      request, to: target, leavesWeights: leavesWeights, isJSON: isJSON, terminal)
  }

  private func refuseOptionsOfTools(
    _ arguments: Arguments, folder: String?, leavesTimes: Bool, _ target: String?
  ) throws {
    let tools = TrackingFormat.allCases.map(\.rawValue)
    if let target, !Tar.kinds.contains(where: { target.hasSuffix($0.suffix) }) {
      throw arguments.fault(
        "'--to \(target)' is none of \(tools.joined(separator: ", ")) and ends neither in .tar nor in "
          + ".tar.gz or .tar.xz, and would be replaced", near: target, among: tools)
    }
    let given = [folder.map { _ in "--into" }, leavesTimes ? "--without-times" : nil]
    for case let name? in given {
      throw arguments.fault(
        "'\(name)' goes with '--to \(tools.joined(separator: "|"))', and an archive is a file")
    }
  }

  private func archive(
    _ request: StudyRequest, to target: String?, leavesWeights: Bool, isJSON: Bool,
    _ terminal: Terminal
  ) throws -> ExitCode {
    let archive = try target ?? "\(request.read().name).tar"
    let summary = try StudyExport(
      request: request, terminal: terminal, leavesWeights: leavesWeights
    ).write(to: archive)
    let bytes = try LocalFileSystem().status(of: archive)?.bytes ?? 0
    if isJSON {
      terminal.output(
        JSONValue.object([
          "study": .string(summary.study), "archive": .string(archive), "bytes": JSONValue(bytes),
          "items": JSONValue(summary.items), "left_out": JSONValue(summary.left),
        ]).pretty)
      return .well
    }
    terminal.output("\(archive): \(summary.items) items, \(byteText(bytes))")
    if summary.left > 0 {
      terminal.error("left out: \(summary.left) items that have no result yet")
    }
    terminal.error("  on the other machine: ./ablate import \(archive)")
    return .well
  }
}
