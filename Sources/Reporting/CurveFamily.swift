/// One quantity over training, for every arm and seed.
package struct CurveFamily: Sendable, Hashable {
  /// One trial's curve.
  package struct Line: Sendable, Hashable {
    package let seed: Int
    /// Ascending steps.
    package let points: [CurvePoint]

    package init(seed: Int, points: [CurvePoint]) {
      self.seed = seed
      self.points = points
    }
  }

  /// All trials of one arm.
  package struct ArmLines: Sendable, Hashable {
    /// The arm's label in the study.
    package let arm: String
    package let lines: [Line]

    package init(arm: String, lines: [Line]) {
      self.arm = arm
      self.lines = lines
    }
  }

  /// The metric's name in the store; the figure's file is named after it.
  package let metric: String
  /// What the vertical axis says.
  package let heading: String
  /// Such as `%`; empty for a pure number.
  package let unit: String
  /// What the horizontal axis says.
  package let horizontal: String
  /// In the study's order of arms.
  package let arms: [ArmLines]
  /// Steps where a stage ends and the next begins; drawn as upright lines.
  package let stageSwitches: [Int]

  package init(
    metric: String, heading: String, unit: String = "", horizontal: String = "step",
    arms: [ArmLines], stageSwitches: [Int] = []
  ) {
    self.metric = metric
    self.heading = heading
    self.unit = unit
    self.horizontal = horizontal
    self.arms = arms
    self.stageSwitches = stageSwitches
  }
}

/// A point of a curve.
package struct CurvePoint: Sendable, Hashable {
  package let step: Int
  package let value: Double

  package init(_ step: Int, _ value: Double) {
    self.step = step
    self.value = value
  }
}

/// A figure of the source, read off or measured, drawn beside ours and never into it.
package struct PaperFigure: Sendable, Hashable {
  package struct Series: Sendable, Hashable {
    package let label: String
    package let points: [CurvePoint]

    package init(label: String, points: [CurvePoint]) {
      self.label = label
      self.points = points
    }
  }

  /// Names the file: `paper-<name>.svg`.
  package let name: String
  package let heading: String
  package let unit: String
  package let horizontal: String
  package let series: [Series]
  /// Where the points come from and how they were got.
  package let source: String
  package let stageSwitches: [Int]

  package init(
    name: String, heading: String, unit: String = "", horizontal: String = "step",
    series: [Series], source: String, stageSwitches: [Int] = []
  ) {
    self.name = name
    self.heading = heading
    self.unit = unit
    self.horizontal = horizontal
    self.series = series
    self.source = source
    self.stageSwitches = stageSwitches
  }
}
