package import Reproducibility

/// What the items of one trial cost.
package struct TrialCost: Sendable {
  package struct Item: Sendable {
    package let label: String
    /// Whether trials of other seeds and arms read it too: made once, then kept.
    package let isShared: Bool
    /// CPU seconds on one core.
    package let seconds: Double
    /// The part of it spent on held-out suites; nil where there is none to tell apart.
    package let evaluationSeconds: Double?
    /// Response tokens drawn for training, or trained on; nil where the item does not say. A later
    /// stage counts the tokens of those before it.
    package let tokens: Double?
  }

  /// In the order in which they ran.
  package let items: [Item]

  package var sharedSeconds: Double { seconds { $0.isShared } }
  /// What one more seed costs: its evaluation at the start and its stages.
  package var ownSeconds: Double { seconds { !$0.isShared } }

  private func seconds(_ counts: (Item) -> Bool) -> Double {
    items.filter(counts).reduce(0) { $0 + $1.seconds }
  }

  package var json: JSONValue {
    [
      "shared_seconds": .number(sharedSeconds), "own_seconds": .number(ownSeconds),
      "items": .array(
        items.map { item in
          var object: JSONObject = [
            "label": .string(item.label), "is_shared": .bool(item.isShared),
            "seconds": .number(item.seconds),
          ]
          object["evaluation_seconds"] = item.evaluationSeconds.map { .number($0) }
          object["tokens"] = item.tokens.map { .number($0) }
          return .object(object)
        }),
    ]
  }
}
