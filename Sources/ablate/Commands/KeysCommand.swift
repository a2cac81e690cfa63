import CommandTrainer
import Foundation
import PolicyTrainer
import RunStore
import StudyLanguage

/// `ablate keys`: every key of a study and its recipe, from the one table that the reader uses too.
struct KeysCommand: Command {
  static let name = "keys"
  static let summary = "every key of a study and its recipe, with range, default, unit and source"
  static let usage = """
    ablate keys [options]
      --check FILE    compare with what FILE says below its marker line; exit 1 when it is not current
      --write FILE    replace what FILE says below its marker line
    """

  /// The generated half of docs/study-format.md.
  static var reference: String {
    KeyReference(of: [StudySchema.schema, Recipe.schema, CommandRecipe.schema]).markdown
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    let checked = try arguments.value("--check")
    let written = try arguments.value("--write")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    if let written {
      let page = try page(written)
      try LocalFileSystem().replace(written, with: Array(page.ending(in: Self.reference).utf8))
    }
    if let checked { return try check(checked, terminal) }
    if written == nil { terminal.output(Self.reference) }
    return .well
  }

  private func check(_ path: String, _ terminal: Terminal) throws -> ExitCode {
    guard let difference = try page(path).difference(from: Self.reference) else {
      terminal.output("\(path) is current")
      return .well
    }
    throw difference.fault(in: path, of: "page", command: "ablate keys --write \(path)")
  }

  private func page(_ path: String) throws -> ReferencePage {
    guard let bytes = try LocalFileSystem().contents(of: path) else {
      throw CommandFault(
        what: "there is no page to read: \(path)",
        why: "its beginning is written by people, so it cannot be made from nothing",
        help: "look at the spelling; the page of this project is docs/study-format.md")
    }
    guard let page = ReferencePage(String(decoding: bytes, as: UTF8.self)) else {
      throw CommandFault(
        what: "\(path) has not exactly one line \(ReferencePage.marker)",
        why: "what stands below it is generated, what stands above is written by people",
        help: "put the line where the generated tables should begin")
    }
    return page
  }
}

extension LineDifference {
  /// A file that is made from the keys is not current.
  ///
  /// - Parameter command: what makes it so.
  func fault(in path: String, of kind: String, command: String) -> CommandFault {
    CommandFault(
      what: "\(path):\(line): the \(kind) does not say what the program reads",
      why: """
        the line is \(found.map { "'\($0)'" } ?? "missing"), \
        the keys make it \(expected.map { "'\($0)'" } ?? "end before")
        """,
      help: command, exit: .checkFailed)
  }
}
