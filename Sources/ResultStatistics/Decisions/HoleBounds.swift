/// Between what a mean could lie had its holes been filled: with the lowest value of the measure's
/// range, and with the highest. Nothing is assumed about why trials are missing, and no confidence
/// is in it: it bounds the mean that this table would have shown, not the truth behind it.
///
/// - Source: Manski 1990, American Economic Review 80(2); Horowitz & Manski 2000, Journal of the
///   American Statistical Association 95(449).
package enum HoleBounds {
  /// Bounds of the mean.
  ///
  /// - Parameters:
  ///   - observations: one per planned seed.
  ///   - range: of the measure, such as 0…1; nil, or with an infinite end, when it is unbounded.
  /// - Returns: the mean itself twice when nothing is missing; nil without a planned seed, when
  ///   something is missing and the range is unbounded, or when a value lies outside the range.
  package static func mean(_ observations: [Observation], range: Interval?) -> Interval? {
    let (lower, upper) = (filled(observations, range?.lower), filled(observations, range?.upper))
    guard let lower, let upper, isInside(observations, range),
      let least = ResultStatistics.mean(lower), let most = ResultStatistics.mean(upper)
    else { return nil }
    return Interval(lower: least, upper: most)
  }

  /// Bounds of the mean difference `arm - baseline` over all planned pairs. At worst every hole of
  /// the arm has the lowest value and every one of the baseline the highest; at best the reverse.
  ///
  /// - Returns: as ``mean(_:range:)``.
  package static func difference(
    arm: [Observation], baseline: [Observation], range: Interval?
  ) -> Interval? {
    precondition(arm.count == baseline.count, "a paired comparison needs the same seeds twice")
    guard isInside(arm + baseline, range), let armLow = filled(arm, range?.lower),
      let armHigh = filled(arm, range?.upper), let baseLow = filled(baseline, range?.lower),
      let baseHigh = filled(baseline, range?.upper),
      let least = ResultStatistics.mean(zip(armLow, baseHigh).map { $0 - $1 }),
      let most = ResultStatistics.mean(zip(armHigh, baseLow).map { $0 - $1 })
    else { return nil }
    return Interval(lower: least, upper: most)
  }

  private static func filled(_ observations: [Observation], _ end: Double?) -> [Double]? {
    let values = observations.compactMap { observation -> Double? in
      observation.value ?? end.flatMap { $0.isFinite ? $0 : nil }
    }
    return values.count == observations.count ? values : nil
  }

  private static func isInside(_ observations: [Observation], _ range: Interval?) -> Bool {
    guard let range else { return true }
    return observations.compactMap(\.value).allSatisfy(range.contains)
  }
}
