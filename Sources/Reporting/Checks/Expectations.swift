package import ResultStatistics

/// How one expectation ended.
package enum ExpectationVerdict: String, Sendable, Hashable, CaseIterable {
  case within, below, above
  /// Accepted, but the results have no value.
  case missing
  /// Accepted or new, and a trial that should have given a value failed or diverged.
  case failed
  /// Measured, but nothing was accepted for it.
  case new
  /// An equivalence test could neither confirm nor refute it.
  case undecided
  /// Outside, missing, failed or undecided, and a known failure.
  case excused

  /// The values differ, or there is nothing to compare.
  var isMove: Bool { [.below, .above, .missing, .new].contains(self) }
}

/// One compared value.
package struct ExpectationRow: Sendable, Hashable {
  package enum Scope: Sendable, Hashable {
    /// One trial's value, bit for bit.
    case seed(Int)
    /// The mean over the accepted seeds, within a tolerance.
    case mean(seeds: Int)
  }

  /// The measure's name.
  package let metric: String
  package let arm: String
  package let scope: Scope
  package let measured: Double?
  package let accepted: Double?
  package let lower: Double?
  package let upper: Double?
  package let unit: String
  package let verdict: ExpectationVerdict
  /// Of the differences by seed; nil where none was asked for or possible.
  package let test: EquivalenceTest?
  /// Why a value is missing or a test could not decide; empty for nothing to say.
  package let note: String
  /// The reason of a known failure, whether it fails or not; nil when it is none.
  package let excuse: String?
}

/// Results compared with accepted values.
package struct Expectations: Sendable, Hashable {
  package enum Comparison: Sendable, Hashable {
    /// Seed by seed: machine class and numerics version promise equal bits.
    case bits
    /// Means over seeds within the declared tolerances, because bits may differ for this reason.
    case tolerances(because: String)
  }

  /// An excuse that excuses nothing, so it can go.
  package struct NeedlessExcuse: Sendable, Hashable {
    package let excuse: AcceptedResults.Excuse
    /// Whether the study or the accepted values know what it excuses; if so, all of it holds again.
    package let isKnown: Bool
  }

  /// A trial that was to give a value and ended with an error or numbers that are not finite.
  package struct FailedTrial: Sendable, Hashable {
    package let arm: String
    package let seed: Int
    package let reason: String
  }

  package let study: String
  package let comparison: Comparison
  /// In the study's order, then what only the accepted file knows.
  package let rows: [ExpectationRow]
  /// In the study's order.
  package let claims: [ClaimExpectation]
  package let needlessExcuses: [NeedlessExcuse]
  /// Those that no excuse covers, in the study's order.
  package let failures: [FailedTrial]
  /// What makes the results mean less than they say: no check passes over it.
  package let warnings: [ReportWarning]
  package let sensitivity: CheckSensitivity
  /// Whether what is undecided is let pass.
  package let allowsUndecided: Bool
  /// The command that rebuilds the results.
  package let command: String

  /// How the check ended as a whole.
  package enum Outcome: Int32, Sendable, Hashable {
    case holds = 0
    /// Something moved, is missing or new, a claim is contradicted, or the results come with a warning.
    case moved = 1
    /// Trials failed, so the comparison is not whole.
    case failed = 3
    /// Nothing moved, but a test or a claim is undecided.
    case undecided = 4
  }

  package var outcome: Outcome {
    if rows.contains(where: { $0.verdict == .failed }) { return .failed }
    if !warnings.isEmpty || rows.contains(where: \.verdict.isMove)
      || claims.contains(where: { $0.verdict == .contradicted && !$0.isExcused })
    {
      return .moved
    }
    let isUndecided =
      rows.contains { $0.verdict == .undecided }
      || claims.contains { $0.verdict == .undecided && !$0.isExcused }
    return isUndecided && !allowsUndecided ? .undecided : .holds
  }
}
