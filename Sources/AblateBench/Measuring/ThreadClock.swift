internal import Glibc

/// Clocks of the calling thread and the memory of its process, in seconds and bytes.
enum ThreadClock {
  /// Time that this thread spent on a core. What neighbours on the machine take does not count, but
  /// a cache or a clock frequency shared with them still shows.
  static var cpuSeconds: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  /// Time on the wall. It costs a tenth of the other to read, so what is timed call by call uses it.
  static var wallSeconds: Double { seconds(CLOCK_MONOTONIC) }

  /// Largest memory that the process had resident since ``forgetPeakResident()``, in bytes.
  static var peakResidentBytes: Int {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return usage.ru_maxrss * 1024
  }

  /// Lets the largest memory begin anew at what is resident now (proc(5), `clear_refs`). Where the
  /// system refuses, it goes on from the start of the process.
  static func forgetPeakResident() {
    let file = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = unsafe write(file, "5", 1)
    close(file)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
