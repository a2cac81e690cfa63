/// The three words that a comparison may end in. A difference that could be zero is *undecided*,
/// which is not the same as equal.
package enum ComparisonVerdict: String, Sendable, Hashable, CaseIterable {
  case better, worse, undecided
}

/// Why a comparison stayed undecided.
package enum UndecidedReason: Sendable, Hashable {
  /// Fewer than two complete pairs.
  case tooFewPairs
  /// Some planned pairs have no value, and what is missing may be what matters.
  case holes(missing: Int)
  /// All values are equal, so no interval is known.
  case noSpread
  /// The difference may be zero, at the family's level.
  case mayBeZero
}

/// Which test's p-value decides.
package enum VerdictTest: String, Sendable, Hashable, CaseIterable {
  /// Paired t test; where all differences are equal and not zero it does not apply, and the
  /// sign-flip test takes its place.
  case pairedT
  /// Sign-flip test: no assumption about the distribution, no verdict under six seeds.
  case signFlip
}

/// A comparison as a member of its table's family.
package struct JudgedComparison: Sendable, Hashable {
  package let comparison: PairedComparison
  /// After Holm's adjustment over the family; none when the comparison has no p-value.
  package let adjustedPValue: Double?
  package let verdict: ComparisonVerdict
  /// Set exactly when the verdict is undecided.
  package let reason: UndecidedReason?
}

/// Adjusts and judges all comparisons of one table together.
///
/// - Parameter level: one minus the chance, at most, of any false verdict in the table.
/// - Returns: one per comparison, in the order given.
package func judge(
  _ family: [PairedComparison], test: VerdictTest = .pairedT, level: Double = 0.95
) -> [JudgedComparison] {
  precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
  let adjusted = holmAdjusted(family.map { $0.decidingPValue(test) })
  return zip(family, adjusted).map { comparison, p in
    let reason = comparison.undecidedReason(adjustedPValue: p, level: level)
    let isHigher = (comparison.difference ?? 0) > 0
    let isBetter = isHigher == (comparison.direction == .higherIsBetter)
    return JudgedComparison(
      comparison: comparison, adjustedPValue: p,
      verdict: reason != nil ? .undecided : isBetter ? .better : .worse, reason: reason)
  }
}

/// Judges comparisons whose intervals hold however often one looks: decided where the interval leaves out 0. There
/// are no p-values; the intervals' own level has to carry the family (``partLevel(confidence:parts:)``).
package func judgeByIntervals(_ family: [PairedComparison]) -> [JudgedComparison] {
  family.map { comparison in
    let reason: UndecidedReason? =
      if comparison.count < 2 {
        .tooFewPairs
      } else if comparison.count < comparison.planned {
        .holes(missing: comparison.planned - comparison.count)
      } else if comparison.interval.map({ $0.contains(0) }) ?? true {
        .mayBeZero
      } else { nil }
    let isHigher = (comparison.difference ?? 0) > 0
    let isBetter = isHigher == (comparison.direction == .higherIsBetter)
    return JudgedComparison(
      comparison: comparison, adjustedPValue: nil,
      verdict: reason != nil ? .undecided : isBetter ? .better : .worse, reason: reason)
  }
}

extension PairedComparison {
  func decidingPValue(_ test: VerdictTest) -> Double? {
    guard count > 1 else { return nil }
    return switch test {
    case .pairedT: pValue ?? signFlip?.pValue
    case .signFlip: signFlip?.pValue
    }
  }

  func undecidedReason(adjustedPValue: Double?, level: Double) -> UndecidedReason? {
    guard count > 1 else { return .tooFewPairs }
    guard count == planned else { return .holes(missing: planned - count) }
    // The rounding of 1 - 0.95 must not turn a p-value of exactly 0.05 away.
    guard let adjustedPValue, adjustedPValue <= 1 - level + 1e-12, difference != 0 else {
      return .mayBeZero
    }
    return nil
  }
}
