/// A count of successes out of trials, such as correct answers of sampled ones, kept as integers.
package struct Proportion: Sendable, Hashable {
  package let successes: Int
  package let trials: Int

  package init(successes: Int, trials: Int) {
    precondition(trials >= 0 && (0...trials).contains(successes), "successes lie in 0...trials")
    self.successes = successes
    self.trials = trials
  }

  /// None without trials.
  package var estimate: Double? { trials > 0 ? Double(successes) / Double(trials) : nil }

  /// Wilson's score interval: unlike the textbook `p ± z·√(p(1-p)/n)` it stays inside [0, 1] and
  /// keeps its width at 0 and `n` successes. It treats trials as independent, so for k answers to
  /// each of few problems it is narrower than the truth.
  ///
  /// - Source: Wilson 1927, Journal of the American Statistical Association 22(158).
  package func interval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    guard let p = estimate else { return nil }
    let n = Double(trials)
    let z = StandardNormal.quantile(1 - (1 - level) / 2)
    let center = (p + z * z / (2 * n)) / (1 + z * z / n)
    let halfWidth =
      z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(
      lower: successes == 0 ? 0 : max(0, center - halfWidth),
      upper: successes == trials ? 1 : min(1, center + halfWidth))
  }
}
