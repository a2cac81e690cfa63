internal import ChildProcesses
import Glibc
package import Reproducibility
package import RunStore

/// Runs each item in a child process of its own: `program arguments… <item folder>`.
///
/// The child leads its own process group, so a Ctrl-C at the terminal reaches only the coordinator. Its
/// output goes to `log.txt`; its standard input is a pipe that ends when the coordinator does, however
/// it dies (see ``Lifeline``). `ABLATE_ATTEMPT` holds the number of the attempt. It answers by its exit:
///
/// | exit | means |
/// |---|---|
/// | 0 | done: `done.json` is there |
/// | 2 | the order cannot be carried out; not tried again |
/// | 75 | the machine let it down, a full disk for example; tried again |
/// | 130, 143 | asked to leave, checkpoint saved |
/// | other | failed; not tried again |
/// | a signal | killed: a fault of the machine, tried again, unless its memory was limited and it died of its own doing |
package struct LocalExecutor: WorkExecutor {
  package var program: String
  package var arguments: [String]
  /// The child's whole environment; one thread per process is added.
  package var environment: [String: String]
  /// Bytes of data that a child may have (`RLIMIT_DATA`); nil for no limit.
  package var memoryLimit: Int?
  var outOfMemory = OutOfMemoryCount.system

  package init(program: String, arguments: [String], environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
  }

  /// The variable that tells a worker which attempt it is.
  package static let attemptVariable = "ABLATE_ATTEMPT"

  /// The exit of a worker that the machine let down; `EX_TEMPFAIL` of sysexits.h.
  package static let machineFaultExit: Int32 = 75

  // One core per item: the scheduler runs as many items as there are cores to use.
  private static let oneThread = [
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
  ]

  package func run(
    _ order: WorkOrder, in folder: ItemFolder, attempt: Int, control: RunControl
  ) -> WorkOutcome {
    var environment = environment
    for name in Self.oneThread { environment[name] = "1" }
    environment[Self.attemptVariable] = String(attempt)
    let killsBefore = outOfMemory.read()
    let child: ChildProcess
    switch ChildProcess.start(
      program: program, arguments: arguments + [folder.path], environment: environment,
      output: .file(folder.path(.log)), memory: memoryLimit)
    {
    case .started(let process): child = process
    case .refused(let code):
      // Too many processes or too little memory may pass, and a program that is just being written; a
      // missing one does not.
      let mayPass = [EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY].contains(code)
      let words = unsafe String(cString: strerror(code))
      return WorkOutcome(
        mayPass ? .machineFault : .failed, "cannot start '\(program)': \(words)")
    }
    control.listen { wish in child.signal(wish == .stop ? SIGTERM : SIGKILL) }
    child.waitForEnd()
    // The process number stays taken until `collect`, so no signal can reach a stranger.
    control.stopListening()
    let end = child.collect()
    return outcome(
      of: end, wasAsked: control.wish != .goOn,
      ranOutOfMemory: outOfMemory.read() > killsBefore)
  }

  private func outcome(
    of end: ChildProcess.End, wasAsked: Bool, ranOutOfMemory: Bool
  ) -> WorkOutcome {
    let memory = end.peakMemory
    switch end.manner {
    case .exit(0): return WorkOutcome(.done, peakMemory: memory)
    case .exit(2):
      return WorkOutcome(.configurationFault, "the order cannot be carried out", peakMemory: memory)
    case .exit(130), .exit(143): return WorkOutcome(.stopped, peakMemory: memory)
    case .exit(Self.machineFaultExit):
      return WorkOutcome(.machineFault, "the machine let the worker down", peakMemory: memory)
    case .exit(let code):
      return WorkOutcome(.failed, "the worker ended with exit \(code)", peakMemory: memory)
    case .signal(let number):
      var words = "the worker was killed by signal \(number) (\(signalName(number)))"
      if wasAsked { return WorkOutcome(.stopped, words, peakMemory: memory) }
      if number == SIGKILL, ranOutOfMemory {
        words += ": the kernel ended it for want of memory"
      } else if let memoryLimit, Self.ownDoing.contains(number) {
        words += "; it was limited to \(memoryLimit >> 20) MiB of memory, the likely cause"
        // The same work in the same memory would die again.
        return WorkOutcome(.failed, words, peakMemory: memory)
      }
      return WorkOutcome(.machineFault, words, peakMemory: memory)
    }
  }

  /// Signals by which a program dies that was refused memory.
  private static let ownDoing = [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP]
}
