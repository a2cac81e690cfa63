import Diagnostics
import Foundation
import PolicyTrainer
import RunStore
import StudyLanguage

/// `ablate init [NAME]`: a study that runs as it is, to begin from.
struct InitCommand: Command {
  static let name = "init"
  static let summary = "write a small study that runs as it is, to begin from"
  static let usage = """
    ablate init [NAME]
      NAME            the study's name; it is written to \(folder)/NAME.\(StarterStudy.suffix);
                      default: \(standardName)
    """

  private static let folder = "ablations"
  private static let standardName = "first-study"

  func run(_ arguments: Arguments) throws -> ExitCode {
    let name = arguments.next() ?? Self.standardName
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let path = "\(Self.folder)/\(name).\(StarterStudy.suffix)"
    let text = StarterStudy.text(name: name, isCommented: StarterStudy.suffix != "json")
    // The reader itself says whether the name will do, before anything is written.
    let file = UnwrittenFile(path: path, bytes: Array(text.utf8))
    let inspection = try StudyInspection(path, files: file)
    if let fault = inspection.findings.diagnostics.first {
      throw CommandFault(what: fault.what, why: fault.why, help: fault.help)
    }
    try write(file)
    terminal.output(
      """
      \(inspection.summary(isStrict: true))
      It trains for seconds. Next:
        ./ablate validate \(path)
        ./ablate run \(path)
      """)
    return .well
  }

  private func write(_ file: UnwrittenFile) throws(CommandFault) {
    let files = LocalFileSystem()
    let isNew: Bool
    do {
      try files.makeFolder(Self.folder)
      isNew = try files.create(file.path, with: file.bytes, .durable)
    } catch {
      throw CommandFault(
        what: error.what,
        why: "a study is a file in the folder '\(Self.folder)', which is made here",
        help: "mend that, or give the command in another folder", exit: .runFailed)
    }
    if isNew { return }
    throw CommandFault(
      what: "there is \(file.path) already",
      why: "a study that somebody wrote is never overwritten",
      help: "choose another name: ablate init second-study")
  }
}

/// A file that is not on the disk yet.
private struct UnwrittenFile: FileReading {
  let path: String
  let bytes: [UInt8]

  func read(_ path: String) throws(FileFault) -> [UInt8] {
    guard path == self.path else { throw .missing }
    return bytes
  }
}
