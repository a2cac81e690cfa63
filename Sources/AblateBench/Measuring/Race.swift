/// Times contenders in turn, so that a contended spell of the machine hits all alike.
struct Race {
  let peak: FusedPeak
  let rounds: Int
  /// On the wall clock: no round begins after it, but the first.
  let deadline: Double?

  func run(_ contenders: [Contender]) -> [Figure] {
    let repetitions = contenders.map { $0.warmUp() }
    var laps = contenders.map { _ in [Lap]() }
    for round in 0..<rounds {
      if round > 0, let deadline, ThreadClock.wallSeconds > deadline { break }
      for (index, contender) in contenders.enumerated() {
        // The peak is measured beside each, because a core's frequency follows its load.
        let peak = peak.measure()
        laps[index].append(
          Lap(seconds: contender.measure(repetitions: repetitions[index]), peak: peak))
      }
    }
    return zip(contenders, laps).flatMap { contender, laps in
      let whole = Figure(
        name: contender.name, products: contender.products, work: contender.work,
        seconds: laps.map { $0.seconds.reduce(0, +) }, peaks: laps.map(\.peak))
      if contender.parts.count == 1 { return [whole] }
      return [whole]
        + contender.parts.enumerated().map { index, part in
          Figure(
            name: part.name, products: contender.products, work: part.work,
            seconds: laps.map { $0.seconds[index] }, peaks: laps.map(\.peak), isPart: true)
        }
    }
  }

  private struct Lap {
    var seconds: [Double]
    var peak: Double
  }
}
