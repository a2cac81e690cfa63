internal import CSystem
package import Glibc

/// A child process in its own group. The thread that started it waits for it with `waitid`: no polling,
/// no handler shared between children.
package struct ChildProcess: Sendable {
  package let process: pid_t
  /// Our end of the child's standard input; closing it, or dying, ends the child's input. nil of a child
  /// that has nothing to read.
  private let lifeline: Int32?

  /// Where its output and its errors go.
  package enum Output: Sendable {
    /// To the end of a file.
    case file(String)
    /// Each to the end of a file of its own.
    case files(output: String, errors: String)
    /// Where an open file of this process leads, which stays the caller's.
    case descriptor(Int32)
    /// Where this process has them.
    case inherited
  }

  package enum Start {
    case started(ChildProcess)
    /// - code: the system's `errno`.
    case refused(code: Int32)
  }

  package struct End: Sendable {
    package enum Manner: Sendable, Hashable {
      case exit(Int32)
      case signal(Int32)

      /// - Parameter status: as `waitpid` gives it: the low seven bits are the signal, the next byte the
      ///   exit code (wait(2)).
      package init(status: Int32) {
        let number = status & 0x7f
        self = number == 0 ? .exit((status >> 8) & 0xff) : .signal(number)
      }
    }

    package var manner: Manner
    package var peakMemory: Int
  }

  /// - Parameters:
  ///   - program: a path; with `searchesPath` also a name that is looked for in this process's `PATH`.
  ///   - hasLifeline: whether its input is a pipe that ends with this process; otherwise it has none.
  ///   - memory: bytes of data that it may have; nil for no limit.
  package static func start(
    program: String, arguments: [String], environment: [String: String], output: Output,
    searchesPath: Bool = false, hasLifeline: Bool = true, memory: Int? = nil
  ) -> Start {
    var ends: [Int32] = [-1, -1]
    if hasLifeline {
      guard unsafe ablate_pipe(&ends, O_CLOEXEC) == 0 else { return .refused(code: errno) }
    } else {
      ends[0] = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard ends[0] >= 0 else { return .refused(code: errno) }
    }
    defer { close(ends[0]) }
    let (code, process) = spawn(
      program, arguments, environment, input: ends[0], output: output, searchesPath: searchesPath)
    guard code == 0 else {
      if hasLifeline { close(ends[1]) }
      return .refused(code: code)
    }
    // A fresh process has used next to nothing, so a limit that comes a moment late is as good.
    if let memory { _ = ablate_limit_data(process, UInt(memory)) }
    return .started(ChildProcess(process: process, lifeline: hasLifeline ? ends[1] : nil))
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], input: Int32,
    output: Output, searchesPath: Bool
  ) -> (code: Int32, process: pid_t) {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    switch output {
    case .file(let path):
      unsafe posix_spawn_file_actions_addopen(
        &actions, 1, path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
      unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    case .files(let path, let errors):
      for (descriptor, path) in [(Int32(1), path), (2, errors)] {
        unsafe posix_spawn_file_actions_addopen(
          &actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
      }
    case .descriptor(let descriptor):
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
      unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    case .inherited: break
    }
    // The child begins with no signal blocked or ignored, whatever the coordinator does with them.
    var none = sigset_t()
    var all = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var process: pid_t = 0
    let code = unsafe withCStrings([program] + arguments) { arguments in
      unsafe withCStrings(variables) { variables in
        searchesPath
          ? unsafe posix_spawnp(&process, program, &actions, &attributes, arguments, variables)
          : unsafe posix_spawn(&process, program, &actions, &attributes, arguments, variables)
      }
    }
    return (code, process)
  }

  /// Sends a signal to the child and everything it started. Only before ``collect()``.
  package func signal(_ number: Int32) { kill(-process, number) }

  /// Returns when the child is dead but its number still taken.
  package func waitForEnd() {
    var details = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(process), &details, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Whether the child is dead, its number still taken.
  package var hasEnded: Bool {
    var details = unsafe siginfo_t()
    // Of a child that still runs the details stay empty.
    return unsafe waitid(P_PID, id_t(process), &details, WEXITED | WNOWAIT | WNOHANG) == 0
      && details.si_signo != 0
  }

  /// Ends what the child left behind, and says how it died itself.
  package func collect() -> End {
    signal(SIGKILL)
    return collectWithoutKilling()
  }

  /// Ends the child's input and waits for its end, which is its own affair.
  package func collectWithoutKilling() -> End {
    if let lifeline { close(lifeline) }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    return End(manner: End.Manner(status: status), peakMemory: usage.ru_maxrss * 1024)
  }
}

/// The usual name of a signal.
package func signalName(_ number: Int32) -> String {
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

/// Lends the strings as a list of C strings that ends with a null.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe strings.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe body(&pointers)
}
