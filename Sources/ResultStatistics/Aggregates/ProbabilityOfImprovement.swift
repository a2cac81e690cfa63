/// How likely a run of one arm is to beat a run of another, on a task drawn at random.
///
/// Per task the share of pairs of runs in which the first scores higher, ties counting half (the
/// Mann–Whitney statistic over the number of pairs), averaged over the tasks. 0…1; ½ is no
/// difference. It says nothing about how much better.
///
/// - Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.3.
package struct ProbabilityOfImprovement: Sendable, Hashable {
  package let value: Double
  /// By resampling the runs of both arms within each task; none when a task has a single run of an
  /// arm, or when every run of one arm beats every run of the other.
  package let interval: Interval?

  /// - Parameters:
  ///   - first, second: the same tasks in the same order. Where less is better, swap them.
  package init(
    of first: RunScores, over second: RunScores, bootstrap: StratifiedBootstrap,
    level: Double = 0.95
  ) {
    let statistic = WinsOfCounts(first, over: second)
    var values = [0.0]
    let ones = [Int32](repeating: 1, count: first.pooled.count + second.pooled.count)
    statistic.read(ones.span, into: &values, at: 0)
    value = values[0]
    interval =
      first.hasSpreadInEveryTask && second.hasSpreadInEveryTask
      ? bootstrap.interval(
        bootstrap.resampled(statistic)[0],
        freedom: RunFreedom([first, second], of: bootstrap.unit), level: level) : nil
  }
}

/// The share of won pairs. Slots go task by task and within a task in rising order of the scores of
/// both arms, so a single walk meets every score after those it beats.
struct WinsOfCounts: CountStatistic {
  let arms: [[[Int32]]]
  let outputs = 1
  private let tasks: [Task]

  private struct Task {
    /// In rising order of the score.
    var entries: [Entry] = []
    /// One over the number of pairs and of tasks.
    var weight: Double
  }

  private struct Entry {
    var isFirst: Bool
    /// Whether the score is higher than that of the entry before.
    var rises: Bool
  }

  init(_ first: RunScores, over second: RunScores) {
    precondition(first.tasks.count == second.tasks.count, "both arms need the same tasks")
    var (firstSlots, secondSlots, tasks) = ([[Int32]](), [[Int32]](), [Task]())
    var start = Int32(0)
    for (a, b) in zip(first.tasks, second.tasks) {
      let scores = a + b
      let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
      var slots = [Int32](repeating: 0, count: scores.count)
      var task = Task(weight: 1 / (Double(a.count) * Double(b.count) * Double(first.tasks.count)))
      for (rank, place) in order.enumerated() {
        slots[place] = start + Int32(rank)
        let rises = rank > 0 && scores[place] > scores[order[rank - 1]]
        task.entries.append(Entry(isFirst: place < a.count, rises: rises))
      }
      firstSlots.append(Array(slots[..<a.count]))
      secondSlots.append(Array(slots[a.count...]))
      tasks.append(task)
      start += Int32(scores.count)
    }
    arms = [firstSlots, secondSlots]
    self.tasks = tasks
  }

  func read(_ counts: Span<Int32>, into values: inout [Double], at place: Int) {
    var (slot, total) = (0, 0.0)
    for task in tasks {
      // Twice the won pairs, so that a tie is a whole number. Of a run of ties: how many are of
      // either arm so far.
      var (beaten, wins, tiedFirst, tiedSecond) = (0, 0, 0, 0)
      for entry in task.entries {
        if entry.rises {
          wins += tiedFirst * (2 * beaten + tiedSecond)
          beaten += tiedSecond
          (tiedFirst, tiedSecond) = (0, 0)
        }
        if entry.isFirst {
          tiedFirst += Int(counts[slot])
        } else {
          tiedSecond += Int(counts[slot])
        }
        slot += 1
      }
      wins += tiedFirst * (2 * beaten + tiedSecond)
      total += Double(wins) / 2 * task.weight
    }
    values[place] = total
  }
}
