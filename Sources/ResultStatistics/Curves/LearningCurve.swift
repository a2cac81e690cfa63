/// The evaluations of one trial in rising order of the step.
package struct LearningCurve: Sendable, Hashable {
  /// A measured value at a step of the training.
  package struct Point: Sendable, Hashable {
    /// Or tokens, or seconds: whatever the curve is drawn over.
    package let step: Double
    package let value: Double

    package init(step: Double, value: Double) {
      self.step = step
      self.value = value
    }
  }

  package let points: [Point]

  /// - Returns: nil without points, when a number is not finite, or when steps do not strictly rise.
  package init?(_ points: [Point]) {
    guard !points.isEmpty, points.allSatisfy({ $0.step.isFinite && $0.value.isFinite }),
      zip(points, points.dropFirst()).allSatisfy({ $0.step < $1.step })
    else { return nil }
    self.points = points
  }

  private var first: Point { points[0] }
  private var last: Point { points[points.count - 1] }

  /// The area under the curve over its span, by trapezoids: the mean value along the way, in the
  /// value's unit, whatever the spacing of the evaluations. None with a single point.
  package var meanArea: Double? {
    guard points.count > 1 else { return nil }
    let area = zip(points, points.dropFirst()).reduce(0) { sum, pair in
      sum + (pair.1.step - pair.0.step) * (pair.0.value + pair.1.value) / 2
    }
    return area / (last.step - first.step)
  }

  /// The mean of the evaluations within the last so many steps, both ends included, each weighing
  /// the same. The last evaluation always counts.
  ///
  /// - Parameter steps: 0 or more, in the curve's own steps.
  package func plateauMean(lastSteps steps: Double) -> Double {
    precondition(steps >= 0, "a window cannot end before it begins")
    let values = points.filter { $0.step >= last.step - steps }.map(\.value)
    return mean(values) ?? last.value
  }

  /// The same over a share of the span.
  ///
  /// - Parameter share: 0…1; at 1 the mean of all evaluations.
  package func plateauMean(lastShare share: Double) -> Double {
    precondition((0...1).contains(share), "a share lies inside [0, 1]")
    return plateauMean(lastSteps: share * (last.step - first.step))
  }

  /// The first evaluated step at which the value is as good as the threshold; when none is, the
  /// trial is censored at its last step: it might have got there later. Not interpolated, so it is
  /// never earlier than an evaluation that showed it.
  package func stepsTo(_ threshold: Double, direction: Direction = .higherIsBetter) -> CensoredTime
  {
    let reached = points.first {
      direction == .higherIsBetter ? $0.value >= threshold : $0.value <= threshold
    }
    return CensoredTime(reached?.step ?? last.step, isCensored: reached == nil)
  }

  /// How much of the best value was lost by the end: peak minus final, or for measures where less is
  /// better final minus lowest. 0 or more, in the value's unit. Peaks of noisy curves are lucky
  /// evaluations, so it is above 0 even where nothing is forgotten; compare arms, not with 0.
  package func forgetting(direction: Direction = .higherIsBetter) -> Double {
    let values = points.map(\.value)
    return switch direction {
    case .higherIsBetter: (values.max() ?? last.value) - last.value
    case .lowerIsBetter: last.value - (values.min() ?? last.value)
    }
  }
}
