/// What Slurm's own words mean for us. It tells by words alone why it takes a job or does not, so those that are
/// known stand here, and others are taken for the harmless case: it may be better later.
enum SlurmWords {
  /// The line that says why, without the program's name.
  static func firstError(in text: String) -> String? {
    let lines = text.split(separator: "\n").filter { $0.contains("error:") }
    let line = lines.first { $0.contains("submission failed") } ?? lines.first
    guard let line, let mark = line.firstRange(of: "error: ") else {
      return text.split(separator: "\n").last.map(String.init)
    }
    return String(line[mark.upperBound...])
  }

  /// What `sbatch` meant that did not take a job.
  static func answer(to words: String) -> SubmitAnswer {
    let text = words.lowercased()
    if tooMany.contains(where: text.contains) { return .full(reason: words) }
    if never.contains(where: text.contains) { return .refused(reason: words) }
    return .unknown(reason: words)
  }

  private static let tooMany = [
    "job submit limit", "job violates accounting/qos policy", "invalid job array specification",
    "maximum number of jobs",
  ]

  private static let never = [
    "invalid partition", "invalid account", "invalid qos", "invalid feature", "invalid generic",
    "requested node configuration is not available", "memory specification can not be satisfied",
    "requested time limit is invalid", "requested partition configuration not available",
    "more processors requested than permitted", "user's group not permitted",
    "access/permission denied",
    "unrecognized option", "unrecognized argument", "invalid option", "invalid time", "invalid --",
    "unable to open file", "invalid user", "node count specification invalid",
    "cpu count specification invalid",
    "batch script", "requires an argument", "invalid dependency", "invalid license",
    "job has invalid",
  ]

  /// Whether a job that waits for this will wait for ever.
  ///
  /// - Source: squeue(1), "Job reason codes": those that name a limit of a single job, or a setting that is wrong.
  static func isHopeless(_ reason: String) -> Bool {
    hopeless.contains(reason)
      || (reason.hasPrefix("QOS") || reason.hasPrefix("Assoc")) && reason.contains("PerJob")
  }

  private static let hopeless: Set<String> = [
    "PartitionConfig", "PartitionNodeLimit", "PartitionTimeLimit", "BadConstraints",
    "InvalidAccount",
    "InvalidQOS", "QOSNotAllowed", "AccountNotAllowed", "DependencyNeverSatisfied",
  ]

  /// Why a task ended before its work, from what Slurm wrote at the end of its output; nil when it wrote nothing
  /// of the kind. With accounting or without, the node's daemon says it there.
  static func ending(inLog log: String) -> TaskEnding? {
    // What the work itself prints may speak of memory too, of a graphics card's for example.
    let text = log.uppercased().split(separator: "\n").filter { line in
      ["SLURMSTEPD", "SLURMD", "SRUN: ERROR"].contains { line.contains($0) }
    }.joined(separator: "\n")
    if text.contains("EXCEEDED") && text.contains("MEMORY LIMIT") || text.contains("OOM-KILL")
      || text.contains("OOM_KILL") || text.contains("OUT OF MEMORY")
    {
      return .memory
    }
    if text.contains("DUE TO TIME LIMIT") { return .timeLimit }
    if text.contains("DUE TO PREEMPTION") { return .preempted }
    if text.contains("DUE TO NODE FAILURE") { return .nodeLost }
    if text.contains("CANCELLED AT") { return .cancelled }
    return nil
  }

  /// The same from the accounting's words.
  static func ending(state: String) -> TaskEnding? {
    let word = state.prefix { $0 != " " }
    switch word {
    case "OUT_OF_MEMORY": return .memory
    case "TIMEOUT", "DEADLINE": return .timeLimit
    case "PREEMPTED": return .preempted
    case "NODE_FAIL", "BOOT_FAIL": return .nodeLost
    case "CANCELLED": return .cancelled
    default: return nil
    }
  }
}

/// Why a task of a queue ended before its work, as far as that was said.
enum TaskEnding: Sendable, Hashable {
  case memory
  case timeLimit
  case preempted
  case nodeLost
  case cancelled

  /// What became of the task, as a sentence goes on: "its task …".
  var words: String {
    switch self {
    case .memory: "was ended for using more memory than it asked for"
    case .timeLimit: "reached its time limit"
    case .preempted: "gave way to a more important job"
    case .nodeLost: "lost its node"
    case .cancelled: "was cancelled"
    }
  }
}
