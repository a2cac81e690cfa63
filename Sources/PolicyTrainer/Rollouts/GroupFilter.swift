import Reproducibility
package import StudyLanguage

/// Door: which groups may enter the update once their rewards are known.
package protocol GroupFilter: Method {
  func keeps(_ group: PromptGroup, at place: StepPlace) -> Bool
  /// How often dropped groups are replaced by new problems within one step; 0 trains on fewer.
  var refillRounds: Int { get }
}

/// Every group enters the update.
///
/// - Source: arXiv:2504.00829 describes no filter.
package struct KeepAllGroups: GroupFilter {
  package static let kind = "none"
  package static let schema = RecordSchema("none", keys: [])

  package init(_ settings: Settings) {}
  package var refillRounds: Int { 0 }
  package func keeps(_ group: PromptGroup, at place: StepPlace) -> Bool { true }
}

/// Dynamic sampling: only groups that are neither all wrong nor all right, `0 < p < 1`; the others
/// would have no advantage. Dropped groups are replaced by new problems.
///
/// - Source: DAPO, arXiv:2503.14476, section 3.2 (there, until the batch is full).
package struct DynamicSampling: GroupFilter {
  package static let kind = "dynamic"
  package static let schema = RecordSchema(
    "dynamic",
    keys: [
      Key(
        "refill_rounds", .integer(0...64), default: 4, unit: "rounds",
        source: "DAPO, arXiv:2503.14476, section 3.2, refills until full; bounded here",
        doc: "How often a step draws new problems for dropped groups. Each round costs rollouts.")
    ])

  package let refillRounds: Int

  package init(_ settings: Settings) { refillRounds = settings.integer("refill_rounds") }

  package func keeps(_ group: PromptGroup, at place: StepPlace) -> Bool {
    let rate = group.passRate
    return rate > 0 && rate < 1
  }
}
