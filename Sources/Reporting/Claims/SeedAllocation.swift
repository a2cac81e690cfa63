internal import ResultStatistics

/// How many seeds a study asks for that adds them where claims are open. A function of what was measured, so
/// that whoever looks at the same results asks for the same seeds.
package struct SeedAllocation: Sendable, Hashable {
  /// Seeds of each claim, from the first on.
  package let seedsOfClaims: [Int]
  private let claims: [ClaimResult]
  private let fewest: Int

  /// - Parameters:
  ///   - claims: with a value for each seed up to the most; what was not run yet is missing.
  ///   - fewest, most: as the study has them.
  package init(_ claims: [ClaimResult], fewest: Int, most: Int) {
    self.claims = claims
    self.fewest = fewest
    seedsOfClaims = claims.map { Self.seeds(of: $0, fewest: fewest, most: most) }
  }

  /// Seeds that an arm is run with: as many as the claim asks for that asks for most.
  package func seeds(ofArm label: String) -> Int {
    zip(claims, seedsOfClaims).reduce(fewest) { most, claim in
      claim.0.parts.contains { $0.arms.contains(label) } ? max(most, claim.1) : most
    }
  }

  /// One seed more as long as the claim is open and everything so far was measured. Where a trial failed there
  /// is a hole that no further seed fills.
  private static func seeds(of claim: ClaimResult, fewest: Int, most: Int) -> Int {
    var count = fewest
    while count < most {
      let part = claim.asking(for: count)
      let isWhole = part.parts.allSatisfy { $0.values.prefix(count).allSatisfy { $0.value != nil } }
      if !isWhole || JudgedClaim(part, isSequential: true).verdict != .undecided { break }
      count += 1
    }
    return count
  }
}

extension ClaimResult {
  /// The claim with what lies beyond so many seeds marked as unplanned.
  fileprivate func asking(for count: Int) -> ClaimResult {
    ClaimResult(
      says: says, expect: expect, confidence: confidence, logic: logic,
      parts: parts.map { part in
        Part(
          text: part.text, arms: part.arms, unit: part.unit, digits: part.digits,
          region: part.region,
          values: part.values.enumerated().map { place, value in
            place < count ? value : .hole(Hole(.unplanned))
          })
      }, paper: paper, isPostHoc: isPostHoc)
  }
}
