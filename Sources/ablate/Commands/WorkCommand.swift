import CommandTrainer
import Foundation
import Glibc
import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore
import Synchronization

/// `ablate work FOLDER`: carries out the order in an item folder. What the local executor starts; a
/// person may start it too, to see one item run.
struct WorkCommand: Command {
  static let name = "work"
  static let summary = "carry out one item folder (what 'run' starts for each item)"
  static let usage = """
    ablate work ITEM-FOLDER
      --submission DIR  in its place: the items of one task of a submission to a cluster
      \(guardOption) FOLDER  what it starts itself: watches a command trainer, docs/command-trainer.md
    """

  /// Starts a ``CommandGuard``.
  static let guardOption = "--guard"

  func run(_ arguments: Arguments) throws -> ExitCode {
    if let submission = try arguments.value("--submission") {
      try arguments.finish()
      return try TaskWork(
        path: submission, environment: ProcessInfo.processInfo.environment
      ).perform()
    }
    if let folder = try arguments.value(Self.guardOption) {
      try arguments.finish()
      return watch(folder)
    }
    let path = try arguments.single("item folder")
    try arguments.finish()
    let stop = StopRequest()
    let heard = Mutex<Int32>(SIGTERM)
    let signals = SignalWatch([SIGTERM, SIGINT]) { number in
      heard.withLock { $0 = number }
      _ = stop.ask()
    }
    defer { signals.end() }
    let environment = ProcessInfo.processInfo.environment
    let attempt = environment[LocalExecutor.attemptVariable].flatMap(Int.init)
    // A coordinator's pipe ends when it dies; a person's terminal says nothing about the work.
    if attempt != nil { Lifeline.watch { _ = stop.ask() } }
    let isGrouped = environment[RunLimits.syncVariable] == RunLimits.Sync.group.rawValue
    let folder = try ItemFolder(path: path, files: LocalFileSystem(syncsEachFile: !isGrouped))
    let writer = try ItemWriter(folder, attempt: attempt)
    let lease = environment[RunLimits.leaseVariable].flatMap(Double.init)
    Heartbeat.keep(
      folder, attempt: writer.attempt, timeout: lease ?? LeaseWatch.standardTimeout
    ) { _ = stop.ask() }
    if let fault = writer.checkpointFault {
      Terminal(environment: environment).error(
        """
        warning: \(fault.what)
          why:  a state that is not what was saved would lead to other numbers
          help: nothing: the item starts from its beginning and ends with the same bytes
        """)
    }
    do {
      let values = try perform(writer, stop, environment)
      try writer.finish(
        values: values,
        machine: ArithmeticNote.fingerprint(of: writer.order, environment: environment))
      return .well
    } catch  where error is WorkStopped || error is CommandStopped {
      try writer.stop()
      return heard.withLock { $0 } == SIGINT ? .interrupted : .stopped
    } catch let failure as CommandFailure {
      try writer.fail(
        ItemFailure(
          isConfigurationFault: failure.kind == .configuration,
          isDivergence: failure.kind == .diverged, what: failure.what, why: failure.why,
          help: failure.help))
      return switch failure.kind {
      case .configuration: .wrongRequest
      case .failed, .diverged: .runFailed
      case .machine: .machineFault
      }
    } catch let fault as WorkFault {
      try writer.fail(
        ItemFailure(isConfigurationFault: true, what: fault.what, why: fault.why, help: fault.help))
      return .wrongRequest
    } catch let diverged as TrainingDiverged {
      try writer.fail(
        ItemFailure(
          isConfigurationFault: false, isDivergence: true,
          what:
            "stage '\(diverged.stage)' step \(diverged.step): \(diverged.broken) is not a number",
          why: "the weights ran away; "
            + (diverged.lastCheckpoint.map { "the last good state kept is that of step \($0)" }
              ?? "no state had been kept yet, so it begins again where the item begins"),
          help: "lower 'learning_rate' or 'clip_norm' in the optimizer"))
      return .runFailed
    } catch let fault as StoreFault where fault.isOfMachine(in: folder) {
      Terminal(environment: environment).error(
        "error: \(fault.what)\n  why:  \(fault.why)\n  help: \(fault.help)")
      return .machineFault
    }
  }
}

extension WorkCommand {
  /// - Returns: the values of the item's record.
  private func perform(
    _ writer: ItemWriter, _ stop: StopRequest, _ environment: [String: String]
  ) throws -> JSONObject {
    guard writer.order.kind == CommandContract.kind else {
      return try WorkPerformer.perform(writer.order, on: StoreBench(writer, stop: stop))
    }
    return try CommandWork.perform(
      writer.order, on: StoreCommandBench(writer, stop: stop),
      CommandSetting.surroundings(environment))
  }

  /// Watches a command for a worker, and kills it when the worker dies.
  private func watch(_ folder: String) -> ExitCode {
    var guardian = CommandGuard(folder, environment: ProcessInfo.processInfo.environment)
    Lifeline.watch { kill(getpid(), SIGINT) }
    return guardian.run() ? .well : .machineFault
  }
}

extension StoreFault {
  /// Whether the disk let the item down, rather than the item itself or what it reads: then it may go
  /// better another time.
  fileprivate func isOfMachine(in folder: ItemFolder) -> Bool {
    switch self {
    case .file: true
    // Somebody else wrote into this folder while we did.
    case .damaged(let path, _): path.hasPrefix(folder.path)
    default: false
    }
  }
}
