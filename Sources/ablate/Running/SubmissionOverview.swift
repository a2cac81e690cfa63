import Reproducibility
import RunScheduler
import RunStore

/// What of a study is in a cluster's queue.
struct SubmissionOverview {
  struct Entry {
    var folder: SubmissionFolder
    var submission: Submission
    /// nil where the queue did not answer.
    var tasks: [QueueSnapshot.Task]?
  }

  private(set) var entries: [Entry] = []
  private(set) var answers = true

  /// - Parameter queue: asked only where something was handed in.
  init(
    of compiled: CompiledStudy, in results: ResultsFolder, _ queue: () throws -> any ClusterQueue
  ) throws {
    for folder in try SubmissionFolder.all(results) {
      guard try !folder.isClosed(), let submission = try folder.submission(),
        submission.chunks.contains(where: { chunk in
          chunk.contains { compiled.graph.place(of: $0) != nil }
        })
      else { continue }
      entries.append(Entry(folder: folder, submission: submission))
    }
    if entries.isEmpty { return }
    guard let snapshot = try queue().look() else {
      answers = false
      return
    }
    for place in entries.indices {
      let tasks = snapshot.tasks[entries[place].submission.name] ?? [:]
      entries[place].tasks = tasks.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Notes of those that the queue does not know any more that they are over.
  ///
  /// - Parameter isSettled: whether an item has its result or has failed: then nobody waits for a queue that may not
  ///   know of it yet.
  func closeEnded(isSettled: (Digest) -> Bool) throws(StoreFault) {
    for entry in entries
    where entry.tasks?.isEmpty == true
      && (!entry.submission.mayBeOnItsWay
        || entry.submission.chunks.allSatisfy { $0.allSatisfy(isSettled) })
    {
      try entry.folder.close("everything of it was settled")
    }
  }

  private var tasks: [QueueSnapshot.Task] { entries.flatMap { $0.tasks ?? [] } }

  /// A line for people; nil when nothing was handed in.
  var line: String? {
    if entries.isEmpty { return nil }
    guard answers else {
      return
        "  Slurm does not answer; \(countText(entries.count, "submission")) may be waiting or running"
    }
    let tasks = tasks
    let waiting = tasks.filter { !$0.isRunning }
    if tasks.isEmpty { return "  Slurm has nothing of it any more" }
    let reasons = waiting.map(\.reason).uniqued.joined(separator: ", ")
    return
      "  Slurm: \(countText(tasks.count - waiting.count, "task")) running, \(waiting.count) waiting"
      + (reasons.isEmpty ? "" : " (\(reasons))")
      + ", jobs \(tasks.map(\.job).uniqued.joined(separator: ", "))"
  }

  var json: JSONValue {
    .array(
      entries.map { entry in
        var members: JSONObject = [
          "submission": .string(entry.submission.name),
          "items": JSONValue(entry.submission.chunks.reduce(0) { $0 + $1.count }),
        ]
        if let job = entry.folder.jobID { members["job"] = .string(job) }
        if let tasks = entry.tasks {
          members["running"] = JSONValue(tasks.count { $0.isRunning })
          members["waiting"] = JSONValue(tasks.count { !$0.isRunning })
        }
        return .object(members)
      })
  }
}
