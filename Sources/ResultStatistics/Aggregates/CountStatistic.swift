/// A statistic of a resample that is given by how often each value of the sample was drawn.
protocol CountStatistic: Sendable {
  /// Per arm, per task, per run: which count a draw of it raises. Every slot belongs to one value.
  var arms: [[[Int32]]] { get }
  /// How many numbers it has.
  var outputs: Int { get }
  /// Writes its numbers at a place.
  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int)
}

/// The interquartile mean: values are presorted once, slots are ranks.
struct TrimmedMeanOfCounts: CountStatistic {
  let arms: [[[Int32]]]
  let outputs = 1
  private let mean: TrimmedMean

  init(_ scores: RunScores) {
    let pooled = scores.pooled
    let order = pooled.indices.sorted { (pooled[$0], $0) < (pooled[$1], $1) }
    mean = TrimmedMean(sorted: order.map { pooled[$0] })
    arms = [scores.slots(ranked: order)]
  }

  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int) {
    values[place] = mean.value { counts[$0] }
  }
}

/// The mean over tasks of the mean over runs of some function of the score.
struct MeanOfCounts: CountStatistic {
  let arms: [[[Int32]]]
  let outputs = 1
  /// What one draw of a value adds.
  private let shares: [Double]

  init(_ scores: RunScores, of function: (Double) -> Double) {
    arms = [scores.slots(ranked: Array(scores.pooled.indices))]
    shares = scores.tasks.flatMap { runs in
      runs.map { function($0) / Double(runs.count) / Double(scores.tasks.count) }
    }
  }

  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int) {
    var sum = 0.0
    for slot in shares.indices { sum += shares[slot] * Double(counts[slot]) }
    values[place] = sum
  }
}

/// The median over tasks of the mean over runs.
struct MedianOfCounts: CountStatistic {
  let arms: [[[Int32]]]
  let outputs = 1
  private let tasks: [[Double]]

  init(_ scores: RunScores) {
    arms = [scores.slots(ranked: Array(scores.pooled.indices))]
    tasks = scores.tasks
  }

  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int) {
    var slot = 0
    let means = tasks.map { runs in
      var sum = 0.0
      for score in runs {
        sum += score * Double(counts[slot])
        slot += 1
      }
      return sum / Double(runs.count)
    }
    values[place] = interpolatedQuantile(sorted: means.sorted(), 0.5)
  }
}

extension RunScores {
  /// Slots by rank.
  ///
  /// - Parameter ranked: the places of the pooled scores, in the order of their slots.
  func slots(ranked order: [Int]) -> [[Int32]] {
    var slot = [Int32](repeating: 0, count: order.count)
    for (rank, place) in order.enumerated() { slot[place] = Int32(rank) }
    var start = 0
    return tasks.map { runs in
      defer { start += runs.count }
      return Array(slot[start..<start + runs.count])
    }
  }
}
