import Diagnostics
import Foundation
import Reporting
import RunScheduler
import RunStore
import StudyLanguage
import TensorKernels
import TransformerLM

/// The program: finds the verb, runs it, and gives every fault its words and its exit code.
struct Program {
  let words: [String]

  func run() -> ExitCode {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    guard let verb = words.first else {
      terminal.error(Self.overview)
      return .wrongRequest
    }
    if ["version", "--version"].contains(verb) {
      terminal.output(Self.version)
      return .well
    }
    if ["help", "--help", "-h"].contains(verb) { return help(words.dropFirst().first, terminal) }
    guard let command = commands.first(where: { $0.name == verb }) else {
      let names = commands.map { $0.name }
      // A slip of the finger must not be answered with a command that removes something.
      let safe = names.filter {
        ![RemoveCommand.name, GarbageCommand.name, CancelCommand.name].contains($0)
      }
      let suggestion = Suggestion.closest(to: verb, among: safe)
      return complain(
        "unknown command '\(verb)'", why: "the commands are \(names.joined(separator: ", "))",
        help: suggestion.map { "did you mean 'ablate \($0)'?" } ?? "ablate help explains each",
        .wrongRequest, terminal)
    }
    if words.contains("--help") || words.contains("-h") { return help(verb, terminal) }
    do {
      try chooseKernels(environment[Self.kernelsVariable])
      return try command.init().run(Arguments(Array(words.dropFirst()), of: command))
    } catch {
      return explain(error, terminal)
    }
  }

  /// Names the instruction set of the kernels; workers inherit it. It decides speed and never a bit, so
  /// that it is part of no identity.
  static let kernelsVariable = "ABLATE_KERNELS"

  /// - Parameter name: nil or empty takes the fastest.
  private func chooseKernels(_ name: String?) throws(CommandFault) {
    guard let name, !name.isEmpty, !Kernels.prefer(name) else { return }
    throw CommandFault(
      what: "\(Self.kernelsVariable) asks for the kernels '\(name)'",
      why: "this machine runs \(Kernels.available.joined(separator: ", "))",
      help: "name one of these, or unset \(Self.kernelsVariable) to take the fastest")
  }

  /// What a bug report or a paper has to name: the program, its arithmetic and its store.
  private static var version: String {
    "ablate 0.1.0, numerics version \(numericsVersion), index version \(ResultIndex.version)"
  }

  private static var overview: String {
    let width = commands.map { $0.name.count }.max() ?? 0
    let lines = commands.map { command in
      let space = String(repeating: " ", count: width - command.name.count)
      return "  ablate \(command.name)\(space)  \(command.summary)"
    }
    return
      (["ablate runs, defends and keeps alive the ablation section of a paper.", ""] + lines
      + [
        "",
        "ablate help COMMAND shows every option, ablate --version what this is. Exit: 0 well · 1 a check failed, or diff found a difference · "
          + "2 the request or study is wrong · 3 a run failed · 4 a check is undecided · "
          + "10 something is to do (plan --exit-code, collect) · "
          + "130, 143 stopped after saving.",
      ])
      .joined(separator: "\n")
  }

  private func help(_ verb: String?, _ terminal: Terminal) -> ExitCode {
    guard let verb else {
      terminal.output(Self.overview)
      return .well
    }
    guard let command = commands.first(where: { $0.name == verb }) else {
      return complain(
        "unknown command '\(verb)'", why: "there is nothing to explain",
        help: "ablate help lists the commands", .wrongRequest, terminal)
    }
    terminal.output("\(command.summary)\n\nusage: \(command.usage)")
    return .well
  }

  /// A fault in the three lines of every message, and the exit code of its kind.
  private func explain(_ error: any Error, _ terminal: Terminal) -> ExitCode {
    switch error {
    case let fault as CommandFault:
      return complain(fault.what, why: fault.why, help: fault.help, fault.exit, terminal)
    case let faults as StudyFaults:
      terminal.error(faults.description)
      return .wrongRequest
    case let fault as StoreFault:
      return complain(fault.what, why: fault.why, help: fault.help, .runFailed, terminal)
    case let fault as ExpectationFault:
      return complain(
        fault.description, why: "a check rests on complete and readable values",
        help: "ablate run completes a study; ablate check STUDY --accept records it anew",
        .wrongRequest, terminal)
    default:
      return complain(
        "\(error)", why: "nothing half-done is counted",
        help: "the same command goes on where it stopped", .runFailed, terminal)
    }
  }

  private func complain(
    _ what: String, why: String, help: String, _ exit: ExitCode, _ terminal: Terminal
  ) -> ExitCode {
    terminal.error("error: \(what)\n  why:  \(why)\n  help: \(help)")
    return exit
  }
}
