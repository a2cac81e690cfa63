/// The kinds of work items that a trial is made of.
package enum WorkKind: String, CaseIterable, Sendable {
  /// The held-out problems; made first, because nothing may be trained on them.
  case suites
  /// Supervised training of one solver.
  case solver
  /// The pool of training problems.
  case problems
  /// One solver's attempts at the pool.
  case grades
  /// Difficulty levels from grades.
  case levels
  /// A policy judged on the suites without training.
  case evaluation
  /// One phase of reinforcement learning.
  case stage
}
