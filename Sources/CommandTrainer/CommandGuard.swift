internal import CSystem
internal import ChildProcesses
import Glibc
import Reproducibility

/// The process between a worker and its command: the command's parent, and that of every descendant whose own
/// parent dies. It exists because a process that is killed by `kill -9` can end nobody: when the worker dies,
/// however it dies, the guard's standard input ends, and the guard ends the command with all that it started.
///
/// | it hears | it does |
/// |---|---|
/// | SIGTERM | passes it on to the command's group, and lets it leave |
/// | SIGINT, or the end of its input | kills the command and everything below it |
///
/// It leaves ``GuardReport`` and exits.
package struct CommandGuard {
  private let folder: String
  private let environment: [String: String]
  private let patience: Double
  private var heard = sigset_t()

  /// Takes the signals before any other thread is started: they are waited for.
  ///
  /// - Parameters:
  ///   - folder: that a worker has prepared, ``CommandFolder``.
  ///   - environment: of the command.
  package init(
    _ folder: String, environment: [String: String],
    patience: Double = CommandContract.Limits().patience
  ) {
    self.folder = folder
    self.environment = environment
    self.patience = patience
    unsafe sigemptyset(&heard)
    for number in [SIGCHLD, SIGTERM, SIGINT] { unsafe sigaddset(&heard, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &heard, nil)
    _ = ablate_adopt_orphans()
  }

  /// Runs the command to its end, and everything that it started.
  ///
  /// - Returns: false when there is no order to be read in the folder, or no report could be left.
  package mutating func run() -> Bool {
    let paths = CommandFolder(folder)
    guard let bytes = ScratchFiles.contents(of: paths.start),
      let words = (try? JSONValue(parsing: bytes))?.array?.compactMap(\.string),
      let program = words.first, unsafe chdir(paths.work) == 0
    else { return false }
    switch ChildProcess.start(
      program: program, arguments: Array(words.dropFirst()), environment: environment,
      output: .inherited, searchesPath: true, hasLifeline: false)
    {
    case .refused(let code): return GuardReport(end: .refused(code)).write(to: paths.end)
    case .started(let child): return watch(child).write(to: paths.end)
    }
  }

  private mutating func watch(_ child: ChildProcess) -> GuardReport {
    var end: GuardReport.End?
    var left: [String] = []
    var isLeaving = false
    var isKilling = false
    var deadline: Double?
    while true {
      var status: Int32 = 0
      var reaped = unsafe waitpid(-1, &status, WNOHANG)
      while reaped > 0 {
        if reaped == child.process { end = .ended(ChildProcess.End.Manner(status: status)) }
        reaped = unsafe waitpid(-1, &status, WNOHANG)
      }
      if reaped < 0 && errno == ECHILD { break }
      let now = steadySeconds()
      // Whoever was asked to leave may still be saving when its shell has gone.
      if end != nil, deadline == nil, !isLeaving { deadline = now + patience }
      if let deadline, now >= deadline, !isKilling {
        left = Self.children().map(\.name)
        isKilling = true
      }
      if isKilling {
        if end == nil { child.signal(SIGKILL) }
        for other in Self.children() { kill(other.process, SIGKILL) }
      }
      let pause = isKilling ? 0.002 : deadline.map { max(0.001, $0 - now) } ?? 3600
      switch wait(pause) {
      case SIGTERM:
        isLeaving = true
        if end == nil { child.signal(SIGTERM) }
      case SIGINT: isKilling = true
      default: break
      }
    }
    return GuardReport(end: end ?? .ended(.signal(SIGKILL)), left: left)
  }

  /// The next signal; nil when none came for so many seconds.
  private mutating func wait(_ seconds: Double) -> Int32? {
    var time = timespec(
      tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    let number = unsafe sigtimedwait(&heard, nil, &time)
    return number > 0 ? number : nil
  }

  /// Kills what a guard left that was itself killed, and everything below it. For a process that has adopted
  /// orphans and has no other children.
  static func endOrphans() {
    while true {
      let orphans = children()
      for orphan in orphans { kill(orphan.process, SIGKILL) }
      var status: Int32 = 0
      while unsafe waitpid(-1, &status, WNOHANG) > 0 {}
      if orphans.isEmpty { return }
      usleep(2000)
    }
  }

  /// The processes that run and whose parent this one is; those below them come to it when they die.
  private static func children() -> [(process: pid_t, name: String)] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var found: [(process: pid_t, name: String)] = []
    while let entry = unsafe readdir(folder) {
      let word = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // `17 (sleep) S 4 …` of proc_pid_stat(5); the name may hold anything but ends with the last bracket.
      guard let process = pid_t(word), let bytes = ScratchFiles.contents(of: "/proc/\(word)/stat"),
        let open = bytes.firstIndex(of: UInt8(ascii: "(")),
        let close = bytes.lastIndex(of: UInt8(ascii: ")"))
      else { continue }
      let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
      guard fields.count > 1, fields[0].first != UInt8(ascii: "Z"),
        Int32(String(decoding: fields[1], as: UTF8.self)) == getpid()
      else { continue }
      found.append((process, String(decoding: bytes[(open + 1)..<close], as: UTF8.self)))
    }
    return found
  }
}

/// The folder of one attempt of a command, which goes with it.
struct CommandFolder {
  let path: String
  init(_ path: String) { self.path = path }

  /// Where the command runs, with its files.
  var work: String { "\(path)/work" }
  /// Where it puts its states.
  var states: String { "\(path)/checkpoints" }
  var measurements: String { "\(path)/measurements.jsonl" }
  var settings: String { "\(path)/config.json" }
  /// The words of the command, for the guard.
  var start: String { "\(path)/start.json" }
  /// How it ended, from the guard.
  var end: String { "\(path)/end.json" }
}

/// How a command ended, in the words of its guard.
struct GuardReport: Equatable {
  enum End: Equatable {
    case ended(ChildProcess.End.Manner)
    /// It could not be started; the system's `errno`.
    case refused(Int32)
  }

  var end: End
  /// Names of processes that it had left behind and that were killed.
  var left: [String] = []

  init(end: End, left: [String] = []) {
    self.end = end
    self.left = left
  }

  func write(to path: String) -> Bool {
    var members: JSONObject = [:]
    switch end {
    case .ended(.exit(let code)): members["exit"] = JSONValue(Int(code))
    case .ended(.signal(let number)): members["signal"] = JSONValue(Int(number))
    case .refused(let code): members["refused"] = JSONValue(Int(code))
    }
    members["left"] = .array(left.map { .string($0) })
    let draft = path + ".new"
    guard
      (try? ScratchFiles.write(Array(JSONValue.object(members).line.utf8), to: draft)) != nil
    else { return false }
    return unsafe rename(draft, path) == 0
  }

  /// - Returns: nil when there is none.
  init?(path: String) {
    guard let bytes = ScratchFiles.contents(of: path), let json = try? JSONValue(parsing: bytes)
    else { return nil }
    func number(_ name: String) -> Int32? { json[name]?.int.map { Int32(truncatingIfNeeded: $0) } }
    if let code = number("exit") {
      end = .ended(.exit(code))
    } else if let signal = number("signal") {
      end = .ended(.signal(signal))
    } else if let code = number("refused") {
      end = .refused(code)
    } else {
      return nil
    }
    left = json["left"]?.array?.compactMap(\.string) ?? []
  }
}

extension GuardReport.End {
  /// Whether a command that nobody had asked to leave has left for the same reason for which we shall: whoever takes
  /// a machine back tells all processes on it at once, and it may have heard before us.
  ///
  /// - Parameter hearing: seconds in which we may yet hear.
  func isLeaving(hearing: Double, _ isAsked: () -> Bool) -> Bool {
    if self == .ended(.exit(0)) { return false }
    let end = steadySeconds() + hearing
    while !isAsked() {
      if steadySeconds() >= end { return false }
      usleep(20_000)
    }
    return true
  }
}

/// Seconds on a clock that nobody sets.
func steadySeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
