import Reproducibility

/// How often a solver solved a problem: the counts are kept, so that every score is an exact fraction.
package struct PassRate: Sendable, Hashable {
  /// Sum of the verifier's scores; a whole number where scores are 0 or 1, otherwise a fraction of
  /// tests passed adds up.
  package var score: Double
  package var attempts: Int

  package init(score: Double, attempts: Int) {
    precondition(attempts > 0 && score >= 0 && score <= Double(attempts))
    self.score = score
    self.attempts = attempts
  }

  /// Share solved, in 0…1.
  package var value: Double { score / Double(attempts) }
}
