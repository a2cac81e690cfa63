internal import Reproducibility

/// Resamples runs and counts how often each value was drawn.
struct StratifiedSampler: Sendable {
  /// Slots of all tasks of all arms, one task after the other.
  private let slots: [Int32]
  /// Neighbours of one size, which share their words.
  private var groups: [Group] = []

  private struct Group {
    /// Runs of a task.
    var runs: Int
    /// Tasks that are drawn one after the other.
    var tasks: Int
    /// How often each draw is used: for the tasks of a whole run.
    var copies: Int
    var indices: BatchedIndices
  }

  /// How many values there are, in all arms.
  var count: Int { slots.count }

  /// - Parameter arms: see ``CountStatistic``.
  init(arms: [[[Int32]]], unit: StratifiedBootstrap.Unit) {
    slots = arms.flatMap { $0.flatMap { $0 } }
    for tasks in arms {
      switch unit {
      case .wholeRuns:
        let runs = tasks[0].count
        precondition(
          tasks.allSatisfy { $0.count == runs }, "whole runs need as many runs of every task")
        groups.append(
          Group(
            runs: runs, tasks: 1, copies: tasks.count, indices: BatchedIndices(bound: runs)))
      case .runsWithinTasks:
        for task in tasks {
          if groups.last?.runs == task.count {
            groups[groups.count - 1].tasks += 1
          } else {
            groups.append(
              Group(
                runs: task.count, tasks: 1, copies: 1, indices: BatchedIndices(bound: task.count)))
          }
        }
      }
    }
  }

  /// - Parameter counts: one per slot, overwritten.
  @inline(__always)
  func draw(_ counts: inout [Int32], from random: inout RandomStream) {
    for slot in counts.indices { counts[slot] = 0 }
    var start = 0
    for group in groups {
      if group.copies > 1 {
        group.indices.draw(group.runs, from: &random) { index in
          for task in 0..<group.copies {
            counts[Int(slots[start + task * group.runs + index])] &+= 1
          }
        }
        start += group.runs * group.copies
      } else {
        var rest = group.runs
        group.indices.draw(group.runs * group.tasks, from: &random) { index in
          counts[Int(slots[start + index])] &+= 1
          rest -= 1
          if rest == 0 {
            start += group.runs
            rest = group.runs
          }
        }
      }
    }
  }
}
