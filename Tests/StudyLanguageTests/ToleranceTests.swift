import Testing

@testable import StudyLanguage

@Suite("Tolerances of a study")
struct ToleranceTests {
  private func tolerances(_ text: String) throws -> [String: Study.Tolerance] {
    try read(study: Bakery.study.with(#""seeds""#, "\"tolerance\": \(text), \"seeds\"")).tolerances
  }

  private func room(_ below: Double, _ above: Double) -> Study.Tolerance.Room {
    .init(below: below, above: above)
  }

  @Test("one tolerance is for all measures; one of nothing is none")
  func forAll() throws {
    let half = Study.Tolerance.room(absolute: room(0.5, 0.5), relative: room(0, 0))
    #expect(
      try tolerances(#"{"absolute": 0.5}"#) == ["final(crumb)": half, "mean(crust)": half])
    #expect(try tolerances("{}").isEmpty)
    #expect(try tolerances(#"{"absolute": 0, "relative": {}}"#).isEmpty)
    #expect(try tolerances(#"{"*": {}}"#).isEmpty)
  }

  @Test("a measure has its own or that of '*', and both directions may differ")
  func byMeasure() throws {
    #expect(
      try tolerances(
        #"{"*": {"relative": {"above": 0.1}}, "mean(crust)": {"equivalence": {"below": 2, "above": 1}, "confidence": 0.9}}"#
      ) == [
        "final(crumb)": .room(absolute: room(0, 0), relative: room(0, 0.1)),
        "mean(crust)": .equivalence(margin: room(2, 1), confidence: 0.9),
      ])
    #expect(
      try tolerances(#"{"mean(crust)": {"equivalence": 3}}"#) == [
        "mean(crust)": .equivalence(margin: room(3, 3), confidence: 0.95)
      ])
    #expect(
      try tolerances(#"{"*": {"absolute": 1}, "mean(crust)": {}}"#) == [
        "final(crumb)": .room(absolute: room(1, 1), relative: room(0, 0))
      ], "a measure with a tolerance of nothing may not move")
  }
}

extension StudyMessageTests {
  static let toleranceTable: [MessageCase] = [
    MessageCase(
      "a tolerance of an unknown measure",
      .study(#""seeds""#, #""tolerance": {"final(crum)": {"absolute": 1}}, "seeds""#),
      """
      ablations/s.json:8:17: error: 'final(crum)' is no measure of this study
          8 |   "tolerance": {"final(crum)": {"absolute": 1}}, "seeds": {"count": 2},
            |                 ^~~~~~~~~~~~~
        why:  a tolerance is that of a measure, or of all others under '*'
        help: did you mean 'final(crumb)'? There are 'final(crumb)', 'mean(crust)', '*'
      1 error
      """),
    MessageCase(
      "a misspelt key of a tolerance is no measure",
      .study(#""seeds""#, #""tolerance": {"absolut": {"below": 1}}, "seeds""#),
      """
      ablations/s.json:8:17: error: unknown key 'absolut' in 'tolerance'
          8 |   "tolerance": {"absolut": {"below": 1}}, "seeds": {"count": 2},
            |                 ^~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: did you mean 'absolute'? All keys: docs/study-format.md#tolerance
      1 error
      """),
    MessageCase(
      "a tolerance for all beside one of a measure",
      .study(
        #""seeds""#, #""tolerance": {"absolute": 1, "mean(crust)": {"absolute": 2}}, "seeds""#),
      """
      ablations/s.json:8:32: error: unknown key 'mean(crust)' in 'tolerance'
          8 |   "tolerance": {"absolute": 1, "mean(crust)": {"absolute": 2}}, "seeds": {"count": 2},
            |                                ^~~~~~~~~~~~~
        why:  only keys that are read may be written, so a typo cannot become a silent default
        help: remove it. All keys: docs/study-format.md#tolerance
      1 error
      """),
    MessageCase(
      "a negative tolerance in one direction",
      .study(#""seeds""#, #""tolerance": {"*": {"relative": {"below": -1}}}, "seeds""#),
      """
      ablations/s.json:8:45: error: 'below' is -1, not a number of at least 0
          8 |   "tolerance": {"*": {"relative": {"below": -1}}}, "seeds": {"count": 2},
            |                                             ^~
        why:  'below' means: Largest difference downwards.
        help: write a number of at least 0; the default is 0
      1 error
      """),
    MessageCase(
      "a margin of nothing",
      .study(#""seeds""#, #""tolerance": {"equivalence": 0}, "seeds""#),
      """
      ablations/s.json:8:32: error: 'equivalence' is 0, not a number above 0
          8 |   "tolerance": {"equivalence": 0}, "seeds": {"count": 2},
            |                                ^
        why:  'equivalence' means: In their place, a test: the margin, in the measure's unit, in which the interval of the mean difference must lie for the check to hold, and outside of which for it to fail.
        help: write a number above 0
      1 error
      """),
    MessageCase(
      "an equivalence test beside a distance, with one seed",
      .study(
        #""seeds": {"count": 2}"#,
        #""tolerance": {"absolute": 1, "equivalence": 2}, "seeds": [4]"#),
      """
      ablations/s.json:8:32: error: 'equivalence' beside 'absolute'
          8 |   "tolerance": {"absolute": 1, "equivalence": 2}, "seeds": [4],
            |                                ^~~~~~~~~~~~~
        why:  either a distance decides, or a test against a margin
        help: remove one of them
      ablations/s.json:8:32: error: an equivalence test with one seed
          8 |   "tolerance": {"absolute": 1, "equivalence": 2}, "seeds": [4],
            |                                ^~~~~~~~~~~~~
        why:  a t test needs the spread between seeds, and one seed has none
        help: use at least 2 seeds, or 'absolute' or 'relative' in its place
      ablations/s.json:8:60: warning: one seed gives no spread
          8 |   "tolerance": {"absolute": 1, "equivalence": 2}, "seeds": [4],
            |                                                            ^~~
        why:  a difference between two runs cannot be told from luck
        help: use at least 3 seeds, 5 for an interval worth printing
      2 errors, 1 warning
      """),
    MessageCase(
      "a confidence of no test",
      .study(#""seeds""#, #""tolerance": {"relative": 0.1, "confidence": 0.9}, "seeds""#),
      """
      ablations/s.json:8:34: error: 'confidence' without 'equivalence'
          8 |   "tolerance": {"relative": 0.1, "confidence": 0.9}, "seeds": {"count": 2},
            |                                  ^~~~~~~~~~~~
        why:  only a test has a confidence; a distance is kept or not
        help: add "equivalence": with the margin, or remove 'confidence'
      1 error
      """),
  ]
}
