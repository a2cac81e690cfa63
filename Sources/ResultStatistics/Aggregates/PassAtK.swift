/// The chance that at least one of `k` answers to a problem is correct, estimated without bias from
/// `n ≥ k` sampled answers of which `c` were: `1 - C(n - c, k) / C(n, k)`.
///
/// Computed as the product `1 - ∏ (1 - k/i)` for `i = n - c + 1 … n`, which no binomial overflows.
///
/// - Returns: 0…1; nil with fewer answers than `k`, from which no unbiased estimate exists.
/// - Source: Chen et al. 2021, arXiv:2107.03374, equation 1 and figure 3.
package func passAtK(_ answers: Proportion, k: Int) -> Double? {
  precondition(k > 0, "pass@k needs a k of 1 or more")
  let (n, c) = (answers.trials, answers.successes)
  guard n >= k else { return nil }
  // Every choice of k answers holds a correct one.
  guard n - c >= k else { return 1 }
  var allWrong = 1.0
  for i in stride(from: n - c + 1, through: n, by: 1) { allWrong *= 1 - Double(k) / Double(i) }
  return 1 - allWrong
}

/// pass@k of a set of problems.
package struct PassAtK: Sendable, Hashable {
  package let k: Int
  /// One per problem, in the order given; 0…1.
  package let perProblem: [Double]
  /// Mean over problems; 0…1.
  package let value: Double
  /// Over other problems of the same kind, with the policy as it is: problems are resampled, and the
  /// luck of sampling their answers comes with them. Training seeds do not vary in it. None under
  /// two problems, or when all have the same value. It holds what it promises from 30 problems
  /// on; at 10 a promised 95 % is 90 % (docs/coverage.md), and less where pass@k is near 0 or 1.
  package let interval: Interval?

  /// - Parameter problems: correct answers of sampled ones, one per problem.
  /// - Returns: nil without problems, and when any has fewer than `k` answers: leaving that one out
  ///   would change the set.
  package init?(_ problems: [Proportion], k: Int, bootstrap: Bootstrap, level: Double = 0.95) {
    let known = problems.compactMap { passAtK($0, k: k) }
    guard known.count == problems.count, let value = mean(known) else { return nil }
    self.k = k
    perProblem = known
    self.value = value
    interval = bootstrap.interval(known, level: level)
  }
}
