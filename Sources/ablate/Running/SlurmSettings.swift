import CommandTrainer
import Foundation
import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// What a study and the command line say of Slurm.
struct SlurmSettings {
  static let usage = """
    --set KEY=VALUE  a setting of the study's 'executor' for this once: --set executor.slurm.partition=short
    """

  private let slurm: Settings

  /// - Parameter changes: as they were typed, `executor.slurm.time=60`.
  init(_ study: Study, changes: [String]) throws {
    var value: JSONValue = ["executor": study.executor]
    for change in changes { value = try Self.changed(value, by: change) }
    do {
      let schema = RecordSchema(
        "command line",
        keys: [Key("executor", .record(ExecutorSchema.schema), default: [:], doc: "")])
      slurm = try Settings(normalising: value, as: schema).record("executor").record("slurm")
    } catch {
      throw CommandFault(
        what: "\(error)", why: "--set changes settings of 'executor' alone, for this once",
        help: "all keys: docs/study-format.md#slurm")
    }
  }

  private static func changed(_ value: JSONValue, by change: String) throws -> JSONValue {
    let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".").map(String.init)
    guard parts.count == 2, path.count > 1, path[0] == "executor" else {
      throw CommandFault(
        what: "'--set \(change)' is no setting of 'executor'",
        why: "what decides results stands in the study, so that it is seen and kept",
        help: "for example --set executor.slurm.partition=short")
    }
    // `8`, `null`, `["a"]` are what they look like, everything else is a text.
    let text = String(parts[1])
    let isName = ["partition", "account", "qos", "constraint"].contains(path.last)
    let new = isName && text != "null" ? nil : try? JSONValue(parsing: text)
    return set(path[...], in: value, to: new ?? .string(text))
  }

  private static func set(
    _ path: ArraySlice<String>, in value: JSONValue, to new: JSONValue
  ) -> JSONValue {
    guard let first = path.first else { return new }
    var members = value.object ?? [:]
    members[first] = set(path.dropFirst(), in: members[first] ?? .object([:]), to: new)
    return .object(members)
  }

  var slots: Int? { slurm.optionalInteger("slots") }
  var chunk: Int? { slurm.optionalInteger("chunk") }
  var chunkSeconds: Double { Double(60 * slurm.integer("chunk_minutes")) }
  var poll: Double { slurm.number("poll") }
  var grace: Double { slurm.number("grace") }

  /// The queue, as this process sees it.
  ///
  /// - Parameter limits: what workers are told.
  func queue(for compiled: CompiledStudy, _ limits: RunLimits = RunLimits()) -> SlurmQueue {
    var settings = SlurmQueue.Settings()
    settings.partition = slurm.optionalText("partition")
    settings.account = slurm.optionalText("account")
    settings.qos = slurm.optionalText("qos")
    settings.constraint = slurm.optionalText("constraint")
    settings.gpus = slurm.integer("gpus")
    settings.slots = slots
    settings.notice = slurm.integer("notice")
    settings.deadline = slurm.number("deadline")
    settings.options = slurm.list("options").map(\.text)
    var environment = WorkerEnvironment.kept(for: compiled)
    // A folder of this machine, which a node may not have.
    environment["TMPDIR"] = nil
    for name in Self.ofSlurm + slurm.list("inherit").map(\.text) {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    environment.merge(limits.environment) { $1 }
    return SlurmQueue(settings, user: NSUserName(), environment: environment)
  }

  /// What Slurm's commands and a shell on a node need to find their way.
  private static let ofSlurm = ["SLURM_CONF", "USER", "LOGNAME", "SHELL", "LANG"]

  /// - Parameter history: what items took, and had.
  func demand(_ history: WorkHistory) -> ClusterDemand {
    var demand = ClusterDemand()
    demand.minutes = byKind("time")
    demand.memory = byKind("memory")
    demand.cores = slurm.integer("cpus")
    demand.peaks = history.peaks
    demand.coresOf = { CommandOrder($0)?.cores ?? 1 }
    let estimate = history.estimate
    demand.seconds = { estimate.seconds(of: WorkHistory.measure($0)) }
    return demand
  }

  private func byKind(_ key: String) -> ClusterDemand.ByKind {
    let value = slurm.value[key] ?? .null
    if let number = value.int { return ["*": number] }
    return Dictionary(
      uniqueKeysWithValues: (value.object?.members ?? []).compactMap { kind, number in
        number.int.map { (kind, $0) }
      })
  }

  /// What a task runs. Everything that it needs is named by its whole path, as nodes see it too.
  func script(program: String) -> @Sendable (SubmissionFolder) -> String {
    let setup = slurm.list("setup").map(\.text)
    return { folder in
      // A login shell where lines of the user's are run: 'module' is a function of its start-up files.
      let head = [
        setup.isEmpty ? "#!/bin/sh" : "#!/bin/bash -l",
        "# A task of \(folder.name): each works on the items of its chunk, intent.json names them.",
      ]
      let lines = setup.map { "\($0) || exit \(LocalExecutor.machineFaultExit)" }
      let work =
        "exec \(StudyRequest.quoted(program)) \(WorkCommand.name) --submission \(StudyRequest.quoted(folder.path))"
      return (head + lines + [work]).joined(separator: "\n") + "\n"
    }
  }
}
