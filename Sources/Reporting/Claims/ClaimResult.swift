package import ResultStatistics

/// A sentence of the paper with what was measured for it: one value per planned seed and comparison.
package struct ClaimResult: Sendable, Hashable {
  /// A comparison that the claim makes.
  package struct Part: Sendable, Hashable {
    /// As the study writes it.
    package let text: String
    /// Labels of the arms that it reads.
    package let arms: [String]
    /// Of the value; empty for a pure number.
    package let unit: String
    /// Decimals of a table.
    package let digits: Int
    package let region: ClaimRegion
    /// By what the sides differ, one per planned seed.
    package let values: [Observation]

    package init(
      text: String, arms: [String], unit: String, digits: Int, region: ClaimRegion,
      values: [Observation]
    ) {
      self.text = text
      self.arms = arms
      self.unit = unit
      self.digits = digits
      self.region = region
      self.values = values
    }
  }

  package let says: String
  /// As the study writes it.
  package let expect: String
  /// Of the claim as a whole; each of several comparisons has Bonferroni's part of it.
  package let confidence: Double
  package let logic: ClaimLogic
  package let parts: [Part]
  /// What the source reports for it; nil when it says nothing.
  package let paper: PaperValue?
  /// Whether it was written when results of its arms were there already.
  package let isPostHoc: Bool

  package init(
    says: String, expect: String, confidence: Double, logic: ClaimLogic, parts: [Part],
    paper: PaperValue? = nil, isPostHoc: Bool = false
  ) {
    self.says = says
    self.expect = expect
    self.confidence = confidence
    self.logic = logic
    self.parts = parts
    self.paper = paper
    self.isPostHoc = isPostHoc
  }
}

/// A claim, judged.
package struct JudgedClaim: Sendable, Hashable {
  package let claim: ClaimResult
  package let parts: [JudgedPart]
  package let verdict: ClaimVerdict

  /// - Parameter isSequential: whether seeds were added until claims were decided; then intervals are those
  ///   that hold however often one looks.
  package init(_ claim: ClaimResult, isSequential: Bool) {
    let level = partLevel(confidence: claim.confidence, parts: claim.parts.count)
    self.claim = claim
    parts = claim.parts.map { part in
      JudgedPart(part.values, region: part.region, level: level) { values, level in
        isSequential
          ? ConfidenceSequence(values, level: level).interval
          : studentTInterval(values, level: level)
      }
    }
    verdict = claim.logic.verdict(parts.map(\.verdict))
  }

  /// Why it is undecided, in a few words; empty when it is not.
  package var reason: String {
    guard verdict == .undecided else { return "" }
    let reasons = parts.compactMap(\.reason)
    if let holes = reasons.first(where: { if case .holes = $0 { true } else { false } }),
      case .holes(let missing) = holes
    {
      return "\(missing) of \(parts.first?.planned ?? 0) seeds have no value"
    }
    if reasons.contains(.tooFewPairs) {
      return parts.contains { $0.count == 0 } ? "nothing measured yet" : "one seed has no spread"
    }
    if reasons.contains(.noSpread) { return "all seeds gave the same value" }
    return reasons.isEmpty ? "no comparison of it can be tested" : "the interval holds both sides"
  }
}

extension StudyResults {
  /// In the order of the study.
  package var judgedClaims: [JudgedClaim] {
    claims.map { JudgedClaim($0, isSequential: isSequential) }
  }
}
