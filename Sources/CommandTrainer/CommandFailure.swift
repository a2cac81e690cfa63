/// Why a command has no result, in the words of every message.
package struct CommandFailure: Error, Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// The order or the command is wrong: another attempt would end alike.
    case configuration
    case failed
    /// A measured number is not finite.
    case diverged
    /// The machine let it down: another attempt may go better.
    case machine
  }

  package var kind: Kind
  package var what: String
  package var why: String
  package var help: String
}

/// The command was asked to leave, and left.
package struct CommandStopped: Error, Sendable {}

extension CommandFailure {
  static let contract = "docs/command-trainer.md"
  /// How many bytes of the output a message shows.
  static let shownOutput = 600

  init(_ kind: Kind, _ stage: String, _ what: String, why: String, help: String) {
    self.init(kind: kind, what: "stage '\(stage)': \(what)", why: why, help: help)
  }

  /// An order that this version cannot carry out.
  static func unreadable(_ label: String) -> CommandFailure {
    CommandFailure(
      kind: .configuration, what: "the settings of '\(label)' cannot be read",
      why: "the order was written by another version of the program",
      help: "run the study again with this version; it writes orders of its own")
  }

  /// A program that did not start.
  ///
  /// - Parameters:
  ///   - code: the system's `errno`.
  ///   - words: the system's words for it.
  static func notStarted(
    _ program: String, _ stage: String, code: Int32, words: String, isMissing: Bool
  ) -> CommandFailure {
    let isPath = program.contains("/")
    return CommandFailure(
      .configuration, stage, "cannot start '\(program)': \(words)",
      why: isMissing
        ? isPath
          ? "a path leads from the command's working folder, which holds its 'files', and a script needs the program of its first line"
          : "no folder of PATH on this machine has it"
        : "the system refused to run it",
      help: isMissing
        ? "install it here, or correct the first word of 'run'"
        : "look at its permissions; a script begins with #! and the program that reads it")
  }

  /// - Parameter last: of its output.
  static func exited(_ stage: String, code: Int32, last: String, log: String) -> CommandFailure {
    CommandFailure(
      .failed, stage, "the command ended with exit \(code)",
      why: last.isEmpty ? "it said nothing" : "its last words: \(last)", help: "read \(log)")
  }

  static func machine(_ stage: String, last: String, log: String) -> CommandFailure {
    CommandFailure(
      .machine, stage, "the command says that the machine let it down (exit 75)",
      why: last.isEmpty ? "it said nothing" : "its last words: \(last)",
      help: "it is tried again a few times; read \(log)")
  }

  /// - Parameter isOfMachine: whether somebody else ended it, and not its own doing.
  static func killed(
    _ stage: String, _ number: Int32, name: String, isOfMachine: Bool, last: String, log: String
  ) -> CommandFailure {
    CommandFailure(
      isOfMachine ? .machine : .failed, stage,
      "the command was killed by signal \(number) (\(name))",
      why: isOfMachine
        ? "somebody ended it, or the kernel did for want of memory"
        : last.isEmpty ? "it crashed and said nothing" : "it crashed; its last words: \(last)",
      help: "read \(log)")
  }

  static func guardLost(_ stage: String, log: String) -> CommandFailure {
    CommandFailure(
      .machine, stage, "the process that watches the command was killed",
      why: "without it nobody knows how the command ended", help: "it is tried again; read \(log)")
  }

  static func tooMuchOutput(_ stage: String, limit: Int, log: String) -> CommandFailure {
    CommandFailure(
      .failed, stage, "the command said more than \(limit >> 20) MiB and was ended",
      why: "what it says is kept in its log, and a log without end fills the disk",
      help: "let it say less, or write what it needs into its own files; the beginning: \(log)")
  }

  static func tooManyMeasurements(_ stage: String, limit: Int) -> CommandFailure {
    CommandFailure(
      .failed, stage, "the command measured more than \(limit >> 20) MiB and was ended",
      why: "every measurement is kept for ever and read by every report",
      help: "measure less often")
  }

  static func measuredNothing(_ stage: String, log: String) -> CommandFailure {
    CommandFailure(
      .failed, stage, "the command ended well and measured nothing",
      why: "what it does is known by its measurements alone",
      help:
        "let it append lines to the file that ABLATE_MEASUREMENTS names (\(contract)); its output: \(log)"
    )
  }

  static func neverMeasured(_ stage: String, _ metrics: [String]) -> CommandFailure {
    let names = metrics.map { "'\($0)'" }.joined(separator: ", ")
    return CommandFailure(
      .failed, stage, "the command ended well and never measured \(names)",
      why: "a table with a silent hole in it would mislead",
      help: "measure \(metrics.count == 1 ? "it" : "them"), say \"optional\": true, or take "
        + "\(metrics.count == 1 ? "it" : "them") out of 'metrics'")
  }

  static func diverged(_ stage: String, _ metric: String, step: Int, isInfinite: Bool)
    -> CommandFailure
  {
    CommandFailure(
      kind: .diverged,
      what:
        "stage '\(stage)' step \(step): \(metric) is \(isInfinite ? "infinite" : "not a number")",
      why: "the training diverged; a mean over such a number means nothing",
      help: "look at the learning rate; the trial stands as diverged in every table")
  }

  /// A line of the measurements that is none.
  static func malformed(_ stage: String, line: Int, _ fault: MeasurementFault, text: String)
    -> CommandFailure
  {
    CommandFailure(
      .failed, stage, "line \(line) of its measurements: \(fault.what)",
      why: fault.why,
      help: fault.help ?? "\(contract)#measurements shows every kind of line; this one is: \(text)")
  }

  static func overwritten(_ stage: String) -> CommandFailure {
    CommandFailure(
      .failed, stage, "the command changed measurements that it had written",
      why: "they are read as they are written, so what was read no longer stands there",
      help: "open the file to append: >> in a shell, \"a\" in Python")
  }

  static func badState(_ stage: String, line: Int, _ what: String) -> CommandFailure {
    CommandFailure(
      .failed, stage, "line \(line) of its measurements names a checkpoint: \(what)",
      why:
        "a checkpoint is a folder of plain files directly in the one that ABLATE_CHECKPOINT_OUT names",
      help: "write the folder, then the line (\(contract)#checkpoints)")
  }
}
