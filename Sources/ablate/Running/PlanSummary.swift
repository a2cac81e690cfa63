import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// What a study costs: how much of it there is and is done, and what the rest will take.
struct PlanSummary {
  private let study: Study
  private let trials: Int
  private let items: Int
  private let shared: Int
  private let done: Int
  private let workers: Int
  private let history: WorkHistory
  /// Whether the results folder has no item at all.
  private let isFresh: Bool
  /// Kinds of missing items of which none was ever finished here.
  private let unknownKinds: [String]
  /// nil when a kind is unknown.
  let timeLeft: TimeLeft?
  /// Of the results that are there, and of those to come; nil when a kind is unknown.
  private let bytes: (done: Int, missing: Double?)

  init(_ compiled: CompiledStudy, _ plan: RunPlan, in results: ResultsFolder, workers: Int) {
    study = compiled.study
    trials = compiled.trials.count
    items = plan.entries.count
    shared = compiled.sharedItems
    done = plan.done
    self.workers = workers
    // An item that was begun, here or by another process, counts in full.
    let states = plan.entries.map { $0.isDone ? TimeEstimate.State.settled : .waiting }
    let missing = plan.entries.filter { !$0.isDone }.map(\.order.kind).uniqued
    history = WorkHistory(of: missing, in: results)
    isFresh = ((try? results.identities()) ?? []).isEmpty
    let estimate = history.estimate
    unknownKinds = missing.filter { !estimate.knows($0) }
    // What the items do is worked out where it is known what that takes.
    let measured = unknownKinds.isEmpty ? WorkHistory.measured(compiled.graph) : nil
    timeLeft = measured.flatMap { estimate.timeLeft(states, of: $0, workers: workers) }
    bytes = (
      plan.entries.reduce(0) { $0 + ($1.state.bytes ?? 0) },
      measured.flatMap { estimate.bytesLeft(states, of: $0) }
    )
  }

  private var missing: Int { items - done }

  // MARK: Text

  var text: String {
    let whole = """
        \(countText(study.arms.count, "arm")), \(countText(trials, "trial")), \
      \(countText(items, "work item")), \(shared) of them shared
        \(done) of \(items) items are done, \(missing) would run
      """
    return ([whole] + (missing > 0 ? [timeLine] : []) + [diskLine]).joined(separator: "\n")
  }

  private var timeLine: String {
    guard let timeLeft else { return "  time left not known: \(unknownWords)" }
    let (low, high) = (
      ProgressDisplay.duration(timeLeft.low), ProgressDisplay.duration(timeLeft.high)
    )
    let middle = ProgressDisplay.duration(timeLeft.middle)
    let range =
      timeLeft.isRangeMeasured
      ? "8 of 10 such guesses end between \(low) and \(high)"
      : "from \(low) to \(high) is assumed, for too few items were run here to tell"
    return "  about \(middle) left on \(countText(workers, "worker")); \(range)"
  }

  private var unknownWords: String {
    if !history.isThere {
      return isFresh
        ? "nothing was ever run here"
        : "there is no index of what was run here; ablate index makes it"
    }
    return unknownKinds.count == 1
      ? "no \(unknownKinds[0]) item was ever finished here"
      : "no items of the kinds \(unknownKinds.joined(separator: ", ")) were ever finished here"
  }

  private var diskLine: String {
    let taken = "  disk: \(byteText(bytes.done)) taken"
    if missing == 0 { return taken }
    return taken + (bytes.missing.map { ", about \(byteText(Int($0))) to come" } ?? "")
  }

  // MARK: JSON

  var json: JSONValue {
    var seconds = JSONValue.null
    if let timeLeft {
      seconds = [
        "low": .number(timeLeft.low), "middle": .number(timeLeft.middle),
        "high": .number(timeLeft.high), "range_is_measured": .bool(timeLeft.isRangeMeasured),
      ]
    }
    return [
      "arms": JSONValue(study.arms.count), "seeds": JSONValue(study.seeds.count),
      "trials": JSONValue(trials), "items": JSONValue(items), "shared": JSONValue(shared),
      "done": JSONValue(done), "missing": JSONValue(missing), "workers": JSONValue(workers),
      "seconds": seconds, "unknown_kinds": .array(unknownKinds.map { .string($0) }),
      "bytes": [
        "done": JSONValue(bytes.done),
        "missing": bytes.missing.map { .number($0.rounded()) } ?? .null,
      ],
    ]
  }
}
