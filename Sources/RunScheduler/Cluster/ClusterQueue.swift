/// A queue of other machines, such as Slurm's. It only starts workers and gives hints: what was done is for
/// the item folders to say.
package protocol ClusterQueue: Sendable {
  /// What it is called in messages.
  var name: String { get }
  /// Tasks that one array may have at most.
  var mostTasks: Int { get }

  /// Hands an array of tasks in, one for each chunk.
  ///
  /// - Parameter jobs: ids of arrays that have to end before, in whatever manner.
  func submit(_ submission: Submission, in folder: SubmissionFolder, after jobs: [String])
    -> SubmitAnswer
  /// Everything of ours that waits or runs; nil where the queue does not answer, which says nothing of it.
  func look() -> QueueSnapshot?
  /// Takes the arrays of those names out.
  ///
  /// - Parameter waitingOnly: whether tasks that run are left alone; else they are ended.
  /// - Returns: false where the queue does not answer.
  func cancel(_ names: [String], waitingOnly: Bool) -> Bool
  /// How the tasks of an array ended that did not end well, as far as the queue knows.
  func endings(of name: String) -> TaskEndings
}

/// How tasks of an array ended, in the queue's own words: `TIMEOUT`, `CANCELLED by 1000`.
package struct TaskEndings: Sendable, Hashable {
  package var byTask: [Int: String] = [:]
  /// Of all others; nil where nothing is known of them.
  package var others: String?

  package init() {}

  subscript(task: Int) -> String? { byTask[task] ?? others }
}

/// What came of handing an array in.
package enum SubmitAnswer: Sendable, Hashable {
  /// - job: its id, a hint: after a crash of the queue another job may get the same one.
  case accepted(job: String)
  /// No answer, or one that does not say: it may be there or not.
  case unknown(reason: String)
  /// Too many tasks for now: fewer, or later.
  case full(reason: String)
  /// The queue will never take it.
  case refused(reason: String)
}

/// What a queue said at one instant.
package struct QueueSnapshot: Sendable, Hashable {
  package struct Task: Sendable, Hashable {
    package var job: String
    package var isRunning: Bool
    /// Why it waits, in the queue's own words.
    package var reason: String
    /// It waits for something that will not come: it asks for more than there is.
    package var isHopeless: Bool

    package init(job: String, isRunning: Bool, reason: String = "", isHopeless: Bool = false) {
      self.job = job
      self.isRunning = isRunning
      self.reason = reason
      self.isHopeless = isHopeless
    }
  }

  /// By name of the submission and number of the chunk.
  package var tasks: [String: [Int: Task]]

  package init(tasks: [String: [Int: Task]] = [:]) { self.tasks = tasks }
}

/// What a task asks of a machine.
package struct ClusterRequest: Sendable, Hashable {
  /// Minutes; nil takes the partition's default.
  package var minutes: Int?
  /// MiB; nil takes the partition's default.
  package var memory: Int?
  package var cores = 1

  package init(minutes: Int? = nil, memory: Int? = nil, cores: Int = 1) {
    self.minutes = minutes
    self.memory = memory
    self.cores = cores
  }
}
