/// Scores of several runs on several tasks: what one arm did.
package struct RunScores: Sendable, Hashable {
  /// Per task, one score per run; tasks may have different numbers of runs.
  package let tasks: [[Double]]

  /// - Parameter tasks: at least one, each with at least one finite score. Holes are the caller's to
  ///   refuse: an aggregate over what happens to be there is an aggregate over other tasks.
  package init(tasks: [[Double]]) {
    precondition(
      !tasks.isEmpty && tasks.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isFinite) },
      "every task has a run, and every score is finite")
    self.tasks = tasks
  }

  /// - Parameter runs: runs × tasks, every run with the same tasks in the same order.
  package init(runs: [[Double]]) {
    let count = runs.first?.count ?? 0
    precondition(runs.allSatisfy { $0.count == count }, "every run has the same tasks")
    self.init(tasks: (0..<count).map { task in runs.map { $0[task] } })
  }

  /// Every score, task by task.
  var pooled: [Double] { tasks.flatMap { $0 } }

  /// One run has no spread, so resampling it would claim a certainty that nobody has.
  var hasSpreadInEveryTask: Bool { tasks.allSatisfy { $0.count > 1 } }
}
