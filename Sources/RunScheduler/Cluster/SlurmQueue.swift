import Synchronization

/// Slurm, by way of its own commands. Names decide what is ours: each array has one of its own, while an id may
/// be given to a stranger's job after the controller has crashed.
///
/// - Source: the manual pages of sbatch, squeue, sacct and scancel, Slurm 22.05.
package final class SlurmQueue: ClusterQueue {
  package struct Settings: Sendable {
    package var partition: String?
    package var account: String?
    package var qos: String?
    package var constraint: String?
    /// Of a task, beside its cores; 0 asks for none.
    package var gpus = 0
    /// Tasks of an array that run at the same time; nil for as many as there is room for.
    package var slots: Int?
    /// Seconds before the time limit at which a worker is told to save.
    package var notice = 120
    /// Seconds that a command may take.
    package var deadline = 60.0
    /// Further options of `sbatch`, last on its line.
    package var options: [String] = []

    package init() {}
  }

  private let settings: Settings
  private let call: ToolCall
  private let user: String
  private let limit = Mutex<Int?>(nil)

  /// - Parameter environment: all that Slurm's commands and the tasks see: where programs and the cluster's
  ///   configuration are, and what workers are told. Nothing named `SBATCH_…` may be in it, for such a variable is
  ///   an option that stands on no line.
  package init(_ settings: Settings, user: String, environment: [String: String]) {
    self.settings = settings
    self.user = user
    call = ToolCall(
      environment: environment.filter { !Self.isOption($0.key) }, deadline: settings.deadline)
  }

  private static func isOption(_ variable: String) -> Bool {
    ["SBATCH_", "SQUEUE_", "SCANCEL_", "SACCT_", "SLURM_"].contains { variable.hasPrefix($0) }
      && variable != "SLURM_CONF"
  }

  package var name: String { "Slurm" }

  /// The variable that tells a task which one of its array it is.
  package static let taskVariable = "SLURM_ARRAY_TASK_ID"

  /// Whether the commands that everything rests on are there.
  ///
  /// - Parameter path: folders, with colons between them.
  package static func isThere(_ path: String) -> Bool {
    ["sbatch", "squeue"].allSatisfy { ToolCall.found($0, on: path) != nil }
  }

  // MARK: Limits

  package var mostTasks: Int {
    if let known = limit.withLock({ $0 }) { return known }
    guard case .ended(0, let output, _) = call.run("scontrol", ["show", "config"]) else {
      return Self.standardMostTasks
    }
    let line = output.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    let found = line.flatMap { $0.split(separator: "=").last }
      .flatMap { Int($0.filter { $0 != " " }) }
    // It is one more than the largest number of a task.
    let most = max(1, found ?? Self.standardMostTasks)
    limit.withLock { $0 = most }
    return most
  }

  /// Slurm's own default is 1001.
  private static let standardMostTasks = 1000

  // MARK: Handing in

  package func submit(
    _ submission: Submission, in folder: SubmissionFolder, after jobs: [String]
  ) -> SubmitAnswer {
    switch call.run("sbatch", words(submission, folder, after: jobs)) {
    case .absent(let reason): return .refused(reason: reason)
    case .late: return .unknown(reason: "sbatch gave no answer in \(Int(settings.deadline)) s")
    case .ended(0, let output, _):
      // "17" or "17;cluster"; warnings of plugins may stand before it.
      let line = output.split(separator: "\n").last ?? ""
      let job = String(line.prefix { $0 != ";" })
      return Int(job) != nil
        ? .accepted(job: job) : .unknown(reason: "sbatch said '\(line)' and no job id")
    case .ended(let code, _, let errors):
      let words = SlurmWords.firstError(in: errors) ?? "sbatch ended with exit \(code)"
      return SlurmWords.answer(to: words)
    }
  }

  func words(
    _ submission: Submission, _ folder: SubmissionFolder, after jobs: [String]
  ) -> [String] {
    var words = [
      "--parsable", "--job-name=\(submission.name)",
      "--array=0-\(submission.chunks.count - 1)\(settings.slots.map { "%\($0)" } ?? "")",
      "--nodes=1", "--ntasks=1", "--cpus-per-task=\(submission.request.cores)",
      // Another attempt is ours to begin: a task that Slurm began again would not be known as a new one.
      "--no-requeue", "--export=ALL", "--open-mode=append",
      // What stands for the array's number must not be taken from the path.
      "--output=\(folder.logs.replacing("%", with: "%%"))/%a.txt", "--input=/dev/null",
    ]
    var notice = settings.notice
    if let minutes = submission.request.minutes {
      words.append("--time=\(minutes)")
      // Of a short task half is for work.
      notice = min(notice, 30 * minutes)
    }
    words.append("--signal=B:USR1@\(notice)")
    if let memory = submission.request.memory { words.append("--mem=\(memory)M") }
    if settings.gpus > 0 { words.append("--gres=gpu:\(settings.gpus)") }
    if let partition = settings.partition { words.append("--partition=\(partition)") }
    if let account = settings.account { words.append("--account=\(account)") }
    if let qos = settings.qos { words.append("--qos=\(qos)") }
    if let constraint = settings.constraint { words.append("--constraint=\(constraint)") }
    if !jobs.isEmpty { words.append("--dependency=afterany:\(jobs.joined(separator: ":"))") }
    return words + settings.options + [folder.script]
  }

  // MARK: Looking

  package func look() -> QueueSnapshot? {
    guard
      case .ended(0, let output, _) = call.run(
        "squeue",
        ["--noheader", "--array", "--user=\(user)", "--format=%j|%F|%K|%T|%r"])
    else { return nil }
    return Self.snapshot(output)
  }

  /// What lines `name|job|task|state|reason` say of what is ours.
  static func snapshot(_ output: String) -> QueueSnapshot {
    var snapshot = QueueSnapshot()
    for line in output.split(separator: "\n") {
      let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
      guard fields.count == 5, fields[0].hasPrefix(Submission.prefix), let task = Int(fields[2])
      else { continue }
      let isPending = fields[3] == "PENDING"
      let reason = String(fields[4])
      snapshot.tasks[String(fields[0]), default: [:]][task] = .init(
        job: String(fields[1]), isRunning: !isPending, reason: isPending ? reason : "",
        isHopeless: isPending && SlurmWords.isHopeless(reason))
    }
    return snapshot
  }

  package func endings(of name: String) -> TaskEndings {
    // What never ran is listed only where states are asked for, from a time to a time.
    guard
      case .ended(0, let output, _) = call.run(
        "sacct",
        [
          "--noheader", "--parsable2", "--allocations", "--starttime=now-7days", "--endtime=now",
          "--state=CA,TO,DL,F,NF,BF,OOM,PR", "--name=\(name)", "--format=JobID,State",
        ])
    else { return TaskEndings() }
    var endings = TaskEndings()
    for line in output.split(separator: "\n") {
      let fields = line.split(separator: "|")
      guard fields.count == 2 else { continue }
      let state = String(fields[1])
      let parts = fields[0].split(separator: "_")
      // Tasks that were never taken apart from their array have its record.
      if parts.count == 1 { endings.others = state }
      if parts.count == 2 { for task in Self.tasks(parts[1]) { endings.byTask[task] = state } }
    }
    return endings
  }

  /// The numbers in `3`, or in what Slurm writes of tasks that never ran: `[1,4-6%2]`.
  private static func tasks(_ text: Substring) -> [Int] {
    text.prefix { $0 != "%" }.split { "[],".contains($0) }.flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [Int]() }
      return Array(first...last)
    }
  }

  package func cancel(_ names: [String], waitingOnly: Bool) -> Bool {
    var isDone = true
    let states = waitingOnly ? ["--state=PENDING"] : []
    for name in names {
      let words = ["--user=\(user)", "--name=\(name)"] + states
      guard case .ended(0, _, _) = call.run("scancel", words) else {
        isDone = false
        continue
      }
    }
    return isDone
  }
}
