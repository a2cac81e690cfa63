import Testing

@testable import ResultStatistics

@Suite("claims as regions of a mean")
struct ClaimVerdictTests {
  private func judged(
    _ values: [Observation], _ region: ClaimRegion, level: Double = 0.95
  ) -> JudgedPart {
    JudgedPart(values, region: region, level: level) { studentTInterval($0, level: $1) }
  }

  private func values(_ numbers: Double...) -> [Observation] { numbers.map { .value($0) } }

  @Test(
    "an interval on the claim's side supports, one on the other contradicts, one on both decides nothing"
  )
  func above() {
    #expect(judged(values(3, 4, 5), .above(0)).verdict == .supported)
    #expect(judged(values(-3, -4, -5), .above(0)).verdict == .contradicted)
    let open = judged(values(-3, 4, 5), .above(0))
    #expect(open.verdict == .undecided && open.reason == .mayBeZero)
    // 4 ± 2.48: above 1 for sure, not above 2.
    #expect(judged(values(3, 4, 5), .above(1)).verdict == .supported)
    #expect(judged(values(3, 4, 5), .above(2)).verdict == .undecided)
    #expect(judged(values(3, 4, 5), .above(7)).verdict == .contradicted)
    #expect(judged(values(3, 4, 5), .below(7)).verdict == .supported)
    #expect(judged(values(3, 4, 5), .below(5)).verdict == .undecided)
    #expect(judged(values(3, 4, 5), .below(1)).verdict == .contradicted)
  }

  @Test("nearness is supported by an interval within the limit, and farness is its opposite")
  func within() {
    let near = values(-0.1, 0, 0.1)
    #expect(judged(near, .within(1)).verdict == .supported)
    #expect(judged(near, .outside(1)).verdict == .contradicted)
    #expect(judged(near, .within(0.1)).verdict == .undecided)
    let far = values(4.9, 5, 5.1)
    #expect(judged(far, .within(1)).verdict == .contradicted)
    #expect(judged(far, .outside(1)).verdict == .supported)
    #expect(judged(values(-4.9, -5, -5.1), .outside(1)).verdict == .supported)
  }

  @Test("holes, one seed and equal values decide nothing, each with its reason")
  func undecided() {
    let hole = Observation.hole(Hole(.failed))
    let holed = judged(values(3, 4, 5) + [hole], .above(0))
    #expect(holed.verdict == .undecided && holed.reason == .holes(missing: 1))
    #expect(holed.count == 3 && holed.planned == 4)
    #expect(judged(values(3), .above(0)).reason == .tooFewPairs)
    #expect(judged([hole, hole], .above(0)).reason == .tooFewPairs)
    #expect(judged(values(3, 3, 3), .above(0)).reason == .noSpread)
    // What nobody asked for is no hole.
    let asked = judged(values(3, 4, 5) + [.hole(Hole(.unplanned))], .above(0))
    #expect(asked.verdict == .supported && asked.planned == 3)
  }

  @Test("a claim of several comparisons is decided as soon as those decide that are")
  func logic() {
    let both = ClaimLogic.all([.part(0), .part(1)])
    let either = ClaimLogic.any([.part(0), .not(.part(1))])
    #expect(both.verdict([.supported, .supported]) == .supported)
    #expect(both.verdict([.supported, .undecided]) == .undecided)
    #expect(both.verdict([.undecided, .contradicted]) == .contradicted)
    #expect(either.verdict([.undecided, .contradicted]) == .supported)
    #expect(either.verdict([.contradicted, .supported]) == .contradicted)
    #expect(either.verdict([.contradicted, .undecided]) == .undecided)
    #expect(ClaimLogic.open.verdict([]) == .undecided)
    #expect(ClaimLogic.any([.open, .part(0)]).verdict([.supported]) == .supported)
  }

  @Test("every truth of an and, an or and a not is Kleene's", arguments: ClaimVerdict.allCases)
  func kleene(first: ClaimVerdict) {
    // Undecided stands for either truth: the result is decided exactly when both truths agree.
    func truths(_ verdict: ClaimVerdict) -> [Bool] {
      verdict == .undecided ? [true, false] : [verdict == .supported]
    }
    func expected(_ outcomes: [Bool]) -> ClaimVerdict {
      Set(outcomes).count > 1 ? .undecided : outcomes[0] ? .supported : .contradicted
    }
    for second in ClaimVerdict.allCases {
      let pairs = truths(first).flatMap { a in truths(second).map { (a, $0) } }
      #expect(
        ClaimLogic.all([.part(0), .part(1)]).verdict([first, second])
          == expected(pairs.map { $0 && $1 }))
      #expect(
        ClaimLogic.any([.part(0), .part(1)]).verdict([first, second])
          == expected(pairs.map { $0 || $1 }))
    }
    #expect(ClaimLogic.not(.part(0)).verdict([first]) == expected(truths(first).map { !$0 }))
  }

  @Test("the comparisons of a claim share its error")
  func levels() {
    #expect(partLevel(confidence: 0.95, parts: 1) == 0.95)
    #expect(abs(partLevel(confidence: 0.95, parts: 5) - 0.99) < 1e-12)
  }
}
