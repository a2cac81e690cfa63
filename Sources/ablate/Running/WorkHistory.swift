import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore

/// What the items of a results folder took, for guesses of what others will take. It is read from the
/// index alone: without one nothing is known.
struct WorkHistory {
  private(set) var estimate = TimeEstimate()
  /// Whether there was an index that could be read.
  private(set) var isThere = false

  /// - Parameter kinds: those that will be asked for.
  /// - Note: an index that cannot be read costs a guess and nothing else.
  init(of kinds: [String], in results: ResultsFolder) {
    guard !kinds.isEmpty, let index = try? ResultIndex.openForReading(results) else { return }
    var learnt = TimeEstimate()
    for kind in kinds {
      guard let found = try? index.finishedItems(ofKind: kind, atMost: Self.mostItems) else {
        return
      }
      for item in found {
        learnt.learn(
          Self.measure(kind: kind, item.configuration), seconds: item.seconds, bytes: item.bytes)
      }
    }
    estimate = learnt
    isThere = true
  }

  /// So many of a kind tell what the next one will take.
  private static let mostItems = 500

  /// By what an item is compared with those that were run.
  static func measure(_ order: WorkOrder) -> WorkMeasure {
    measure(kind: order.kind, order.configuration)
  }

  private static func measure(kind: String, _ configuration: JSONValue) -> WorkMeasure {
    WorkMeasure(
      kind: kind, family: configuration["model"] ?? .null,
      amount: WorkPerformer.amount(ofKind: kind, configuration))
  }
}
