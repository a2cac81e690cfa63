import Reproducibility

/// How long a run still takes, as far as can be guessed, in seconds.
package struct TimeLeft: Sendable, Hashable {
  package var middle: Double
  /// Eight of ten runs are taken to end between these two, never below nothing.
  package var low: Double
  package var high: Double
  /// Whether the range is that of earlier guesses; otherwise too few were made to tell.
  package var isRangeMeasured: Bool
}

/// Guesses what items take, from what similar ones took, and how long a run of them still takes.
///
/// **Similar** are items of the same kind: of the same family where one was seen, otherwise of any, and
/// of these the ones whose amount is nearest, as a ratio. Their mean is scaled in proportion to the
/// amount. So a stage of 300 steps is taken to need twice the time of the nearest shorter one of 150
/// steps that was run with the same model.
///
/// **How far off** such a guess is tell those before it: each item was guessed from the ones learnt
/// before it, and the ratio of what it took to the guess was kept. The tenth and the ninetieth
/// percentile of the ratios bound eight of ten. A run is taken to be off as its items are, all to one
/// side: what makes one slow (a busy machine, a setting that the amount knows nothing of) makes most of
/// them slow. Where items err independently the range is therefore too wide, never too narrow.
package struct TimeEstimate: Sendable {
  /// What finished items of one amount took.
  private struct Taken {
    var seconds = 0.0
    var bytes = 0.0
    var count = 0
  }

  /// What finished items took, by amount, ascending.
  private struct Amounts {
    private var amounts: [Double] = []
    private var taken: [Taken] = []

    mutating func add(amount: Double, seconds: Double, bytes: Int) {
      let place = firstPlace(notBelow: amount)
      if place == amounts.count || amounts[place] != amount {
        amounts.insert(amount, at: place)
        taken.insert(Taken(), at: place)
      }
      taken[place].seconds += seconds
      taken[place].bytes += Double(bytes)
      taken[place].count += 1
    }

    /// The amount with the smallest ratio to this one; of two as near the smaller.
    func nearest(to amount: Double) -> (amount: Double, taken: Taken)? {
      let above = firstPlace(notBelow: amount)
      let below = above - 1
      guard !amounts.isEmpty else { return nil }
      if above == amounts.count { return (amounts[below], taken[below]) }
      if below < 0 { return (amounts[above], taken[above]) }
      let isBelow = amount / amounts[below] <= amounts[above] / amount
      let place = isBelow && amounts[above] != amount ? below : above
      return (amounts[place], taken[place])
    }

    private func firstPlace(notBelow amount: Double) -> Int {
      var (low, high) = (0, amounts.count)
      while low < high {
        let middle = (low + high) / 2
        if amounts[middle] < amount { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private struct Kind {
    var families: [JSONValue: Amounts] = [:]
    var all = Amounts()
    /// What items took as a share of what was guessed for them; the last ones.
    var ratios: [Double] = []
    var nextRatio = 0

    mutating func note(ratio: Double) {
      if ratios.count < TimeEstimate.keptRatios {
        ratios.append(ratio)
      } else {
        ratios[nextRatio % TimeEstimate.keptRatios] = ratio
      }
      nextRatio += 1
    }

    func nearest(to measure: WorkMeasure) -> (amount: Double, taken: Taken)? {
      (families[measure.family] ?? all).nearest(to: measure.amount)
    }
  }

  private var kinds: [String: Kind] = [:]

  /// Fewer ratios say too little: of nine, the smallest and the largest bound eight tenths of what is to
  /// come, whatever it is distributed like.
  package static let leastRatios = 9
  /// What is taken for the range before there are so many: from half of the guess to twice as much.
  private static let assumedRange = (low: 0.5, high: 2.0)
  private static let keptRatios = 512

  package init() {}

  /// Whether nothing was learnt.
  package var isEmpty: Bool { kinds.isEmpty }

  /// Whether an item of that kind was seen.
  package func knows(_ kind: String) -> Bool { kinds[kind] != nil }

  /// - Parameter bytes: of the result's files.
  package mutating func learn(_ measure: WorkMeasure, seconds: Double, bytes: Int = 0) {
    let guess = self.seconds(of: measure)
    var kind = kinds.removeValue(forKey: measure.kind) ?? Kind()
    if let guess, guess > 0 { kind.note(ratio: seconds / guess) }
    kind.families[measure.family, default: Amounts()].add(
      amount: measure.amount, seconds: seconds, bytes: bytes)
    kind.all.add(amount: measure.amount, seconds: seconds, bytes: bytes)
    kinds[measure.kind] = kind
  }

  /// What an item is guessed to take; nil when no item of its kind was seen.
  package func seconds(of measure: WorkMeasure) -> Double? {
    guard let (amount, taken) = kinds[measure.kind]?.nearest(to: measure) else { return nil }
    return taken.seconds / Double(taken.count) * (measure.amount / amount)
  }

  /// Bytes that the result of an item is guessed to have: the mean of similar ones, not scaled, for most
  /// of it are weights.
  package func bytes(of measure: WorkMeasure) -> Double? {
    guard let (_, taken) = kinds[measure.kind]?.nearest(to: measure) else { return nil }
    return taken.bytes / Double(taken.count)
  }

  /// Bytes that the items to come are guessed to leave; nil when a kind of them was never seen.
  package func bytesLeft(_ states: [State], of items: MeasuredGraph) -> Double? {
    let each = items.measures.map { bytes(of: $0) }
    var total = 0.0
    for (place, state) in zip(items.places, states) where state.isLeft {
      guard let bytes = each[place] else { return nil }
      total += bytes
    }
    return total
  }

  // MARK: A run

  /// An item as the estimate sees it.
  package enum State: Sendable, Hashable {
    /// It needs no more time.
    case settled
    case waiting
    case running(seconds: Double, fraction: Double?)

    var isLeft: Bool { self != .settled }
  }

  /// Seconds until everything is done, each worker taking the next ready item, see ``ListSchedule``.
  ///
  /// - Parameter states: one for each item.
  /// - Returns: nil when a kind of work has neither finished nor told how far it is.
  package func timeLeft(_ states: [State], of items: MeasuredGraph, workers: Int) -> TimeLeft? {
    var guess = self
    var running: [Int] = []
    for (place, state) in states.enumerated() {
      guard case .running(let seconds, let fraction) = state else { continue }
      running.append(place)
      // An item that runs tells what its kind takes before any has finished.
      let measure = items.measures[items.places[place]]
      if let fraction, fraction > 0, seconds >= Self.leastSeconds || fraction >= Self.leastFraction,
        kinds[measure.kind] == nil
      {
        guess.learn(measure, seconds: seconds / fraction)
      }
    }
    let each = items.measures.map { guess.seconds(of: $0) }
    var left = [Double](repeating: 0, count: states.count)
    for (place, state) in states.enumerated() {
      guard let seconds = Self.secondsLeft(state, whole: each[items.places[place]]) else {
        return nil
      }
      left[place] = seconds
    }
    let schedule = ListSchedule(
      items.graph, isLeft: states.map(\.isLeft), running: running, workers: workers)
    let middle = schedule.length(left)
    if middle == 0 { return TimeLeft(middle: 0, low: 0, high: 0, isRangeMeasured: true) }
    var kindsLeft: Set<String> = []
    for (place, seconds) in zip(items.places, left) where seconds > 0 {
      kindsLeft.insert(items.measures[place].kind)
    }
    let ranges = Dictionary(uniqueKeysWithValues: kindsLeft.map { ($0, range(of: $0)) })
    let ofMeasures = items.measures.map { (ranges[$0.kind] ?? nil) ?? Self.assumedRange }
    func length(_ share: ((low: Double, high: Double)) -> Double) -> Double {
      schedule.length(zip(left, items.places).map { $0 * share(ofMeasures[$1]) })
    }
    // A schedule of shorter items may by its order be the longer one.
    return TimeLeft(
      middle: middle, low: min(middle, length(\.low)), high: max(middle, length(\.high)),
      isRangeMeasured: ranges.values.allSatisfy { $0 != nil })
  }

  /// Between which shares of the guess eight of ten items stay; of all kinds where this one was guessed
  /// too seldom, nil where all of them were.
  private func range(of kind: String) -> (low: Double, high: Double)? {
    var ratios = kinds[kind]?.ratios ?? []
    if ratios.count < Self.leastRatios { ratios = kinds.values.flatMap(\.ratios) }
    guard ratios.count >= Self.leastRatios else { return nil }
    ratios.sort()
    return (Self.quantile(0.1, of: ratios), Self.quantile(0.9, of: ratios))
  }

  /// The value at place p (n + 1) of n ascending ones, from 1, in between by proportion: what a further
  /// value is below with probability p.
  ///
  /// - Source: Weibull 1939; Hyndman and Fan 1996, "Sample quantiles in statistical packages", type 6.
  private static func quantile(_ p: Double, of values: [Double]) -> Double {
    let place = min(max(p * Double(values.count + 1), 1), Double(values.count))
    let below = Int(place)
    let above = min(below + 1, values.count)
    return values[below - 1] + (place - Double(below)) * (values[above - 1] - values[below - 1])
  }

  // A fraction says something once this share is done or this time has passed; before that start-up
  // time would be taken for the pace.
  private static let leastFraction = 0.05
  private static let leastSeconds = 2.0

  /// - Parameter whole: what the item takes from its beginning, if that is known.
  private static func secondsLeft(_ state: State, whole: Double?) -> Double? {
    switch state {
    case .settled: return 0
    case .waiting: return whole
    case .running(let seconds, let fraction):
      if let fraction, fraction >= leastFraction { return seconds / fraction - seconds }
      return whole.map { max($0 - seconds, 0) }
    }
  }
}
