import Foundation
import Reproducibility
import RunStore
import Synchronization

@testable import RunScheduler

/// A queue in this process: a task is a thread that works on its chunk. What it answers is told beforehand.
final class FakeQueue: ClusterQueue {
  enum Turn {
    case accept
    /// It takes the job and the answer is lost.
    case acceptWithoutAnswer
    /// It takes nothing and the answer is lost.
    case loseRequest
    case full
    case refuse(String)
    /// It takes the job, which then waits for what will never come.
    case acceptHopeless
    /// It takes the job and loses it before it starts.
    case forget
    /// Only the first task ever gets a slot.
    case startFirst
    /// The job starts and is ended before its work.
    case kill(log: String)
    /// The same on another machine, whose processes cannot be seen from here.
    case killElsewhere
  }

  private struct State {
    var turns: [Turn]
    var tasks: [String: [Int: QueueSnapshot.Task]] = [:]
    var submissions: [Submission] = []
    var dependencies: [[String]] = []
    var silences = 0
    var cancelled: [String] = []
    var looks = 0
  }

  let name = "the queue"
  let mostTasks: Int
  private let state: Mutex<State>
  private let results: ResultsFolder
  private let executor: any WorkExecutor
  private let lease: Double

  /// - Parameter turns: what comes of each array handed in; after the last all are accepted.
  init(
    _ results: ResultsFolder, _ executor: any WorkExecutor, turns: [Turn] = [],
    mostTasks: Int = 100,
    silences: Int = 0, lease: Double = 60
  ) {
    self.lease = lease
    self.results = results
    self.executor = executor
    self.mostTasks = mostTasks
    var state = State(turns: turns)
    state.silences = silences
    self.state = Mutex(state)
  }

  var submissions: [Submission] { state.withLock { $0.submissions } }
  var dependencies: [[String]] { state.withLock { $0.dependencies } }
  var cancelled: [String] { state.withLock { $0.cancelled } }

  func submit(
    _ submission: Submission, in folder: SubmissionFolder, after jobs: [String]
  ) -> SubmitAnswer {
    let (turn, job) = state.withLock { state in
      state.submissions.append(submission)
      state.dependencies.append(jobs)
      return (
        state.turns.isEmpty ? Turn.accept : state.turns.removeFirst(),
        String(state.submissions.count)
      )
    }
    switch turn {
    case .accept: start(submission, job)
    case .startFirst:
      put(submission, .init(job: job, isRunning: false, reason: "Resources"))
      start(submission, job, tasks: 0..<1)
    case .acceptWithoutAnswer:
      start(submission, job)
      return .unknown(reason: "no answer")
    case .loseRequest: return .unknown(reason: "no answer")
    case .full: return .full(reason: "job submit limit")
    case .refuse(let words): return .refused(reason: words)
    case .acceptHopeless:
      put(submission, .init(job: job, isRunning: false, reason: "BadConstraints", isHopeless: true))
    case .forget: break
    case .killElsewhere:
      var mark = Self.dead
      mark.host = "elsewhere"
      _ = try? results.item(submission.chunks[0][0]).claim(for: mark)
    case .kill(let log):
      for task in submission.chunks.indices {
        try? LocalFileSystem().write(Array(log.utf8), to: "\(folder.logs)/\(task).txt")
        // It claims the first item and dies with it.
        if let first = submission.chunks[task].first {
          _ = try? results.item(first).claim(for: Self.dead)
        }
      }
    }
    return .accepted(job: job)
  }

  /// A process that is no more.
  private static var dead: ProcessMark {
    var mark = ProcessMark.current
    mark.started += 1
    return mark
  }

  private func put(
    _ submission: Submission, _ task: QueueSnapshot.Task, tasks: Range<Int>? = nil
  ) {
    state.withLock { state in
      for index in tasks ?? submission.chunks.indices {
        state.tasks[submission.name, default: [:]][index] = task
      }
    }
  }

  private func start(_ submission: Submission, _ job: String, tasks: Range<Int>? = nil) {
    let tasks = tasks ?? submission.chunks.indices
    put(submission, .init(job: job, isRunning: true), tasks: tasks)
    for index in tasks {
      guard let task = TaskRun(submission, task: index, in: results) else { continue }
      WorkThread.start { [self] in
        var settings = quick()
        settings.leaseTimeout = lease
        _ = try? task.work(task.scheduler(executor, settings))
        state.withLock { $0.tasks[submission.name]?[index] = nil }
      }
    }
  }

  func look() -> QueueSnapshot? {
    state.withLock { state in
      state.looks += 1
      if state.looks <= state.silences { return nil }
      return QueueSnapshot(tasks: state.tasks.filter { !$0.value.isEmpty })
    }
  }

  func cancel(_ names: [String], waitingOnly: Bool) -> Bool {
    state.withLock { state in
      state.cancelled += names
      for name in names {
        state.tasks[name] = state.tasks[name]?.filter { waitingOnly && $0.value.isRunning }
      }
    }
    return true
  }

  func endings(of name: String) -> TaskEndings { TaskEndings() }
}
