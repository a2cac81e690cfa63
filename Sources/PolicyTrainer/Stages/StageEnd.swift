import Reproducibility
package import StudyLanguage

/// What a stage has seen so far.
package struct StageHistory: Sendable {
  /// Mean training reward of each step.
  package var rewards: [Double] = []
  /// Scores of each evaluation, in the order they were made: suite name to share solved.
  package var evaluations: [(step: Int, scores: [(suite: String, score: Double)])] = []

  package init() {}
}

/// Door: when a stage ends before its last step.
package protocol StageEnd: Method {
  func isReached(_ history: StageHistory) -> Bool
}

/// After its number of steps and not before.
package struct EndAfterSteps: StageEnd {
  package static let kind = "steps"
  package static let schema = RecordSchema("steps", keys: [])

  package init(_ settings: Settings) {}
  package func isReached(_ history: StageHistory) -> Bool { false }
}

/// When the training reward has stopped rising: the mean of the last `window` steps exceeds the mean
/// of the `window` steps before by less than `rise`.
///
/// - Source: arXiv:2504.00829, section 4.3, switches "when performance plateaus" and gives no rule.
package struct EndOnPlateau: StageEnd {
  package static let kind = "plateau"
  package static let schema = RecordSchema(
    "plateau",
    keys: [
      Key(
        "window", .integer(1...100_000), default: 30, unit: "steps",
        source: "ours; arXiv:2504.00829 gives no rule", doc: "Steps in each of the two means."),
      Key(
        "rise", .number(.closed(-1, 1)), default: 0.01, unit: "reward",
        source: "ours; arXiv:2504.00829 gives no rule",
        doc: "The stage goes on while the mean reward rises by at least this."),
    ])

  private let window: Int
  private let rise: Double

  package init(_ settings: Settings) {
    window = settings.integer("window")
    rise = settings.number("rise")
  }

  package func isReached(_ history: StageHistory) -> Bool {
    guard history.rewards.count >= 2 * window else { return false }
    let recent = history.rewards.suffix(window).reduce(0, +)
    let earlier = history.rewards.dropLast(window).suffix(window).reduce(0, +)
    return (recent - earlier) / Double(window) < rise
  }
}

/// When the mean training reward of the last `window` steps reaches a value.
package struct EndOnSuccess: StageEnd {
  package static let kind = "success"
  package static let schema = RecordSchema(
    "success",
    keys: [
      Key(
        "reward", .number(.closed(0, 1)), unit: "reward",
        doc: "The mean reward at which the stage ends."),
      Key(
        "window", .integer(1...100_000), default: 10, unit: "steps", source: "ours",
        doc: "Steps in the mean."),
    ])

  private let window: Int
  private let reward: Double

  package init(_ settings: Settings) {
    window = settings.integer("window")
    reward = settings.number("reward")
  }

  package func isReached(_ history: StageHistory) -> Bool {
    guard history.rewards.count >= window else { return false }
    return history.rewards.suffix(window).reduce(0, +) / Double(window) >= reward
  }
}
