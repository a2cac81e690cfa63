import Reproducibility
import ResultStatistics
import Testing

@testable import Reporting

@Suite("claims in a report")
struct ClaimTests {
  static func claim(
    _ says: String, _ values: [[Observation]], logic: ClaimLogic? = nil,
    arms: [String] = ["level 1", "level 2"], paper: PaperValue? = nil, isPostHoc: Bool = false
  ) -> ClaimResult {
    ClaimResult(
      says: says, expect: "final(contest | level 1) > final(contest | level 2)", confidence: 0.95,
      logic: logic ?? .part(0),
      parts: values.enumerated().map { place, values in
        .init(
          text: "comparison \(place + 1)", arms: arms, unit: "%", digits: 1, region: .above(0),
          values: values)
      }, paper: paper, isPostHoc: isPostHoc)
  }

  private static func values(_ numbers: [Double]) -> [Observation] { numbers.map { .value($0) } }

  private func analysis(_ claims: [ClaimResult]) -> StudyAnalysis {
    StudyAnalysis(
      StudyResults(
        name: "s", question: "?", command: "./ablate run s.json", axis: "data", seeds: [1, 2, 3],
        measures: [], arms: [], claims: claims,
        provenance: ReportProvenance(numerics: 1, machine: "m", promisesBits: true)))
  }

  @Test("a row says by how much, the verdict, why not, and the paper's number beside it")
  func table() throws {
    let claims = [
      Self.claim(
        "Easy beats hard.", [Self.values([3, 4, 5])],
        paper: PaperValue(measure: "m", value: 4.24, error: 0.38, note: "Fig. 1, measured")),
      Self.claim(
        "Easy | *beats* <all>.",
        [Self.values([3, 4, 5]), [.hole(Hole(.failed)), .value(1), .value(2)]],
        logic: .all([.part(0), .part(1)]), isPostHoc: true),
    ]
    let table = try #require(analysis(claims).claimTable)
    let text = MarkdownRenderer().render(table)
    #expect(
      text.contains(
        "| Easy beats hard. | +4.0 [+1.5, +6.5] | % | &gt; 0 | 4.24 ± 0.38¹ | supported | 3/3 |")
    )
    #expect(text.contains("¹ Fig. 1, measured"))
    #expect(
      text.contains(
        #"| Easy \| \*beats\* &lt;all&gt;. (post hoc) | – |  |  | – | undecided²˒³ | – |"#)
    )
    #expect(text.contains("1 of 3 seeds have no value"))
    #expect(text.contains("| · comparison 2 |"))
    // Two comparisons share the error, so each interval is wider than the claim's alone.
    #expect(
      text.contains("| · comparison 1 | +4.0 [+0.4, +7.6] | % | &gt; 0 | – | supported | 3/3 |"))
    #expect(text.contains("Bonferroni"))
    #expect(analysis([]).claimTable == nil)
  }

  @Test("seeds are asked for one at a time, of open claims alone, up to the most")
  func allocation() {
    let unknown = Observation.hole(Hole(.missing))
    let clear = Self.values([9, 9.5, 9.2]) + [unknown, unknown, unknown]
    let open = Self.values([-1, 2, -0.5]) + [unknown, unknown, unknown]
    func counts(_ claims: ClaimResult..., most: Int = 6) -> [Int] {
      SeedAllocation(claims, fewest: 3, most: most).seedsOfClaims
    }
    #expect(counts(Self.claim("a", [clear]), Self.claim("b", [open])) == [3, 4])
    // The fourth is measured, and the claim is still open.
    let longer = Self.values([-1, 2, -0.5, 0.7]) + [unknown, unknown]
    #expect(counts(Self.claim("b", [longer])) == [5])
    #expect(counts(Self.claim("b", [longer]), most: 4) == [4])
    // A failed trial is a hole that no further seed fills.
    let broken = [Observation.hole(Hole(.failed))] + Self.values([-1, 2]) + [unknown, unknown]
    #expect(counts(Self.claim("c", [broken])) == [3])
    // Nothing measured: the fewest.
    #expect(counts(Self.claim("d", [[unknown, unknown, unknown, unknown]])) == [3])
    let both = SeedAllocation(
      [
        Self.claim("a", [clear], arms: ["x", "y"]), Self.claim("b", [longer], arms: ["y", "z"]),
      ], fewest: 3, most: 6)
    #expect(["x", "y", "z", "w"].map(both.seeds(ofArm:)) == [3, 5, 5, 3])
  }

  @Test("what was decided stays decided, whatever is measured later")
  func sticky() {
    let first = Self.values([9, 9.5, 9.2])
    let later = first + Self.values([-40, 60, -70])
    #expect(
      SeedAllocation([Self.claim("a", [later])], fewest: 3, most: 6).seedsOfClaims == [3])
  }

  @Test("a claim as JSON has full precision and null for what is not known")
  func json() {
    let judged = JudgedClaim(
      Self.claim("s", [Self.values([3, 4, 5])]), isSequential: false)
    #expect(judged.json["verdict"] == "supported" && judged.json["paper"] == .null)
    #expect(
      judged.json["comparisons"]?.array?.first?["mean"] == 4 && judged.json["post_hoc"] == false)
    let nothing = JudgedClaim(Self.claim("s", [[]]), isSequential: false)
    #expect(nothing.json["comparisons"]?.array?.first?["mean"] == .null)
    #expect(nothing.json["reason"] == "nothing measured yet")
  }
}
