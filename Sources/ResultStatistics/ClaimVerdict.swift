/// How a claim ended.
package enum ClaimVerdict: String, Sendable, Hashable, CaseIterable {
  case supported, contradicted, undecided
}

/// Where a claim says that the mean of a value lies, in the value's unit.
package enum ClaimRegion: Sendable, Hashable {
  /// Above the bound.
  case above(Double)
  /// Below the bound.
  case below(Double)
  /// No farther from 0 than the limit.
  case within(Double)
  /// Farther from 0 than the limit.
  case outside(Double)

  /// - Parameter interval: that holds the mean.
  func verdict(_ interval: Interval) -> ClaimVerdict {
    switch self {
    case .above(let bound):
      return interval.lower > bound
        ? .supported : interval.upper <= bound ? .contradicted : .undecided
    case .below(let bound):
      return interval.upper < bound
        ? .supported : interval.lower >= bound ? .contradicted : .undecided
    case .within(let limit):
      if interval.lower >= -limit && interval.upper <= limit { return .supported }
      return interval.lower > limit || interval.upper < -limit ? .contradicted : .undecided
    case .outside(let limit): return ClaimRegion.within(limit).verdict(interval).negated
    }
  }
}

extension ClaimVerdict {
  var negated: ClaimVerdict {
    switch self {
    case .supported: .contradicted
    case .contradicted: .supported
    case .undecided: .undecided
    }
  }
}

/// One comparison of a claim, judged by the interval of its mean over seeds.
package struct JudgedPart: Sendable, Hashable {
  /// One per seed that was asked for.
  package let values: [Observation]
  package let region: ClaimRegion
  package let mean: Double?
  package let interval: Interval?
  package let verdict: ClaimVerdict
  /// Set exactly when the verdict is undecided.
  package let reason: UndecidedReason?

  package var count: Int { values.count { $0.value != nil } }
  package var planned: Int { values.count }

  /// - Parameters:
  ///   - values: of each planned seed: what the two sides of the comparison differ by.
  ///   - interval: of the mean at the level of the claim; nil under two values or without spread.
  package init(
    _ values: [Observation], region: ClaimRegion, level: Double,
    interval: ([Double], Double) -> Interval?
  ) {
    let values = values.filter(\.isPlanned)
    let known = values.compactMap(\.value)
    self.values = values
    self.region = region
    mean = ResultStatistics.mean(known)
    self.interval = interval(known, level)
    if known.count < 2 {
      (verdict, reason) = (.undecided, .tooFewPairs)
    } else if known.count < values.count {
      (verdict, reason) = (.undecided, .holes(missing: values.count - known.count))
    } else if self.interval == nil {
      (verdict, reason) = (.undecided, .noSpread)
    } else if let interval = self.interval, region.verdict(interval) != .undecided {
      (verdict, reason) = (region.verdict(interval), nil)
    } else {
      (verdict, reason) = (.undecided, .mayBeZero)
    }
  }
}

/// How the comparisons of a claim make its truth, in Kleene's logic: what is undecided stays so unless the
/// rest decides alone.
package indirect enum ClaimLogic: Sendable, Hashable {
  /// The comparison at this place.
  case part(Int)
  case all([ClaimLogic])
  case any([ClaimLogic])
  case not(ClaimLogic)
  /// No comparison tells.
  case open

  package func verdict(_ parts: [ClaimVerdict]) -> ClaimVerdict {
    switch self {
    case .part(let place): return parts[place]
    case .not(let inner): return inner.verdict(parts).negated
    case .open: return .undecided
    case .all(let terms):
      let verdicts = terms.map { $0.verdict(parts) }
      if verdicts.contains(.contradicted) { return .contradicted }
      return verdicts.allSatisfy { $0 == .supported } ? .supported : .undecided
    case .any(let terms):
      return ClaimLogic.not(.all(terms.map { .not($0) })).verdict(parts)
    }
  }
}

/// The level of each comparison so that all of them together hold at the claim's: Bonferroni.
package func partLevel(confidence: Double, parts: Int) -> Double {
  1 - (1 - confidence) / Double(max(1, parts))
}
