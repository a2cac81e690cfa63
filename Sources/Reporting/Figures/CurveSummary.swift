internal import ResultStatistics

/// What the band around a mean curve shows.
package enum CurveBand: Sendable, Hashable {
  /// From the lowest to the highest seed.
  case range
  /// The t interval of the mean at each step, by itself.
  case interval(level: Double)
}

/// An arm's curves as one: the mean over seeds with a band.
struct CurveSummary: Equatable {
  struct Point: Equatable {
    let step: Int
    let mean: Double
    /// None with one seed, or where an interval has no spread.
    let band: ClosedRange<Double>?
  }

  let points: [Point]
  /// Seeds with at least one finite point.
  let seeds: Int
  /// Steps that some seeds reached and others did not. They are not averaged: a mean over the
  /// seeds that happened to go on would bend the curve by who is missing.
  let unevenSteps: Int

  init(_ lines: [CurveFamily.Line], band: CurveBand) {
    let known = lines.map { $0.points.filter(\.value.isFinite) }.filter { !$0.isEmpty }
    seeds = known.count
    if let first = known.first, known.allSatisfy({ $0.count == first.count }),
      known.allSatisfy({ zip($0, first).allSatisfy { $0.step == $1.step } })
    {
      // Nearly always: then nothing has to be looked up.
      points = first.indices.compactMap { place in
        Self.point(at: first[place].step, known.map { $0[place].value }, band)
      }
      unevenSteps = 0
      return
    }
    var valuesAtStep: [Int: [Double]] = [:]
    for points in known {
      for point in points { valuesAtStep[point.step, default: []].append(point.value) }
    }
    let shared = valuesAtStep.filter { $0.value.count == known.count }
    points = shared.sorted { $0.key < $1.key }.compactMap { Self.point(at: $0, $1, band) }
    unevenSteps = valuesAtStep.count - shared.count
  }

  private static func point(at step: Int, _ values: [Double], _ band: CurveBand) -> Point? {
    mean(values).map { Point(step: step, mean: $0, band: range(of: values, band)) }
  }

  private static func range(of values: [Double], _ band: CurveBand) -> ClosedRange<Double>? {
    guard values.count > 1, let least = values.min(), let most = values.max() else { return nil }
    switch band {
    case .range: return least...most
    case .interval(let level):
      return studentTInterval(values, level: level).map { $0.lower...$0.upper }
    }
  }
}
