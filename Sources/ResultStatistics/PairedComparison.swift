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
    precondition(arm.count == baseline.count, "a paired comparison needs the same seeds twice")
    let pairs = zip(arm, baseline).map { arm, baseline -> (Double, Double)? in
      guard let arm = arm.value, let baseline = baseline.value else { return nil }
      return (arm, baseline)
    }
    differences = pairs.map { $0.map { $0.0 - $0.1 } }
    self.direction = direction
    let known = differences.compactMap { $0 }
    let estimate = MeanEstimate(of: known.map { .value($0) }, method: method, level: level)
    difference = estimate.mean
    interval = estimate.interval
    signFlip = known.isEmpty ? nil : SignFlipTest(known, seed: seed)
    if let mean = estimate.mean, let deviation = estimate.standardDeviation, deviation > 0 {
      let n = Double(known.count)
      pValue = StudentT(degreesOfFreedom: known.count - 1)
        .twoSidedPValue(mean / (deviation / n.squareRoot()))
      let complete = pairs.compactMap { $0 }
      let (first, second) = (
        standardDeviation(complete.map(\.0)) ?? 0, standardDeviation(complete.map(\.1)) ?? 0
      )
      pairingWorth =
        known.count > 2 ? (first * first + second * second) / (deviation * deviation) : nil
    } else {
      pValue = nil
      pairingWorth = nil
    }
  }

  /// Complete pairs (`n`).
  package var count: Int { differences.count { $0 != nil } }
  /// Planned pairs (`N`).
  package var planned: Int { differences.count }
}
