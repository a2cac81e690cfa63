/// Two sources of noise kept apart: training seeds and evaluation problems, every seed scored on
/// every problem once. `score = mean + seed + problem + residual`, all random and independent.
///
/// The residual holds what seed and problem do together and the luck of sampling answers; one score
/// a cell cannot tell these apart. Components come from the mean squares of the two-way table.
///
/// Both intervals hold what they promise from three seeds × 50 problems on (docs/coverage.md).
///
/// - Source: Searle, Casella & McCulloch 1992, Variance Components, chapter 4 (method of moments);
///   Satterthwaite 1946, Biometrics Bulletin 2(6), for the degrees of freedom.
package struct CrossedEffects: Sendable, Hashable {
  package let seeds: Int
  package let problems: Int
  /// Of all scores.
  package let mean: Double
  /// Per seed, over problems.
  package let seedMeans: [Double]
  /// Variances in squared units of the score, 0 or more. Seeds, problems, and what is left.
  package let seedVariance: Double
  package let problemVariance: Double
  package let residualVariance: Double
  /// Whether the moments gave a negative variance, which was set to 0: the true one is small beside
  /// the residual, and the table too small to measure it.
  package let seedVarianceWasCut: Bool
  package let problemVarianceWasCut: Bool

  let meanSquares: MeanSquares

  struct MeanSquares: Sendable, Hashable {
    var seed: Double
    var problem: Double
    var residual: Double
  }

  /// - Parameter scores: per seed, one score per problem in the same order; nil for a hole.
  package init(_ scores: [[Double?]]) throws(CrossedRefusal) {
    let (seeds, problems) = (scores.count, scores.first?.count ?? 0)
    guard seeds > 1 else { throw .tooFewSeeds(seeds) }
    guard problems > 1 else { throw .tooFewProblems(problems) }
    var table: [[Double]] = []
    for (seed, row) in scores.enumerated() {
      guard row.count == problems else { throw .unequalRow(seed: seed) }
      var known: [Double] = []
      for (problem, score) in row.enumerated() {
        guard let score, score.isFinite else { throw .hole(seed: seed, problem: problem) }
        known.append(score)
      }
      table.append(known)
    }
    self.init(table: table)
  }

  /// Of the paired differences of two arms, `arm - baseline`, cell by cell: what all problems of a
  /// pair of seeds share is the seed's part, what all seeds share on a problem is the problem's.
  package init(arm: [[Double?]], baseline: [[Double?]]) throws(CrossedRefusal) {
    precondition(arm.count == baseline.count, "a paired comparison needs the same seeds twice")
    var differences: [[Double?]] = []
    for (seed, rows) in zip(arm, baseline).enumerated() {
      guard rows.0.count == rows.1.count else { throw .unequalRow(seed: seed) }
      differences.append(
        zip(rows.0, rows.1).map { arm, baseline in
          guard let arm, let baseline else { return nil }
          return arm - baseline
        })
    }
    try self.init(differences)
  }

  private init(table: [[Double]]) {
    let (s, p) = (Double(table.count), Double(table[0].count))
    let rows = table.map { $0.reduce(0, +) / p }
    let columns = table[0].indices.map { problem in
      table.reduce(0) { $0 + $1[problem] } / s
    }
    let center = rows.reduce(0, +) / s
    func squares(_ means: [Double]) -> Double {
      means.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    }
    var left = 0.0
    for (row, scores) in zip(rows, table) {
      for (column, score) in zip(columns, scores) {
        let residual = score - row - column + center
        left += residual * residual
      }
    }
    let residual = left / ((s - 1) * (p - 1))
    let seed = p * squares(rows) / (s - 1)
    let problem = s * squares(columns) / (p - 1)
    (seeds, problems, mean, seedMeans) = (table.count, table[0].count, center, rows)
    meanSquares = MeanSquares(seed: seed, problem: problem, residual: residual)
    seedVarianceWasCut = seed < residual
    problemVarianceWasCut = problem < residual
    seedVariance = max(0, (seed - residual) / p)
    problemVariance = max(0, (problem - residual) / s)
    residualVariance = residual
  }
}
