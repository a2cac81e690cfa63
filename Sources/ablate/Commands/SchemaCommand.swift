import CommandTrainer
import Foundation
import PolicyTrainer
import Reproducibility
import RunStore
import StudyLanguage

/// `ablate schema`: the JSON Schema of a study or a recipe, from the one table that the reader uses too.
struct SchemaCommand: Command {
  static let name = "schema"
  static let summary = "the JSON Schema of a study file or a recipe file, for editors"
  static let usage = """
    ablate schema [options]
      --recipe        of a recipe file; default: of a study file
      --check FILE    compare with FILE; exit 1 when it is not current
      --write FILE    write it to FILE
    """

  private static var ofStudies: JSONSchema {
    JSONSchema(
      of: StudySchema.schema, title: "A study of ablate",
      description: "One question: what is varied, with how many seeds, and what is measured.",
      objects: ["recipe": [Recipe.schema, CommandRecipe.schema]])
  }

  private static var ofRecipes: JSONSchema {
    JSONSchema(
      of: Recipe.schema, or: [CommandRecipe.schema], title: "A recipe of ablate",
      description: """
        What the trainer reads: solvers, problems, levels, stages, evaluation; or stages that are commands.
        """)
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    let isOfRecipes = arguments.flag("--recipe")
    let checked = try arguments.value("--check")
    let written = try arguments.value("--write")
    try arguments.finish()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let schema = isOfRecipes ? Self.ofRecipes : Self.ofStudies
    if let written { try write(schema, to: written) }
    if let checked {
      let option = isOfRecipes ? " --recipe" : ""
      return try check(
        checked, schema, terminal, command: "ablate schema\(option) --write \(checked)")
    }
    if written == nil { terminal.output(schema.value.pretty) }
    return .well
  }

  private func write(_ schema: JSONSchema, to path: String) throws(CommandFault) {
    do {
      try LocalFileSystem().replace(path, with: Array(schema.text.utf8))
    } catch {
      throw CommandFault(
        what: "cannot write the schema to '\(path)'", why: error.what,
        help: "name a file in a folder that is there and may be written to", exit: .runFailed)
    }
  }

  /// - Parameter command: what makes the file current.
  private func check(
    _ path: String, _ schema: JSONSchema, _ terminal: Terminal, command: String
  ) throws -> ExitCode {
    guard let bytes = try LocalFileSystem().contents(of: path) else {
      throw CommandFault(
        what: "there is no schema to compare with: \(path)",
        why: "editors read it, so it must say what the program reads", help: command)
    }
    let found = String(decoding: bytes, as: UTF8.self)
    guard let difference = LineDifference(between: found, and: schema.text) else {
      terminal.output("\(path) is current")
      return .well
    }
    throw difference.fault(in: path, of: "schema", command: command)
  }
}
