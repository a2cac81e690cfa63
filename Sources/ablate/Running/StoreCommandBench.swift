import CommandTrainer
import Foundation
import Reproducibility
import RunStore

/// The bench of a command over its item's folder.
final class StoreCommandBench: CommandBench {
  private let writer: ItemWriter
  private let stop: StopRequest
  private var logFile: (any FileAppender)?

  init(_ writer: ItemWriter, stop: StopRequest) throws {
    self.writer = writer
    self.stop = stop
    try writer.removeOldDrafts()
  }

  var item: String { Self.absolute(writer.folder.path) }
  var order: String { Self.absolute(writer.folder.path(.order)) }
  var log: String { writer.folder.path(.log) }
  var scratch: String { Self.absolute(writer.draftPath("command")) }
  var attempt: Int { writer.attempt }

  func parentState() throws -> String? { try Self.parentState(of: writer.folder) }

  /// The folder that the stage before an item left, every byte of it held to its digest.
  ///
  /// - Returns: nil when there is no such stage, or it left none.
  static func parentState(of folder: ItemFolder) throws -> String? {
    guard let parent = try folder.input("parent") else { return nil }
    guard let note = try parent.done(.contents) else {
      throw StoreFault.damaged(path: parent.path(.done), reason: "it is missing")
    }
    guard note.values["checkpoint"] != nil else { return nil }
    return absolute("\(parent.path)/\(ItemFolder.stateFolder)")
  }

  func savedState() throws -> SavedState? {
    writer.checkpoint.map {
      SavedState(step: $0.step, folder: Self.absolute($0.folderPath), notes: $0.state)
    }
  }

  func record(_ measured: [MeasuredNumber]) throws {
    try writer.record(
      measured.map { Measurement(step: $0.step, metric: $0.metric, value: $0.value) })
  }

  func report(step: Int, of steps: Int?, _ values: [(name: String, value: Double)]) {
    writer.note(
      ItemProgress(
        step: step, of: steps ?? 0, reward: values.first { $0.name == "reward" }?.value,
        values: JSONObject(values.map { ($0.name, .number($0.value)) })))
  }

  func keep(_ folder: String, step: Int, notes: JSONValue) throws {
    do throws(StoreFault) {
      try writer.takeCheckpoint(folder, step: step, state: notes)
    } catch {
      guard case .refused(let path, let reason) = error else { throw error }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      throw RefusedState(reason: "'\(name)' in it is \(reason)")
    }
  }

  func leaveState() throws -> String? { try writer.keepCheckpoint()?.hex }

  // What it leaves goes with the next attempt, or with the item.
  func discard(_ folder: String) { try? writer.folder.files.removeFolder(folder) }

  func say(_ bytes: [UInt8]) throws {
    if logFile == nil { logFile = try writer.folder.files.appending(to: log) }
    try logFile?.append(bytes)
  }

  var isStopRequested: Bool { stop.isAsked }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

/// What a command is given of the surroundings of the process that starts it.
enum CommandSetting {
  /// Names the variables that the study's commands take over, with commas between them.
  static let inheritVariable = "ABLATE_INHERIT"
  /// Names the seconds that they have to leave.
  static let graceVariable = "ABLATE_GRACE"

  /// What workers of a study are told about its commands, beside the variables themselves.
  static func environment(
    of facts: CommandFacts, caller: [String: String]
  ) -> [String: String] {
    var variables = caller.filter { facts.inherited.contains($0.key) }
    variables[inheritVariable] = facts.inherited.joined(separator: ",")
    variables[graceVariable] = String(facts.grace)
    return variables
  }

  /// - Parameter environment: of this process, which a coordinator may have told of the study.
  static func surroundings(
    _ environment: [String: String]
  ) throws(CommandFault) -> CommandSurroundings {
    guard let program = Bundle.main.executablePath else {
      throw CommandFault(
        what: "the program does not know where it is",
        why: "a command is watched by a process that is started from the same file",
        help: "start it by a path: ./ablate run STUDY", exit: .runFailed)
    }
    let inherited = (environment[inheritVariable] ?? "").split(separator: ",").map(String.init)
    let kept = CommandContract.keptVariables + inherited
    var surroundings = CommandSurroundings(
      guardProgram: program, guardArguments: [WorkCommand.name, WorkCommand.guardOption],
      environment: environment.filter { kept.contains($0.key) })
    if let grace = environment[graceVariable].flatMap(Double.init) { surroundings.grace = grace }
    return surroundings
  }
}
