package import StudyLanguage

/// What the policy is shown for a problem, and what the update conditions on.
package struct GuidedPrompt: Sendable, Hashable {
  package var shown: [Int32]
  /// GHPO updates on the hinted prompt, RuscaRL on the bare one: so it is said explicitly.
  package var update: [Int32]
  /// The guidance's name for what it did; nil when nothing was added.
  package var note: String?

  package init(shown: [Int32], update: [Int32], note: String?) {
    self.shown = shown
    self.update = update
    self.note = note
  }
}

/// Door: what is added to a prompt when the policy may not solve it alone.
package protocol Guidance: Method {
  /// The prompt of the first rollouts.
  func prompt(for entry: PoolEntry, at place: StepPlace) -> GuidedPrompt
  /// After the rollouts: another prompt with which to roll the group out again, replacing it; nil
  /// to keep it. Asked again with `attempt + 1` until it answers nil.
  func secondPrompt(for group: PromptGroup, attempt: Int, at place: StepPlace) -> GuidedPrompt?
}

/// The problem as it is: nothing added, nothing tried again.
///
/// - Source: arXiv:2504.00829, section 4.1, uses none.
package struct NoGuidance: Guidance {
  package static let kind = "none"
  package static let schema = RecordSchema("none", keys: [])

  package init(_ settings: Settings) {}

  package func prompt(for entry: PoolEntry, at place: StepPlace) -> GuidedPrompt {
    GuidedPrompt(shown: entry.prompt, update: entry.prompt, note: nil)
  }

  package func secondPrompt(
    for group: PromptGroup, attempt: Int, at place: StepPlace
  ) -> GuidedPrompt? { nil }
}
