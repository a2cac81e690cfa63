import Reproducibility
package import StudyLanguage

/// How a batch is drawn: how often each prompt, and by which sampling rule.
package struct RolloutAllotment: Sendable {
  /// Rollouts of each prompt, in the order of the prompts; each at least 1.
  package var counts: [Int]
  /// Divides the logits; > 0.
  package var temperature: Double
  /// Nucleus mass in (0, 1].
  package var topP: Double

  package init(counts: [Int], temperature: Double, topP: Double) {
    self.counts = counts
    self.temperature = temperature
    self.topP = topP
  }
}

/// Door: how many rollouts each prompt gets, and how they are sampled.
package protocol RolloutPlan: Method {
  func allot(to entries: [PoolEntry], at place: StepPlace) -> RolloutAllotment
  /// The smallest group that this plan can produce; advantages may need more than one.
  var smallestGroup: Int { get }
  /// The largest group that this plan can produce; the tape must hold it.
  var largestGroup: Int { get }
}

/// The same number of rollouts for every prompt.
///
/// - Source: 16 a prompt, arXiv:2504.00829, section 4.1. Its rollout temperature is not given; 1 is
///   the policy itself, as in Skywork-OR1, arXiv:2505.22312, section 3.2 (DeepScaleR uses 0.6).
package struct FixedRollouts: RolloutPlan {
  package static let kind = "fixed"
  package static let schema = RecordSchema(
    "fixed",
    keys: [
      Key(
        "per_prompt", .integer(1...1024), default: 16, unit: "rollouts",
        source: "arXiv:2504.00829, section 4.1", doc: "Group size G: rollouts that share a prompt."),
      Key(
        "temperature", .schedule(.open(above: 0, through: 10)), default: 1,
        source: "arXiv:2505.22312, section 3.2; arXiv:2504.00829 does not say",
        doc: "Divides the logits before sampling, and in the loss as well."),
      Key(
        "top_p", .number(.open(above: 0, through: 1)), default: 1,
        source: "arXiv:2504.00829 does not say; 1 samples the policy itself",
        doc: "Nucleus: the smallest set of tokens with this mass is sampled from."),
    ])

  private let perPrompt: Int
  private let temperature: Schedule
  private let topP: Double

  package init(_ settings: Settings) {
    perPrompt = settings.integer("per_prompt")
    temperature = settings.schedule("temperature")
    topP = settings.number("top_p")
  }

  package var smallestGroup: Int { perPrompt }
  package var largestGroup: Int { perPrompt }

  package func allot(to entries: [PoolEntry], at place: StepPlace) -> RolloutAllotment {
    RolloutAllotment(
      counts: entries.map { _ in perPrompt }, temperature: temperature.value(at: place), topP: topP)
  }
}
