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
/// | 130, 143 | asked to leave, checkpoint saved |
/// | other | failed; not tried again |
/// | a signal | killed: a fault of the machine, tried again |
package struct LocalExecutor: WorkExecutor {
  package var program: String
  package var arguments: [String]
  /// The child's whole environment; one thread per process is added.
  package var environment: [String: String]

  package init(program: String, arguments: [String], environment: [String: String]) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
  }

  /// The variable that tells a worker which attempt it is.
  package static let attemptVariable = "ABLATE_ATTEMPT"

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
    let child: ChildProcess
    switch ChildProcess.start(
      program: program, arguments: arguments + [folder.path], environment: environment,
      output: folder.path(.log))
    {
    case .started(let process): child = process
    case .refused(let code):
      // Too many processes or too little memory may pass; a missing program does not.
      let mayPass = code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE
      let words = unsafe String(cString: strerror(code))
      return WorkOutcome(
        mayPass ? .machineFault : .failed, "cannot start '\(program)': \(words)")
    }
    control.listen { wish in child.signal(wish == .stop ? SIGTERM : SIGKILL) }
    child.waitForEnd()
    // The process number stays taken until `collect`, so no signal can reach a stranger.
    control.stopListening()
    let end = child.collect()
    return outcome(of: end, wasAsked: control.wish != .goOn)
  }

  private func outcome(of end: ChildProcess.End, wasAsked: Bool) -> WorkOutcome {
    let memory = end.peakMemory
    switch end.manner {
    case .exit(0): return WorkOutcome(.done, peakMemory: memory)
    case .exit(2):
      return WorkOutcome(.configurationFault, "the order cannot be carried out", peakMemory: memory)
    case .exit(130), .exit(143): return WorkOutcome(.stopped, peakMemory: memory)
    case .exit(let code):
      return WorkOutcome(.failed, "the worker ended with exit \(code)", peakMemory: memory)
    case .signal(let number):
      let words = "the worker was killed by signal \(number) (\(signalName(number)))"
      return WorkOutcome(wasAsked ? .stopped : .machineFault, words, peakMemory: memory)
    }
  }
}

/// The usual name of a signal.
func signalName(_ number: Int32) -> String {
  switch number {
  case SIGHUP: "SIGHUP"
  case SIGINT: "SIGINT"
  case SIGQUIT: "SIGQUIT"
  case SIGILL: "SIGILL"
  case SIGABRT: "SIGABRT"
  case SIGBUS: "SIGBUS"
  case SIGFPE: "SIGFPE"
  case SIGKILL: "SIGKILL"
  case SIGSEGV: "SIGSEGV"
  case SIGPIPE: "SIGPIPE"
  case SIGTERM: "SIGTERM"
  case SIGXCPU: "SIGXCPU"
  case SIGXFSZ: "SIGXFSZ"
  case SIGTRAP: "SIGTRAP"
  default: "SIG\(number)"
  }
}
