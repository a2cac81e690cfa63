/// Everything that a tracking tool is told of a study: what varies, and every trial with all that it measured.
package struct TrackedStudy: Sendable, Hashable {
  package var name: String
  package var question: String
  /// What is varied, in the study's order.
  package var axes: [String]
  /// The settings in which some arm differs from the baseline, by dotted paths.
  package var settings: [String]
  /// In the study's order: one seed through all arms, then the next.
  package var trials: [TrackedTrial]

  package init(
    name: String, question: String, axes: [String], settings: [String], trials: [TrackedTrial]
  ) {
    self.name = name
    self.question = question
    self.axes = axes
    self.settings = settings
    self.trials = trials
  }

  /// What the items of the trials are called, in the order in which they build on each other.
  var roles: [String] {
    var seen: Set<String> = []
    return trials.flatMap(\.items).map(\.role).filter { seen.insert($0).inserted }
  }

  package var measurements: Int { trials.reduce(0) { $0 + $1.measurements } }
}

/// One arm with one seed.
package struct TrackedTrial: Sendable, Hashable {
  package enum State: String, Sendable, Hashable, CaseIterable {
    case finished, failed, diverged
    /// It was not run to its end yet.
    case unfinished
  }

  /// A work item that the trial is made of, finished or not.
  package struct Item: Sendable, Hashable {
    package var role: String
    /// 64 hexadecimal digits.
    package var identity: String

    package init(role: String, identity: String) {
      (self.role, self.identity) = (role, identity)
    }
  }

  package var arm: String
  package var seed: Int
  /// The variant on each axis of the study; nil on an axis that the arm does not have.
  package var variants: [String?]
  /// The arm's value of each setting of the study; nil where it has none.
  package var settings: [String?]
  package var items: [Item]
  package var state: State
  /// Why it has no end; empty when it has one.
  package var reason: String
  /// What its finished items measured. An item without an end is no part of it.
  package var parts: [TrackedPart]

  package init(
    arm: String, seed: Int, variants: [String?], settings: [String?], items: [Item], state: State,
    reason: String, parts: [TrackedPart]
  ) {
    self.arm = arm
    self.seed = seed
    self.variants = variants
    self.settings = settings
    self.items = items
    self.state = state
    self.reason = reason
    self.parts = parts
  }

  package var measurements: Int { parts.reduce(0) { $0 + $1.points.count } }

  /// The identity by which reports name the trial: that of its last stage.
  var identity: String { items.last?.identity ?? "" }

  /// What its finished items took.
  var seconds: Double { parts.reduce(0) { $0 + $1.seconds } }
}

/// A finished item of a trial: the base evaluation, or a stage.
package struct TrackedPart: Sendable, Hashable {
  package struct Point: Sendable, Hashable {
    /// Updates since the start of the trial.
    package var step: Int
    package var metric: String
    /// What else places the number, as canonical JSON; nil where nothing does.
    package var tags: String?
    package var value: Double

    package init(step: Int, metric: String, tags: String? = nil, value: Double) {
      (self.step, self.metric, self.tags, self.value) = (step, metric, tags, value)
    }

    /// The curve that the number belongs to, where a tool knows names alone.
    var curve: String { tags.map { "\(metric)/\($0)" } ?? metric }
  }

  package var role: String
  /// The trial's steps before its first and at its last update.
  package var steps: ClosedRange<Int>
  /// What it took; 0 where that is not known or not told.
  package var seconds: Double
  /// In the order in which they were made.
  package var points: [Point]

  package init(role: String, steps: ClosedRange<Int>, seconds: Double, points: [Point]) {
    (self.role, self.steps, self.seconds, self.points) = (role, steps, seconds, points)
  }

  /// Seconds from its beginning to a step. No clock is read while it trains, so they are taken to pass evenly.
  func seconds(at step: Int) -> Double {
    guard steps.count > 1 else { return 0 }
    let share = Double(step - steps.lowerBound) / Double(steps.count - 1)
    return seconds * min(max(share, 0), 1)
  }
}

extension TrackedTrial {
  /// Each part with the seconds of the trial that had passed before it.
  var timedParts: [(began: Double, part: TrackedPart)] {
    var passed = 0.0
    return parts.map { part in
      defer { passed += part.seconds }
      return (passed, part)
    }
  }
}
