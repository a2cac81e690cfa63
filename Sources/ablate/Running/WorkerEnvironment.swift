import Foundation
import RunScheduler

/// What of this process's surroundings a worker sees: only what it needs, for nothing of them may reach a number.
enum WorkerEnvironment {
  static func kept(for compiled: CompiledStudy) -> [String: String] {
    let names = [
      "PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "GLIBC_TUNABLES",
      ArithmeticNote.coreTypeVariable, Program.kernelsVariable,
    ]
    let caller = ProcessInfo.processInfo.environment
    var environment = caller.filter { names.contains($0.key) }
    if let commands = compiled.commands {
      environment.merge(CommandSetting.environment(of: commands, caller: caller)) { $1 }
    }
    // A worker has one core; threads that OpenBLAS starts when it is loaded would wait there, busily.
    environment["OPENBLAS_NUM_THREADS"] = "1"
    return environment
  }

  /// This program's own file, which workers are started from.
  static func program() throws -> String {
    if let program = Bundle.main.executablePath { return program }
    throw CommandFault(
      what: "the program does not know where it is",
      why: "each work item runs in a process of its own, started from the same file",
      help: "start it by a path: ./ablate run STUDY", exit: .runFailed)
  }
}

extension Scheduler.Settings {
  /// A command that may take long to save is not killed before, nor the worker that waits for it.
  mutating func waitFor(commandsWithGrace seconds: Double) { grace = max(grace, seconds + 2) }
}
