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
  static let usage = "ablate work ITEM-FOLDER"

  func run(_ arguments: Arguments) throws -> ExitCode {
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
      let values = try WorkPerformer.perform(
        writer.order, on: StoreBench(writer, stop: stop))
      try writer.finish(
        values: values,
        machine: ArithmeticNote.fingerprint(of: writer.order, environment: environment))
      return .well
    } catch is WorkStopped {
      try writer.stop()
      return heard.withLock { $0 } == SIGINT ? .interrupted : .stopped
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
