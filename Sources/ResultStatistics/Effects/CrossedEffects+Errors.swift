extension CrossedEffects {
  /// Standard error of the mean on *these* problems, when only training seeds vary. The spread of
  /// the seeds' means, so it needs no component; in the score's unit.
  package var standardErrorOverSeeds: Double {
    (meanSquares.seed / Double(seeds * problems)).squareRoot()
  }

  /// Standard error of the mean when seeds and problems both vary: what a claim about other problems
  /// of the same kind needs. Never less than either source alone.
  package var standardErrorOverBoth: Double { standardError(seeds: seeds, problems: problems) }

  /// What the standard error over both would be with other numbers of seeds and problems:
  /// `√(seed/S + problem/P + residual/(S·P))`.
  package func standardError(seeds: Int, problems: Int) -> Double {
    precondition(seeds > 0 && problems > 0, "a mean needs a score")
    let (s, p) = (Double(seeds), Double(problems))
    return (seedVariance / s + problemVariance / p + residualVariance / (s * p)).squareRoot()
  }

  /// What it would be on these same problems with another number of seeds.
  package func standardErrorOverSeeds(seeds: Int) -> Double {
    precondition(seeds > 0, "a mean needs a score")
    let oneSeed = standardErrorOverSeeds * Double(self.seeds).squareRoot()
    return oneSeed / Double(seeds).squareRoot()
  }

  /// `mean ± t(S - 1) · standard error` on these problems; none without spread.
  package func intervalOverSeeds(level: Double = 0.95) -> Interval? {
    interval(standardErrorOverSeeds, degreesOfFreedom: Double(seeds - 1), level: level)
  }

  /// `mean ± t(f) · standard error` over other seeds and problems, with Satterthwaite's degrees of
  /// freedom, rounded down; none without spread.
  package func intervalOverBoth(level: Double = 0.95) -> Interval? {
    interval(
      standardErrorOverBoth, degreesOfFreedom: degreesOfFreedomOverBoth, level: level)
  }

  /// The squared standard error, `(MS seed + MS problem - MS residual)/(S·P)`, over the sum of its
  /// terms' own variances; a component that was cut takes its mean square out of the sum.
  package var degreesOfFreedomOverBoth: Double {
    let (s, p) = (Double(seeds - 1), Double(problems - 1))
    let terms: [(square: Double, freedom: Double)] =
      switch (seedVarianceWasCut, problemVarianceWasCut) {
      case (false, false):
        [(meanSquares.seed, s), (meanSquares.problem, p), (-meanSquares.residual, s * p)]
      case (true, false): [(meanSquares.problem, p)]
      case (false, true): [(meanSquares.seed, s)]
      case (true, true): [(meanSquares.residual, s * p)]
      }
    let total = terms.reduce(0) { $0 + $1.square }
    let spread = terms.reduce(0) { $0 + $1.square * $1.square / $1.freedom }
    return spread > 0 ? total * total / spread : s
  }

  private func interval(_ error: Double, degreesOfFreedom: Double, level: Double) -> Interval? {
    precondition(level > 0 && level < 1, "a confidence level lies inside (0, 1)")
    guard error > 0 else { return nil }
    let t = StudentT(degreesOfFreedom: max(1, Int(degreesOfFreedom)))
      .quantile(1 - (1 - level) / 2)
    return Interval(lower: mean - t * error, upper: mean + t * error)
  }
}
