/// Guesses how long a run still takes, from what items of the same kind took.
struct TimeEstimate {
  /// Mean seconds by kind of work, from finished items.
  private var known: [String: (sum: Double, count: Int)] = [:]

  mutating func learn(kind: String, seconds: Double) {
    known[kind, default: (0, 0)].sum += seconds
    known[kind, default: (0, 0)].count += 1
  }

  func seconds(of kind: String) -> Double? {
    known[kind].map { $0.sum / Double($0.count) }
  }

  /// An item as the estimate sees it.
  struct Item {
    var kind: String
    var inputs: [Int]
    var state: State

    enum State {
      /// It needs no more time.
      case settled
      case waiting
      case running(seconds: Double, fraction: Double?)
    }
  }

  /// Seconds until everything is done: all work shared among the workers, but never less than the
  /// longest chain of items that wait for each other; no schedule can beat either, and longest chain
  /// first comes close.
  ///
  /// - Parameter items: inputs before those that read them.
  /// - Returns: nil when a kind of work has neither finished nor told how far it is.
  func secondsLeft(_ items: [Item], workers: Int) -> Double? {
    var guess = self
    for item in items {
      // An item that runs tells what its kind takes before any has finished.
      if case .running(let seconds, let fraction?) = item.state, fraction > 0,
        seconds >= Self.leastSeconds || fraction >= Self.leastFraction, known[item.kind] == nil
      {
        guess.learn(kind: item.kind, seconds: seconds / fraction)
      }
    }
    var total = 0.0
    var chains = [Double](repeating: 0, count: items.count)
    for (place, item) in items.enumerated() {
      guard let left = guess.secondsLeft(item) else { return nil }
      total += left
      chains[place] = left + (item.inputs.map { chains[$0] }.max() ?? 0)
    }
    return max(total / Double(max(workers, 1)), chains.max() ?? 0)
  }

  // A fraction says something once this share is done or this time has passed; before that start-up
  // time would be taken for the pace.
  private static let leastFraction = 0.05
  private static let leastSeconds = 2.0

  private func secondsLeft(_ item: Item) -> Double? {
    switch item.state {
    case .settled: return 0
    case .waiting: return seconds(of: item.kind)
    case .running(let seconds, let fraction):
      if let fraction, fraction >= Self.leastFraction { return seconds / fraction - seconds }
      return self.seconds(of: item.kind).map { max($0 - seconds, 0) }
    }
  }
}
