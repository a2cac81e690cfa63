import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore

/// What the items of a results folder took, for guesses of what others will take. It is read from the
/// index alone: without one nothing is known.
struct WorkHistory {
  private(set) var estimate = TimeEstimate()
  /// The largest resident size that an item of each kind ever had, bytes.
  private(set) var peaks: [String: Int] = [:]
  /// Whether there was an index that could be read.
  private(set) var isThere = false

  /// - Parameter kinds: those that will be asked for.
  /// - Note: an index that cannot be read costs a guess and nothing else.
  init(of kinds: [String], in results: ResultsFolder) {
    guard !kinds.isEmpty, let index = try? ResultIndex.openForReading(results) else { return }
    var learnt = TimeEstimate()
    var amounts = WorkAmounts()
    for kind in kinds {
      guard let found = try? index.finishedItems(ofKind: kind, atMost: Self.mostItems) else {
        return
      }
      for item in found {
        learnt.learn(
          Self.measure(kind: kind, item.configuration, &amounts), seconds: item.seconds,
          bytes: item.bytes)
      }
    }
    estimate = learnt
    peaks = ((try? index.peakMemory()) ?? [:]).filter { kinds.contains($0.key) }
    isThere = true
  }

  /// So many of a kind tell what the next one will take.
  private static let mostItems = 500

  /// By what an item is compared with those that were run.
  static func measure(_ order: WorkOrder) -> WorkMeasure {
    var amounts = WorkAmounts()
    return measure(kind: order.kind, order.configuration, &amounts)
  }

  /// A graph's items with that by which each is compared with those that were run.
  static func measured(_ graph: WorkGraph) -> MeasuredGraph {
    var amounts = WorkAmounts()
    return MeasuredGraph(graph) { measure(kind: $0.kind, $0.configuration, &amounts) }
  }

  private static func measure(
    kind: String, _ configuration: JSONValue, _ amounts: inout WorkAmounts
  ) -> WorkMeasure {
    WorkMeasure(
      kind: kind, family: configuration["model"] ?? configuration["run"] ?? .null,
      amount: amounts.amount(ofKind: kind, configuration))
  }
}
