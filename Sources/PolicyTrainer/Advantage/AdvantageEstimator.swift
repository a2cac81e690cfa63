import Reproducibility
package import StudyLanguage

/// Door: rewards to advantages. Rewards come group by group, so that an estimator may compare within
/// a group, across the batch, or not at all.
package protocol AdvantageEstimator: Method {
  /// - Parameter rewards: of each group, those that count; groups may differ in size or be empty.
  /// - Returns: one advantage for each reward, in the same shape.
  func advantages(of rewards: [[Double]], at place: StepPlace) -> [[Double]]
  /// The smallest group for which this is defined.
  static var smallestGroup: Int { get }
}

/// `A_i = (r_i − mean r) / (sd r + ε)` within the group; 0 where all rewards are equal.
///
/// - Source: GRPO, DeepSeekMath, arXiv:2402.03300, section 4.1.2, as arXiv:2504.00829 uses it.
package struct GroupRelativeAdvantage: AdvantageEstimator {
  package static let kind = "group-relative"
  package static let schema = RecordSchema(
    "group-relative",
    keys: [
      Key(
        "epsilon", .number(.closed(0, 1)), default: 1e-4,
        source: "arXiv:2504.00829 does not say; TRL and our pilot, docs/experiments.md, use 1e-4",
        doc: "Added to the standard deviation of the group.")
    ])
  package static let smallestGroup = 2

  private let epsilon: Double

  package init(_ settings: Settings) { epsilon = settings.number("epsilon") }

  package func advantages(of rewards: [[Double]], at place: StepPlace) -> [[Double]] {
    rewards.map { group in
      guard let mean = mean(of: group), group.contains(where: { $0 != group[0] }) else {
        return group.map { _ in 0 }
      }
      // The sample's deviation, n − 1, as PyTorch's `std` in the published code.
      let squares = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(group.count - 1)).squareRoot()
      return group.map { ($0 - mean) / (deviation + epsilon) }
    }
  }
}

/// `A_i = r_i − mean r` within the group: no division by the deviation, which would weigh easy and
/// hard prompts more than middling ones.
///
/// - Source: Dr. GRPO, arXiv:2503.20783, section 3.1.
package struct GroupCenteredAdvantage: AdvantageEstimator {
  package static let kind = "group-centered"
  package static let schema = RecordSchema("group-centered", keys: [])
  package static let smallestGroup = 2

  package init(_ settings: Settings) {}

  package func advantages(of rewards: [[Double]], at place: StepPlace) -> [[Double]] {
    rewards.map { group in
      guard let mean = mean(of: group), group.contains(where: { $0 != group[0] }) else {
        return group.map { _ in 0 }
      }
      return group.map { $0 - mean }
    }
  }
}

/// `A_i = r_i − mean of the others`: an unbiased baseline for each rollout.
///
/// - Source: RLOO, Ahmadian et al. 2024, arXiv:2402.14740, section 3.
package struct LeaveOneOutAdvantage: AdvantageEstimator {
  package static let kind = "leave-one-out"
  package static let schema = RecordSchema("leave-one-out", keys: [])
  package static let smallestGroup = 2

  package init(_ settings: Settings) {}

  package func advantages(of rewards: [[Double]], at place: StepPlace) -> [[Double]] {
    rewards.map { group in
      guard group.count > 1, group.contains(where: { $0 != group[0] }) else {
        return group.map { _ in 0 }
      }
      let sum = group.reduce(0, +)
      return group.map { $0 - (sum - $0) / Double(group.count - 1) }
    }
  }
}

/// `A_i = r_i`: the reward itself, the plain baseline that the others improve on.
///
/// - Source: REINFORCE, Williams 1992, Machine Learning 8, section 4.
package struct RewardAsAdvantage: AdvantageEstimator {
  package static let kind = "reward"
  package static let schema = RecordSchema("reward", keys: [])
  package static let smallestGroup = 1

  package init(_ settings: Settings) {}

  package func advantages(of rewards: [[Double]], at place: StepPlace) -> [[Double]] { rewards }
}

private func mean(of values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
