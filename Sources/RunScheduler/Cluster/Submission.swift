package import Reproducibility
package import RunStore
import Synchronization

/// An array of tasks as it was meant: which items each task works on, and what it asks for. Written and
/// synced before the queue hears of it, so that whoever comes later knows what was handed in, under which
/// name, and by whom.
package struct Submission: Sendable, Hashable {
  /// Unique among all that were ever made; the job's name in the queue.
  package var name: String
  /// For each task its items.
  package var chunks: [[Digest]]
  package var request: ClusterRequest
  /// The newest attempt of each item when it was handed in, where there was one.
  package var attempts: [Digest: Int] = [:]
  /// Items that a task works on at the same time.
  package var workers: Int
  /// Seconds after its start in which a task begins the chunks of others too, once its own is done.
  package var helpsFor = 0.0
  /// What the worker is told beside: the limits of the run.
  package var limits: JSONObject
  /// Seconds since 1970.
  package var made: Double
  package var maker: ProcessMark

  package init(
    study: String, chunks: [[Digest]], request: ClusterRequest, workers: Int, limits: JSONObject
  ) {
    made = wallSeconds()
    maker = .current
    name = Self.freeName(study, maker, made)
    self.chunks = chunks
    self.request = request
    self.workers = workers
    self.limits = limits
  }

  private static let count = Atomic<Int>(0)

  /// `ablate-staging-3f9a2c017d44`: the digest of process, time and a count.
  private static func freeName(_ study: String, _ maker: ProcessMark, _ made: Double) -> String {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    let text = "\(maker.json.canonical) \(made) \(number)"
    // A name that no shell, queue or file system reads as anything but letters.
    let word = String(
      study.unicodeScalars.prefix(24).map { scalar in
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
          ? Character(scalar) : "-"
      })
    return "\(prefix)\(word)-\(SHA256.digest(of: text).hex.prefix(12))"
  }

  /// The newest attempt of an item when it was handed in; 0 for none.
  func attempt(of identity: Digest) -> Int { attempts[identity] ?? 0 }

  /// Whether the queue may not know it yet though it will take it: a coordinator that lives may be calling it at this
  /// moment.
  package var mayBeOnItsWay: Bool { wallSeconds() - made < Self.longestSubmit }

  private static let longestSubmit = 600.0

  /// Begins the name of everything that we hand in.
  package static let prefix = "ablate-"
}

extension Submission {
  var json: JSONValue {
    var request: JSONObject = ["cores": JSONValue(self.request.cores)]
    var attempts: JSONObject = [:]
    for identity in self.attempts.keys.sorted() {
      attempts[identity.hex] = JSONValue(attempt(of: identity))
    }
    if let minutes = self.request.minutes { request["minutes"] = JSONValue(minutes) }
    if let memory = self.request.memory { request["memory_mib"] = JSONValue(memory) }
    return [
      "submission": .string(name), "made": .number(made), "maker": maker.json,
      "request": .object(request), "workers": JSONValue(workers), "limits": .object(limits),
      "helps_for": .number(helpsFor), "attempts": .object(attempts),
      "chunks": .array(chunks.map { .array($0.map { .string($0.hex) }) }),
    ]
  }

  init?(json: JSONValue) {
    guard let name = json["submission"]?.string, let made = json["made"]?.double,
      let maker = ProcessMark(json: json["maker"]), let request = json["request"],
      let cores = request["cores"]?.int, let workers = json["workers"]?.int,
      let limits = json["limits"]?.object, let chunks = json["chunks"]?.array,
      let helpsFor = json["helps_for"]?.double, let attempts = json["attempts"]?.object
    else { return nil }
    self.name = name
    self.made = made
    self.maker = maker
    self.request = ClusterRequest(
      minutes: request["minutes"]?.int, memory: request["memory_mib"]?.int, cores: cores)
    self.workers = workers
    self.limits = limits
    self.helpsFor = helpsFor
    for (hex, attempt) in attempts.members {
      if let identity = Digest(hex: hex) { self.attempts[identity] = attempt.int }
    }
    self.chunks = chunks.map {
      ($0.array ?? []).compactMap { $0.string.flatMap(Digest.init(hex:)) }
    }
  }
}

/// `results/submissions/NAME/`: one array of tasks.
///
/// ```
/// intent.json   what was meant, before the queue heard of it
/// run.sh        what each task runs
/// job.json      the id that the queue gave it
/// closed.json   that nothing of it waits or runs any more, and why
/// logs/3.txt    what task 3 printed
/// ```
package struct SubmissionFolder: Sendable {
  package let path: String
  package let name: String
  private let files: any FileSystem

  init(_ results: ResultsFolder, name: String) {
    self.name = name
    path = "\(Self.folder(results))/\(name)"
    files = results.files
  }

  private static func folder(_ results: ResultsFolder) -> String { "\(results.path)/submissions" }

  /// By its path, as a worker is given it: `…/results/submissions/NAME`.
  package init?(path: String, files: any FileSystem) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[parts.count - 2] == "submissions" else { return nil }
    self.init(
      ResultsFolder(parts.dropLast(2).joined(separator: "/"), files: files),
      name: String(parts[parts.count - 1]))
  }

  /// All that were ever made here and not removed, in the order of their names.
  package static func all(_ results: ResultsFolder) throws(StoreFault) -> [SubmissionFolder] {
    try results.files.names(in: folder(results)).filter { $0.hasPrefix(Submission.prefix) }
      .map { SubmissionFolder(results, name: $0) }
  }

  /// Writes the intent, so that it outlives whatever happens next.
  ///
  /// - Parameter script: what each task runs, given the folder.
  package static func create(
    _ submission: Submission, script: (SubmissionFolder) -> String, in results: ResultsFolder
  ) throws(StoreFault) -> SubmissionFolder {
    let folder = SubmissionFolder(results, name: submission.name)
    // A folder for logs that is missing makes Slurm end a job without a word.
    try folder.files.makeFolder(folder.logs)
    try folder.files.replace(folder.script, with: Array(script(folder).utf8))
    try folder.files.replace(folder.intent, with: folder.bytes(submission.json))
    try folder.files.syncFolder(Self.folder(results))
    return folder
  }

  package var script: String { "\(path)/run.sh" }
  package var logs: String { "\(path)/logs" }
  private var intent: String { "\(path)/intent.json" }
  private var job: String { "\(path)/job.json" }
  private var closed: String { "\(path)/closed.json" }

  /// nil when there is none that can be read: then the queue never heard of it either.
  package func submission() throws(StoreFault) -> Submission? {
    do throws(StoreFault) {
      return try files.json(at: intent).flatMap(Submission.init(json:))
    } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  func note(job id: String) throws(StoreFault) {
    try files.replace(job, with: bytes(["job": .string(id)]))
  }

  /// The id that the queue gave it, for people; nil when it never said one.
  package var jobID: String? { ((try? files.json(at: job)) ?? nil)?["job"]?.string }

  /// Notes that nothing of it waits or runs any more.
  package func close(_ reason: String) throws(StoreFault) {
    try files.replace(closed, with: bytes(["closed": .string(reason)]), .untilPowerCut)
  }

  package func isClosed() throws(StoreFault) -> Bool { try files.exists(closed) }

  /// The end of what a task printed, at most so many bytes; empty when it printed nothing.
  package func log(of task: Int, last count: Int = 4096) -> String {
    let bytes = (try? files.contents(of: "\(logs)/\(task).txt")) ?? []
    return String(decoding: bytes.suffix(count), as: UTF8.self)
  }

  /// Removes it with its logs.
  package func remove() throws(StoreFault) { try files.removeFolder(path) }

  private func bytes(_ json: JSONValue) -> [UInt8] { Array((json.pretty + "\n").utf8) }
}
