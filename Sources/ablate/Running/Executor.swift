import Foundation
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// Where the items of a study are worked on.
enum Executor {
  enum Name: String, CaseIterable {
    case local
    case slurm
    /// Both at once.
    case mixed
  }

  case local
  case slurm(SlurmSettings)
  case mixed(SlurmSettings)

  static let usage = """
    --executor HOW  local: this machine's cores; slurm: arrays of an existing cluster; mixed: both; default: local
      \(SlurmSettings.usage)
    """

  init(_ name: Name, _ compiled: CompiledStudy, changes: [String]) throws {
    switch name {
    case .local:
      if let change = changes.first {
        throw CommandFault(
          what: "'--set \(change)' without '--executor slurm'",
          why: "this machine's cores have no such settings, and none is read and ignored",
          help: "add --executor slurm, or leave it out")
      }
      self = .local
    case .slurm: self = .slurm(try SlurmSettings(compiled.study, changes: changes))
    case .mixed: self = .mixed(try SlurmSettings(compiled.study, changes: changes))
    }
  }

  var usesQueue: Bool { if case .local = self { false } else { true } }

  func runner(
    _ compiled: CompiledStudy, _ results: ResultsFolder, _ settings: Scheduler.Settings,
    _ limits: RunLimits
  ) throws -> any GraphRunner {
    switch self {
    case .local: try Self.localRunner(compiled, results, settings, limits)
    case .slurm(let slurm): try slurm.runner(compiled, results, settings, limits)
    case .mixed(let slurm):
      MixedRunner(
        local: try Self.localRunner(compiled, results, settings, limits),
        cluster: try slurm.runner(compiled, results, settings, limits))
    }
  }

  private static func localRunner(
    _ compiled: CompiledStudy, _ results: ResultsFolder, _ settings: Scheduler.Settings,
    _ limits: RunLimits
  ) throws -> Scheduler {
    Scheduler(
      results,
      executor: try childProcesses(limits, environment: WorkerEnvironment.kept(for: compiled)),
      settings: settings)
  }

  /// Child processes of this same program.
  static func childProcesses(
    _ limits: RunLimits, environment: [String: String]
  ) throws -> LocalExecutor {
    var executor = LocalExecutor(
      program: try WorkerEnvironment.program(), arguments: [WorkCommand.name],
      environment: environment.merging(limits.environment) { $1 })
    executor.memoryLimit = limits.memory.map { $0 << 20 }
    return executor
  }
}

extension SlurmSettings {
  func runner(
    _ compiled: CompiledStudy, _ results: ResultsFolder, _ run: Scheduler.Settings,
    _ limits: RunLimits
  ) throws -> ClusterScheduler {
    guard SlurmQueue.isThere(ProcessInfo.processInfo.environment["PATH"] ?? "") else {
      throw CommandFault(
        what: "there is no Slurm here: 'sbatch' or 'squeue' is not on PATH",
        why: "a cluster is spoken to by its own commands",
        help: "run this where they are, most often a login node; docs/cluster.md has the way there")
    }
    var settings = ClusterScheduler.Settings(
      script: script(program: try WorkerEnvironment.program()))
    settings.run = run
    settings.study = compiled.study.name
    settings.demand = demand(
      WorkHistory(of: compiled.graph.orders.map(\.kind).uniqued, in: results))
    settings.chunk = chunk
    settings.chunkSeconds = chunkSeconds
    settings.slots = slots
    settings.poll = poll
    settings.grace = grace
    settings.limits = limits.json
    // Nodes have another working folder.
    let path = URL(fileURLWithPath: results.path).standardizedFileURL.path
    return ClusterScheduler(
      ResultsFolder(path, files: results.files), queue: queue(for: compiled, limits),
      settings: settings)
  }
}
