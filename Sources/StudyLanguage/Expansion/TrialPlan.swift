/// One arm with one seed.
package struct Trial: Sendable, Hashable {
  /// Place in the study's arms.
  package let arm: Int
  package let seed: Int
}

/// Every trial of a study. One seed goes through all arms before the next begins, so that a run that
/// is stopped early leaves differences that are still paired.
package struct TrialPlan: Sendable {
  package let trials: [Trial]

  package init(expanding study: Study) {
    trials = study.seeds.flatMap { seed in
      study.arms.indices.map { Trial(arm: $0, seed: seed) }
    }
  }
}
