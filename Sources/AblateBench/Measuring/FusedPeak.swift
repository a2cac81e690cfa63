internal import KernelInterface

/// The most multiply-adds that this core does in a second: what a fraction of the peak is taken of.
struct FusedPeak {
  private let operations: any Operations
  private let sums = FloatBuffer(count: 16)
  private let rounds: Int

  /// Seconds of one measurement.
  private static let duration = 0.02

  init(_ operations: any Operations) {
    self.operations = operations
    var rounds = 64
    while true {
      sums.all.copy(from: Self.start)
      let begin = ThreadClock.cpuSeconds
      _ = operations.multiplyAddChains(sums.all, rounds: rounds)
      if ThreadClock.cpuSeconds - begin >= Self.duration / 2 { break }
      rounds *= 2
    }
    self.rounds = rounds
  }

  /// A factor of one half and a summand of one: the chains approach 2.
  private static let start: [Float] = [0.5, 1] + [Float](repeating: 0, count: 14)

  /// Floating-point operations in a second of CPU time, now.
  func measure() -> Double {
    sums.all.copy(from: Self.start)
    let begin = ThreadClock.cpuSeconds
    let count = operations.multiplyAddChains(sums.all, rounds: rounds)
    return Double(count) / (ThreadClock.cpuSeconds - begin)
  }
}
