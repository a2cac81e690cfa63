internal import Glibc
package import Reproducibility

/// How time for a token grows with one size of the work, beside the operations that a token asks for.
package struct Growth: Sendable {
  package struct Point: Sendable {
    /// The size: channels, layers, tokens or completions.
    package let value: Int
    package let secondsPerToken: Double
    /// See ``OperationCount``.
    package let operationsPerToken: Double

    package init(value: Int, secondsPerToken: Double, operationsPerToken: Double) {
      self.value = value
      self.secondsPerToken = secondsPerToken
      self.operationsPerToken = operationsPerToken
    }
  }

  package let axis: String
  /// What was timed.
  package let work: String
  /// At least two, of unlike values.
  package let points: [Point]

  package init(axis: String, work: String, points: [Point]) {
    precondition(points.count >= 2)
    self.axis = axis
    self.work = work
    self.points = points
  }

  /// `d log(seconds) / d log(value)`, least squares over the points.
  package var timeSlope: Double { slope(\.secondsPerToken) }
  /// The same of the operations: what the slope is where nothing but arithmetic counts.
  package var operationsSlope: Double { slope(\.operationsPerToken) }

  private func slope(_ quantity: (Point) -> Double) -> Double {
    let x = points.map { log(Double($0.value)) }
    let y = points.map { log(quantity($0)) }
    let n = Double(points.count)
    let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return products / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
  }

  package var json: JSONValue {
    [
      "axis": .string(axis), "work": .string(work), "time_slope": .number(timeSlope),
      "operations_slope": .number(operationsSlope),
      "points": .array(
        points.map {
          [
            "value": JSONValue($0.value), "seconds_per_token": .number($0.secondsPerToken),
            "operations_per_token": .number($0.operationsPerToken),
          ]
        }),
    ]
  }
}
