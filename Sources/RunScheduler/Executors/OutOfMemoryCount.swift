import RunStore

/// How many processes the kernel has ended for want of memory, as it counts them itself. Nothing in the
/// way a process dies tells such a kill from any other SIGKILL.
struct OutOfMemoryCount: Sendable {
  /// Files that hold a line `oom_kill <count>`: of this process's control group, where a container's
  /// limit shows, and of the whole machine.
  var files: [String]

  static let system = OutOfMemoryCount(files: [
    "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control", "/proc/vmstat",
  ])

  /// - Returns: the sum over those files that can be read.
  func read() -> Int {
    files.reduce(0) { sum, path in
      let bytes = (try? LocalFileSystem().contents(of: path)) ?? []
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      let line = lines.first { $0.hasPrefix("oom_kill ") }
      return sum + (line?.split(separator: " ").last.flatMap { Int($0) } ?? 0)
    }
  }
}
