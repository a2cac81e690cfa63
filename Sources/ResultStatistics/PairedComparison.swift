package import Reproducibility

/// Which way a measure should move.
package enum Direction: String, Sendable, Hashable, CaseIterable {
  case higherIsBetter = "higher"
  case lowerIsBetter = "lower"
}

/// An arm against its baseline, seed by seed: `arm - baseline`.
///
/// Arms share their seeds, and with them the problem order and the sampling noise, so the
/// difference within a seed scatters less than the arms do.
package struct PairedComparison: Sendable, Hashable {
  /// One per planned seed; nil where either side is a hole.
  package let differences: [Double?]
  /// Mean difference, in the measure's unit; none without a complete pair.
  package let difference: Double?
  package let interval: Interval?
  /// Two-sided p-value of the paired t test; none under two pairs or without spread.
  package let pValue: Double?
  /// The distribution-free companion; none without a complete pair.
  package let signFlip: SignFlipTest?
  /// Variance of an unpaired difference over that of the paired one: how many times the seeds an
  /// unpaired comparison would need. None under three pairs or without spread.
  package let pairingWorth: Double?
  package let direction: Direction

  /// - Parameters:
  ///   - arm, baseline: one observation per planned seed, in the same order of seeds.
  ///   - method: of the interval; the p-value is always that of the t test.
  ///   - seed: of the sign patterns, which are drawn only above 16 pairs.
  package init(
    arm: [Observation], baseline: [Observation], direction: Direction,
    method: IntervalMethod = .studentT, level: Double = 0.95, seed: Seed
  ) {
    self.init(
      arm: arm, baseline: baseline, direction: direction, method: method, level: level,
      signs: SignPatterns(pairs: arm.count, seed: seed))
  }

  /// The same with sign patterns that the comparisons of a table share.
  package init(
    arm: [Observation], baseline: [Observation], direction: Direction,
    method: IntervalMethod = .studentT, level: Double = 0.95, signs: SignPatterns
  ) {
    precondition(arm.count == baseline.count, "a paired comparison needs the same seeds twice")
    let planned = zip(arm, baseline).filter { $0.isPlanned && $1.isPlanned }
    let pairs = planned.map { arm, baseline -> (Double, Double)? in
      guard let arm = arm.value, let baseline = baseline.value else { return nil }
      return (arm, baseline)
    }
    differences = pairs.map { $0.map { $0.0 - $0.1 } }
    self.direction = direction
    let known = differences.compactMap { $0 }
    let estimate = MeanEstimate(of: known.map { .value($0) }, method: method, level: level)
    difference = estimate.mean
    interval = estimate.interval
    signFlip = known.isEmpty ? nil : SignFlipTest(known, signs: signs)
    pValue = pairedTPValue(known)
    if let deviation = estimate.standardDeviation, deviation > 0 {
      let complete = pairs.compactMap { $0 }
      let (first, second) = (
        standardDeviation(complete.map(\.0)) ?? 0, standardDeviation(complete.map(\.1)) ?? 0
      )
      pairingWorth =
        known.count > 2 ? (first * first + second * second) / (deviation * deviation) : nil
    } else {
      pairingWorth = nil
    }
  }

  /// Complete pairs (`n`).
  package var count: Int { differences.count { $0 != nil } }
  /// Planned pairs (`N`).
  package var planned: Int { differences.count }
}

/// Two-sided p-value of the paired t test; none under two differences or without spread.
func pairedTPValue(_ differences: [Double]) -> Double? {
  guard let center = mean(differences), let deviation = standardDeviation(differences),
    deviation > 0
  else { return nil }
  let error = deviation / Double(differences.count).squareRoot()
  return StudentT(degreesOfFreedom: differences.count - 1).twoSidedPValue(center / error)
}
