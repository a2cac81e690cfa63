package import Reproducibility
package import StudyLanguage

/// One way of doing one thing in the training loop: what a paper proposes, in one file.
///
/// Each door of the loop (`ProblemSampler`, `Guidance`, `RolloutPlan`, `RewardTerm`, `GroupFilter`,
/// `AdvantageEstimator`, `PolicyLoss`, `Regulariser`, `StageEnd`) is a protocol that refines this one.
/// To add a method: conform to the door's protocol, declare the settings, and name the type in
/// ``MethodCatalog``. The recipe, its messages and the identity of the work follow from there.
package protocol Method: Sendable {
  /// The word that a recipe uses: `"advantage": {"kind": "leave-one-out"}`.
  static var kind: String { get }
  /// The settings of this method, each with meaning, range, default and source.
  static var schema: RecordSchema { get }
  /// Reads settings that ``schema`` has accepted.
  init(_ settings: Settings)
}

/// Where in a trial the loop stands: what schedules and random streams are asked with.
package struct StepPlace: Sendable {
  /// Updates since the start of the stage; 0 for the first.
  package var step: Int
  /// Updates that the stage may make at most.
  package var steps: Int
  /// Root of the stage's rollouts.
  package var stageSeed: Seed
  /// Root of the order of its problems.
  package var orderSeed: Seed

  /// - Parameter orderSeed: nil for that of the rollouts.
  package init(step: Int, steps: Int, stageSeed: Seed, orderSeed: Seed? = nil) {
    self.step = step
    self.steps = steps
    self.stageSeed = stageSeed
    self.orderSeed = orderSeed ?? stageSeed
  }

  /// Root of this step's random numbers.
  package var seed: Seed { stageSeed.derive("step/\(step)") }
}

extension Schedule {
  /// The value at a place of a stage.
  package func value(at place: StepPlace) -> Double { value(step: place.step, of: place.steps) }
}
