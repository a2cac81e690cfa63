package import ResultStatistics

/// How a claim of the study came out, as a check has it.
package struct ClaimExpectation: Sendable, Hashable {
  /// The claim as a sentence.
  package let says: String
  package let verdict: ClaimVerdict
  /// What the verdict rests on, such as the interval; empty for nothing.
  package let note: String
  /// The reason of a known failure, whether it fails or not; nil when it is none.
  package internal(set) var excuse: String?

  /// Whether the check passes over what became of it.
  var isExcused: Bool { excuse != nil && verdict != .supported }

  package init(says: String, verdict: ClaimVerdict, note: String = "") {
    self.says = says
    self.verdict = verdict
    self.note = note
  }

  package init(_ judged: JudgedClaim) {
    let parts = judged.parts.compactMap { part -> String? in
      guard let mean = part.mean else { return nil }
      let digits = part.interval.map { NumberText.digits(showing: $0.halfWidth) } ?? 3
      return Table.Cell.Content.effect(mean, part.interval).text(digits: digits)
    }
    self.init(
      says: judged.claim.says, verdict: judged.verdict,
      note: (parts + (judged.reason.isEmpty ? [] : [judged.reason])).joined(separator: "; "))
  }
}
