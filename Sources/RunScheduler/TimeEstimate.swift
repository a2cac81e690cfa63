/// How long a run still takes, as far as can be guessed, in seconds.
package struct TimeLeft: Sendable, Hashable {
  package var middle: Double
  /// Two standard errors to each side, never below nothing.
  package var low: Double
  package var high: Double
}

/// Guesses how long a run still takes, from what items of the same kind took.
struct TimeEstimate {
  /// What finished items of a kind took.
  private struct Kind {
    var sum = 0.0
    var squares = 0.0
    var count = 0

    var mean: Double { sum / Double(count) }
    /// Variance of one item about the mean. A single one says nothing of it: half the mean is taken for
    /// the standard deviation.
    var variance: Double {
      count < 2
        ? mean * mean / 4 : max(0, (squares - sum * sum / Double(count)) / Double(count - 1))
    }
  }

  private var known: [String: Kind] = [:]

  mutating func learn(kind: String, seconds: Double) {
    known[kind, default: Kind()].sum += seconds
    known[kind, default: Kind()].squares += seconds * seconds
    known[kind, default: Kind()].count += 1
  }

  func seconds(of kind: String) -> Double? { known[kind]?.mean }

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
  /// Its spread: items of a kind differ among themselves, and their mean is known from so many only, so k
  /// items to come have the variance k s² + k² s² / n.
  ///
  /// - Parameter items: inputs before those that read them.
  /// - Returns: nil when a kind of work has neither finished nor told how far it is.
  func timeLeft(_ items: [Item], workers: Int) -> TimeLeft? {
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
    let middle = max(total / Double(max(workers, 1)), chains.max() ?? 0)
    guard total > 0 else { return TimeLeft(middle: middle, low: middle, high: middle) }
    // The share of the total by which it may be off is taken for that of the longest chain too.
    let share = 2 * guess.variance(of: items).squareRoot() / total
    return TimeLeft(
      middle: middle, low: max(0, middle * (1 - share)), high: middle * (1 + share))
  }

  private func variance(of items: [Item]) -> Double {
    var counts: [String: Double] = [:]
    for item in items {
      switch item.state {
      case .settled: break
      case .waiting: counts[item.kind, default: 0] += 1
      case .running(_, let fraction):
        counts[item.kind, default: 0] += 1 - (fraction ?? 0)
      }
    }
    return counts.reduce(0) { sum, entry in
      guard let kind = known[entry.key] else { return sum }
      let (k, n) = (entry.value, Double(kind.count))
      return sum + (k + k * k / n) * kind.variance
    }
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
