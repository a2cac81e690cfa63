/// Two one-sided t tests: does a mean difference lie within a margin around 0?
///
/// Equivalence is claimed when both "it is at or below the lower end" and "it is at or above the upper
/// end" are rejected, which is when the t interval of coverage `2 · level − 1` lies inside the margin. The
/// chance of claiming it for a difference outside is at most `1 − level`.
///
/// - Source: Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657–680.
package struct EquivalenceTest: Sendable, Hashable {
  /// Of coverage `2 · level − 1`; the differences' unit.
  package let interval: Interval
  package let margin: Interval
  /// The larger of the two one-sided p-values, 0…1.
  package let pValue: Double

  /// - Parameters:
  ///   - differences: one per pair, or per value of a sample less its reference.
  ///   - margin: around 0, which it holds.
  ///   - level: one minus the chance of a false claim of equivalence; inside (0.5, 1).
  /// - Returns: nil under two differences, and when all are equal: without spread there is no test.
  package init?(_ differences: [Double], margin: Interval, level: Double = 0.95) {
    precondition(level > 0.5 && level < 1, "a one-sided level lies inside (0.5, 1)")
    precondition(margin.contains(0), "a margin lies around 0")
    guard let center = mean(differences), let deviation = standardDeviation(differences),
      let interval = studentTInterval(differences, level: 2 * level - 1)
    else { return nil }
    let error = deviation / Double(differences.count).squareRoot()
    let t = StudentT(degreesOfFreedom: differences.count - 1)
    self.interval = interval
    self.margin = margin
    pValue = max(
      t.upperTail((center - margin.lower) / error), t.upperTail((margin.upper - center) / error))
  }

  /// The whole interval lies inside the margin.
  package var isEquivalent: Bool {
    interval.lower >= margin.lower && interval.upper <= margin.upper
  }

  /// The whole interval lies outside the margin.
  package var isDifferent: Bool {
    interval.upper < margin.lower || interval.lower > margin.upper
  }
}
