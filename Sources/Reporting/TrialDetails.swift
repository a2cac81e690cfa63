/// What stands behind a trial's numbers: for the page where a cell opens, not for the tables.
package struct TrialDetails: Sendable, Hashable {
  /// A stage of the training that is done.
  package struct Stage: Sendable, Hashable {
    package let name: String
    /// Identity of the work item.
    package let item: String
    /// Updates since the start of the trial, at its end.
    package let step: Int
    /// What the attempt that finished it took on its machine.
    package let seconds: Double
    /// SHA-256 of the policy that it left.
    package let policy: String

    package init(name: String, item: String, step: Int, seconds: Double, policy: String) {
      self.name = name
      self.item = item
      self.step = step
      self.seconds = seconds
      self.policy = policy
    }
  }

  /// What had been spent on training by an evaluation.
  package struct Spent: Sendable, Hashable {
    package let step: Int
    /// Drawn for training since the start of the trial.
    package let tokens: Double
    /// Share of the stages' seconds, by their steps.
    package let seconds: Double

    package init(step: Int, tokens: Double, seconds: Double) {
      self.step = step
      self.tokens = tokens
      self.seconds = seconds
    }
  }

  package let stages: [Stage]
  /// By step, ascending.
  package let spent: [Spent]

  package init(stages: [Stage] = [], spent: [Spent] = []) {
    self.stages = stages
    self.spent = spent
  }

  package var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }
}

/// A setting in which an arm differs from the baseline, as the recipes write it.
package struct SettingDifference: Sendable, Hashable {
  /// Such as `stages.first.steps`.
  package let path: String
  /// nil where one has no such setting.
  package let baseline: String?
  package let arm: String?

  package init(path: String, baseline: String?, arm: String?) {
    self.path = path
    self.baseline = baseline
    self.arm = arm
  }
}

/// How often each problem of a suite was solved at the end of each trial.
package struct SuiteCounts: Sendable, Hashable {
  /// Of one trial.
  package struct Counts: Sendable, Hashable {
    /// Attempts of each problem.
    package let attempts: Int
    /// Correct ones, in the order of the suite.
    package let correct: [Int]

    package init(attempts: Int, correct: [Int]) {
      self.attempts = attempts
      self.correct = correct
    }
  }

  /// The suite's name in the recipe.
  package let suite: String
  package let heading: String
  /// `[arm][seed]`, in the order of the study; nil where a trial counted nothing.
  package let trials: [[Counts?]]

  package init(suite: String, heading: String, trials: [[Counts?]]) {
    self.suite = suite
    self.heading = heading
    self.trials = trials
  }
}
