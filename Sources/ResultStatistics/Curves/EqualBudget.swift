/// A value beside everything that had been spent when it was measured.
package struct ClockedPoint: Sendable, Hashable {
  package let steps: Double
  /// Nil where the trial did not count them.
  package let tokens: Double?
  /// Nil where the trial did not time them.
  package let seconds: Double?
  package let value: Double

  package init(steps: Double, tokens: Double? = nil, seconds: Double? = nil, value: Double) {
    self.steps = steps
    self.tokens = tokens
    self.seconds = seconds
    self.value = value
  }
}

/// What trials are compared at equal amounts of.
package enum BudgetClock: String, Sendable, Hashable, CaseIterable {
  case steps, tokens, seconds

  package func reading(_ point: ClockedPoint) -> Double? {
    switch self {
    case .steps: point.steps
    case .tokens: point.tokens
    case .seconds: point.seconds
    }
  }
}

/// An arm against its baseline after equal spending, on one clock.
package struct EqualBudget: Sendable, Hashable {
  package let clock: BudgetClock
  /// The smallest total of all compared trials, in the clock's unit: what every one of them spent.
  package let budget: Double
  /// Per seed, at the last evaluation within the budget; nil for a trial without one.
  package let arm: [Double?]
  package let baseline: [Double?]

  /// Per seed `arm - baseline`; nil where either has no value.
  package var differences: [Double?] {
    zip(arm, baseline).map { arm, baseline in
      guard let arm, let baseline else { return nil }
      return arm - baseline
    }
  }

  /// Mean over complete pairs; none without one.
  package var difference: Double? { mean(differences.compactMap { $0 }) }

  /// - Parameters:
  ///   - arm, baseline: per seed the trial's evaluations in rising order of everything spent; a hole
  ///     is an empty curve, and does not shorten the budget.
  /// - Returns: nil when no trial has points, or when any point lacks this clock.
  package init?(_ clock: BudgetClock, arm: [[ClockedPoint]], baseline: [[ClockedPoint]]) {
    precondition(arm.count == baseline.count, "a paired comparison needs the same seeds twice")
    let trials = (arm + baseline).filter { !$0.isEmpty }
    guard trials.joined().allSatisfy({ clock.reading($0) != nil }),
      let budget = trials.compactMap({ $0.last.flatMap(clock.reading) }).min()
    else { return nil }
    func value(_ curve: [ClockedPoint]) -> Double? {
      curve.last { (clock.reading($0) ?? .infinity) <= budget }?.value
    }
    self.clock = clock
    self.budget = budget
    self.arm = arm.map(value)
    self.baseline = baseline.map(value)
  }
}

/// The same comparison on every clock that all trials carry.
package struct ClockComparison: Sendable, Hashable {
  /// In the order of ``BudgetClock``; a clock that a trial lacks is left out.
  package let readings: [EqualBudget]

  package init(arm: [[ClockedPoint]], baseline: [[ClockedPoint]]) {
    readings = BudgetClock.allCases.compactMap { EqualBudget($0, arm: arm, baseline: baseline) }
  }

  /// The clocks on which the mean difference has the opposite sign of that at equal steps: there the
  /// arm wins by spending more. A difference of 0 has no sign. No claim of significance.
  package var reversals: [BudgetClock] {
    guard let steps = readings.first(where: { $0.clock == .steps })?.difference else { return [] }
    return readings.filter { ($0.difference ?? 0) * steps < 0 }.map(\.clock)
  }
}
