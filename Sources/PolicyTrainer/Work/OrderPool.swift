import Reproducibility

/// Every order that was made, so that an equal one is neither written out nor digested again.
struct OrderPool {
  /// What makes an order, its version of the arithmetic aside.
  private struct Draft: Hashable {
    var kind: WorkKind
    var configuration: JSONObject
    var inputs: [WorkOrder.Input]
    var seedPath: String?
    var label: String
  }

  let numerics: Int
  private var made: [Draft: WorkOrder] = [:]

  init(numerics: Int) { self.numerics = numerics }

  mutating func order(
    _ kind: WorkKind, _ parts: JSONObject, inputs: [WorkOrder.Input] = [],
    seedPath: String? = nil, label: String
  ) -> WorkOrder {
    let draft = Draft(
      kind: kind, configuration: parts, inputs: inputs, seedPath: seedPath, label: label)
    if let known = made[draft] { return known }
    let order = WorkOrder(
      kind: kind.rawValue, configuration: .object(parts), inputs: inputs, seedPath: seedPath,
      numerics: numerics, label: label)
    made[draft] = order
    return order
  }
}
