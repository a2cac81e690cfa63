import Reproducibility
import RunScheduler
import RunStore

/// What a run allows its items and itself: options of every command that runs items.
struct RunLimits {
  /// How results are made to outlive a power cut.
  enum Sync: String, CaseIterable {
    /// Each result when it is made.
    case each
    /// All of the last second at once.
    case group
  }

  static let usage = """
    --timeout S     seconds that an item may take before it has to save and leave; default: no limit
      --memory MIB    data that an item may hold; default: no limit
      --retries N     how often an item is tried again after a fault of the machine; default: 2
      --fail-fast     start nothing new after the first failed item
      --max-failures N  start nothing new after N failed items; default: keep going
      --sync HOW      each: a result is on disk before it counts; group: once a second for all, so that a
                      power cut may cost the last second's results; default: each
      --lease S       seconds of silence after which another process's item is taken over; default: 60
    """

  var timeout: Int?
  var memory: Int?
  var retries = 2
  var maxFailures: Int?
  var sync = Sync.each
  var lease = Int(LeaseWatch.standardTimeout)

  init() {}

  init(_ arguments: Arguments) throws {
    timeout = try arguments.integer("--timeout", in: 1...31_536_000)
    memory = try arguments.integer("--memory", in: 1...16_777_216)
    retries = try arguments.integer("--retries", in: 0...1000) ?? 2
    let isFailFast = arguments.flag("--fail-fast")
    maxFailures = try arguments.integer("--max-failures", in: 1...1_000_000)
    if isFailFast {
      if maxFailures != nil {
        throw arguments.fault("'--fail-fast' is '--max-failures 1': leave one of them out")
      }
      maxFailures = 1
    }
    sync = try arguments.choice("--sync", as: Sync.self) ?? .each
    lease = try arguments.integer("--lease", in: 1...86_400) ?? lease
  }

  /// Names the lease's seconds to a worker.
  static let leaseVariable = "ABLATE_LEASE"
  /// Tells a worker that the coordinator syncs the disk; see ``Sync``.
  static let syncVariable = "ABLATE_SYNC"

  /// What workers are told of it.
  var environment: [String: String] {
    [Self.leaseVariable: String(lease), Self.syncVariable: sync.rawValue]
  }

  /// For workers that are told by a file, as those of a cluster are.
  var json: JSONObject {
    var members: JSONObject = [
      "retries": JSONValue(retries), "sync": .string(sync.rawValue), "lease": JSONValue(lease),
    ]
    if let timeout { members["timeout"] = JSONValue(timeout) }
    if let memory { members["memory"] = JSONValue(memory) }
    return members
  }

  init(json: JSONObject) {
    retries = json["retries"]?.int ?? retries
    sync = json["sync"]?.string.flatMap(Sync.init(rawValue:)) ?? sync
    lease = json["lease"]?.int ?? lease
    timeout = json["timeout"]?.int
    memory = json["memory"]?.int
  }

  func settings(workers: Int) -> Scheduler.Settings {
    var settings = Scheduler.Settings(workers: workers)
    settings.timeout = timeout.map(Double.init)
    settings.retries = retries
    settings.maxFailures = maxFailures
    settings.leaseTimeout = Double(lease)
    settings.groupSync = sync == .group ? 1 : nil
    return settings
  }

  /// The files of a process that makes results.
  var files: LocalFileSystem { LocalFileSystem(syncsEachFile: sync == .each) }
}
