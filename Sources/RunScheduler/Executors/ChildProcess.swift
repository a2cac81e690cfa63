internal import CSystem
import Glibc

/// A child process in its own group. The thread that started it waits for it with `waitid`: no polling,
/// no handler shared between children.
struct ChildProcess: Sendable {
  let process: pid_t
  /// Our end of the child's standard input; closing it, or dying, ends the child's input.
  private let lifeline: Int32

  enum Start {
    case started(ChildProcess)
    /// - code: the system's `errno`.
    case refused(code: Int32)
  }

  struct End {
    enum Manner {
      case exit(Int32)
      case signal(Int32)
    }

    var manner: Manner
    var peakMemory: Int
  }

  /// - Parameters:
  ///   - output: the file to which its output and errors are added.
  ///   - memory: bytes of data that it may have; nil for no limit.
  static func start(
    program: String, arguments: [String], environment: [String: String], output: String,
    memory: Int? = nil
  ) -> Start {
    var ends: [Int32] = [-1, -1]
    guard unsafe ablate_pipe(&ends, O_CLOEXEC) == 0 else { return .refused(code: errno) }
    defer { close(ends[0]) }
    let (code, process) = spawn(program, arguments, environment, input: ends[0], output: output)
    guard code == 0 else {
      close(ends[1])
      return .refused(code: code)
    }
    // A fresh process has used next to nothing, so a limit that comes a moment late is as good.
    if let memory { _ = ablate_limit_data(process, UInt(memory)) }
    return .started(ChildProcess(process: process, lifeline: ends[1]))
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], input: Int32,
    output: String
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
    unsafe posix_spawn_file_actions_addopen(
      &actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
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
        unsafe posix_spawn(&process, program, &actions, &attributes, arguments, variables)
      }
    }
    return (code, process)
  }

  /// Sends a signal to the child and everything it started. Only before ``collect()``.
  func signal(_ number: Int32) { kill(-process, number) }

  /// Returns when the child is dead but its number still taken.
  func waitForEnd() {
    var details = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(process), &details, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Ends what the child left behind, and says how it died itself.
  func collect() -> End {
    signal(SIGKILL)
    close(lifeline)
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    // The low seven bits are the signal, the next byte the exit code (wait(2)).
    let number = status & 0x7f
    return End(
      manner: number == 0 ? .exit((status >> 8) & 0xff) : .signal(number),
      peakMemory: usage.ru_maxrss * 1024)
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
