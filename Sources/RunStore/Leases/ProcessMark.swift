import Glibc
package import Reproducibility

/// One process among all that ever ran: the number alone comes again, number and start time do not.
package struct ProcessMark: Sendable, Hashable {
  /// The machine's name.
  package var host: String
  /// The kernel's name for this run of the machine, new at each start.
  package var boot: String
  /// The space in which process numbers are counted; containers on one machine have their own.
  package var space: String
  package var process: Int
  /// When it started, in clock ticks since the machine did.
  package var started: UInt64

  package init(host: String, boot: String, space: String, process: Int, started: UInt64) {
    self.host = host
    self.boot = boot
    self.space = space
    self.process = process
    self.started = started
  }
}

extension ProcessMark {
  /// The process that asks.
  package static let current = ProcessMark(process: Int(getpid()))

  /// A process of this machine, started now or running already.
  package init(process: Int) {
    self.init(
      host: Self.thisHost, boot: Self.thisBoot, space: Self.thisSpace, process: process,
      started: Self.running(process) ?? 0)
  }

  package enum Life: Sendable, Hashable {
    case alive
    case dead
    /// It runs, or ran, where this process cannot look.
    case unknown
  }

  /// Whether the process still runs, as far as this machine can tell at once.
  package var life: Life {
    guard host == Self.thisHost else { return .unknown }
    // Same machine, started again since: nothing from before is left.
    guard boot == Self.thisBoot else { return .dead }
    guard space == Self.thisSpace else { return .unknown }
    return Self.running(process) == started ? .alive : .dead
  }

  /// Whether no process of this machine has the number. One that has it may be another than was meant.
  package static func isGone(_ process: Int) -> Bool {
    guard let number = pid_t(exactly: process) else { return true }
    return kill(number, 0) != 0 && errno == ESRCH
  }

  /// "process 4711 on atlas", for messages.
  package var wording: String { "process \(process) on \(host)" }

  private static let thisHost: String = {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return "unknown" }
    return unsafe withUnsafeBytes(of: &name.nodename) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }()

  private static let thisBoot: String =
    firstLine(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"

  private static let thisSpace: String = {
    var buffer = [CChar](repeating: 0, count: 128)
    let count = unsafe readlink("/proc/self/ns/pid", &buffer, buffer.count)
    guard count > 0 else { return "unknown" }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// Start time of a process that runs; nil when there is none, or only its remains.
  private static func running(_ process: Int) -> UInt64? {
    guard let line = firstLine(of: "/proc/\(process)/stat"),
      // The name in brackets may hold anything, so count from the last bracket: field 3 is the
      // state, field 22 the start time (proc_pid_stat(5)).
      let bracket = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[line.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }

  private static func firstLine(of path: String) -> String? {
    guard let text = try? LocalFileSystem().text(of: path) else { return nil }
    return text.split(separator: "\n").first.map(String.init)
  }
}

extension ProcessMark {
  package var json: JSONValue {
    [
      "host": .string(host), "boot": .string(boot), "space": .string(space),
      "process": JSONValue(process), "started": .string(String(started)),
    ]
  }

  package init?(json: JSONValue?) {
    guard let json, let host = json["host"]?.string, let boot = json["boot"]?.string,
      let space = json["space"]?.string, let process = json["process"]?.int,
      let started = json["started"]?.string.flatMap({ UInt64($0) })
    else { return nil }
    self.init(host: host, boot: boot, space: space, process: process, started: started)
  }
}
