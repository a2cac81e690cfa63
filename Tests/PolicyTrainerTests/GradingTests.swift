import PolicyTrainer
import ReasoningTasks
import Reproducibility
import StudyLanguage
import Testing

@Suite("Grading")
struct GradingTests {
  /// Correct attempts of 4 by S, M and L, who are ever stronger, and by XL.
  static let table: [(problem: Problem, s: Double, m: Double, l: Double, xl: Double)] = [
    (sum(1, 1), 4, 4, 4, 4),  // 0: always solved: no level but a share of level 3
    (sum(1, 2), 2, 4, 4, 4),  // 1: level 1, not 2: M always solves it
    (sum(1, 3), 1, 2, 4, 4),  // 2: levels 1 and 2
    (sum(1, 4), 0, 4, 4, 4),  // 3: level 2, first branch
    (sum(1, 5), 0, 1, 3, 4),  // 4: level 2, second branch
    (sum(1, 6), 0, 0, 0, 1),  // 5: level 3: L fails
    (sum(1, 7), 3, 0, 0, 2),  // 6: levels 1 and 3
    (sum(1, 8), 0, 0, 0, 0),  // 7: nobody ever solves it: dropped
    (sum(1, 9), 4, 2, 1, 4),  // 8: S always, L seldom: no level
    (sum(2, 1), 0, 0, 2, 4),  // 9: no level: M fails, L does not
  ]
  static let problems = table.map(\.problem)
  static let ids = problems.map(\.id)

  static func grades(
    _ solver: String, _ scores: [Double], of problems: [Problem] = problems
  ) -> Grades {
    Grades(
      solver: solver, problems: problems.map(\.id),
      rates: scores.map { PassRate(score: $0, attempts: 4) })
  }
  static let all = [
    grades("S", table.map(\.s)), grades("M", table.map(\.m)), grades("L", table.map(\.l)),
  ]
  static let strongest = grades("XL", table.map(\.xl))

  /// The rules as printed in arXiv:2504.00829, section 3.3.
  static let paper: JSONValue = [
    "level-1": ["math": ["rule": "0 < p.S < 1"]],
    "level-2": [
      "math": [
        "rule":
          "(p.S == 0 and p.M == 1) or (p.S == 0 and 0 < p.M < 1) or (0 < p.S < 1 and 0 < p.M < 1)"
      ]
    ],
    "level-3": ["math": ["rule": "p.L == 0"]],
  ]

  static func rules(_ json: JSONValue) throws -> [LevelSettings] {
    let schema = RecordSchema(
      "rules", keys: [Key("levels", .map(of: .record(LevelSettings.schema)), doc: "rules")])
    return try settings(["levels": json], of: schema).map("levels").map {
      LevelSettings(name: $0.name, $0.value)
    }
  }

  static func build(
    _ json: JSONValue, seed: UInt64 = 1, problems: [Problem] = problems, grades: [Grades] = all,
    strongest: Grades? = strongest
  ) throws -> (levels: [String: [String]], dropped: [String]) {
    let result = try LevelBuilder(rules: rules(json), seed: Seed(seed)).build(
      problems: problems, grades: grades, strongest: strongest)
    let math = result.levels.filter { $0.domain == .math }
    return (
      Dictionary(math.map { ($0.level, $0.problems) }) { _, last in last }, result.dropped
    )
  }

  @Test("the paper's three levels on a table made by hand")
  func paperLevels() throws {
    let (levels, dropped) = try Self.build(Self.paper)
    #expect(levels["level-1"] == [1, 2, 6].map { Self.ids[$0] })
    #expect(levels["level-2"] == [2, 3, 4].map { Self.ids[$0] })
    #expect(levels["level-3"] == [5, 6].map { Self.ids[$0] })
    #expect(levels["all"] == Self.ids.filter { $0 != Self.ids[7] })
    #expect(dropped == [Self.ids[7]])
  }

  @Test("without a strongest solver nothing is dropped")
  func nothingDropped() throws {
    let (levels, dropped) = try Self.build(Self.paper, strongest: nil)
    #expect(dropped.isEmpty && levels["all"] == Self.ids)
    #expect(levels["level-3"] == [5, 6, 7].map { Self.ids[$0] })
  }

  // MARK: The share of the rest

  /// Many problems of which the first tenth satisfies the rule.
  static func largePool(_ count: Int) -> (problems: [Problem], grades: [Grades]) {
    let problems = (0..<count).map { sum($0 / 100, $0 % 100) }
    return (problems, [grades("L", problems.indices.map { $0 % 10 == 0 ? 0 : 2 }, of: problems)])
  }

  static func half(_ count: Int, seed: UInt64 = 1, share: Double = 0.5) throws -> Set<String> {
    let (problems, grades) = largePool(count)
    let rules: JSONValue = [
      "hard": ["math": ["rule": "p.L == 0", "share_of_rest": .number(share)]]
    ]
    return Set(
      try build(rules, seed: seed, problems: problems, grades: grades, strongest: nil)
        .levels["hard"] ?? [])
  }

  @Test("a share of the rest joins the level: each problem by a draw of its own")
  func shareOfRest() throws {
    let members = try Self.half(2000)
    // 200 by the rule, and half of 1800: 900, deviation √450 = 21.
    #expect(abs(members.count - 1100) < 85)
    #expect(try Self.half(2000, share: 0).count == 200)
    #expect(try Self.half(2000, share: 1).count == 2000)
    #expect(try Self.half(2000, seed: 2) != members)
    #expect(try Self.half(2000) == members)
    // Whoever joins at a tenth has joined at a half.
    #expect(try Self.half(2000, share: 0.1).isSubset(of: members))
  }

  @Test("the draw of a problem does not depend on the size of the pool")
  func drawBelongsToProblem() throws {
    let small = Set(Self.largePool(700).problems.map(\.id))
    #expect(try Self.half(2000).intersection(small) == Self.half(700))
  }

  // MARK: Faults

  @Test("an empty level says how the pass rates are spread")
  func emptyLevel() throws {
    let fault = #expect(throws: WorkFault.self) {
      _ = try Self.build(["none": ["math": ["rule": "p.S < 0.5 and p.S > 0.5"]]])
    }
    #expect(
      fault
        == WorkFault(
          what: "level 'none' has no math problem",
          why: """
            no problem of the 9 in the pool satisfies p.S < 0.5 and p.S > 0.5; problems by pass \
            rate, from 0 to 1 in ten bins with 0 and 1 apart: p.S: 4 0 0 1 0 0 1 0 1 0 0 2; \
            p.M: 3 0 0 1 0 0 2 0 0 0 0 3; p.L: 2 0 0 1 0 0 1 0 1 0 0 4
            """,
          help: """
            widen the rule, add problems of other difficulty, or train the solvers longer or less
            """
        ))
  }

  @Test("a histogram keeps never and always apart from ten open bins")
  func histogram() {
    let rates = [0, 0, 1, 5, 9, 10, 11, 19, 20].map { PassRate(score: $0, attempts: 20) }
    // 0.05 in bin 0, 0.25 in bin 2, 0.45 in 4, 0.5 and 0.55 in 5, 0.95 in 9.
    #expect(Histogram(rates: rates).counts == [2, 1, 0, 1, 0, 1, 2, 0, 0, 0, 1, 1])
  }

  @Test("a rule that divides by zero holds for no problem, and an unknown solver for none")
  func division() throws {
    let rule = LevelRule(try Expression("1 / p.S > 1"))
    #expect(!rule.holds { _ in 0 })
    #expect(rule.holds { _ in 0.5 })
    #expect(!LevelRule(try Expression("p.S < 1")).holds { _ in nil })
  }

  // MARK: Files

  @Test("grades read back from their lines are the same grades")
  func gradesRoundTrip() throws {
    let grades = Grades(
      solver: "S", problems: ["a", "b"],
      rates: [PassRate(score: 0.4, attempts: 8), PassRate(score: 8, attempts: 8)])
    #expect(try Grades(solver: "S", jsonLines: grades.jsonLines) == grades)
    #expect(
      String(decoding: grades.jsonLines, as: UTF8.self)
        == """
        {"id":"a","score":0.4,"attempts":8}
        {"id":"b","score":8,"attempts":8}

        """)
  }

  @Test(
    "damaged grades are refused",
    arguments: [
      "{\"id\":\"a\",\"score\":9,\"attempts\":8}", "{\"id\":\"a\",\"score\":-1,\"attempts\":8}",
      "{\"id\":\"a\",\"score\":0,\"attempts\":0}", "{\"id\":\"a\",\"attempts\":8}", "{\"id\":",
    ])
  func damagedGrades(line: String) {
    let fault = #expect(throws: WorkFault.self) {
      _ = try Grades(solver: "S", jsonLines: Array(line.utf8))
    }
    #expect(
      fault
        == WorkFault(
          what: "the grades of solver 'S' cannot be read",
          why: "a level must rest on every attempt that was made",
          help: "remove the item; the same command grades again"))
  }

  // MARK: The report

  @Test("the report gives sizes, overlaps, histograms and mean pass rates")
  func report() throws {
    let result = try LevelBuilder(rules: Self.rules(Self.paper), seed: Seed(1)).build(
      problems: Self.problems, grades: Self.all, strongest: Self.strongest)
    let fresh = Self.grades("S", [4, 1, 1, 0, 0, 0, 2, 0, 4, 0])
    let report = LevelReport(
      pool: Self.problems, levels: result.levels, dropped: result.dropped, grades: Self.all,
      fresh: fresh)
    let json = report.json(members: false)
    #expect(json["pool"]?.int == 10 && json["dropped"]?.int == 1)
    let levels = try #require(json["levels"]?.array)
    #expect(levels.map { $0["level"]?.string } == ["all", "level-1", "level-2", "level-3"])
    #expect(levels.map { $0["size"]?.int } == [9, 3, 3, 2])
    let sizes: [[Int?]] = levels.map { level in
      ["all", "level-1", "level-2", "level-3"].map { level["overlap"]?[$0]?.int }
    }
    #expect(sizes == [[9, 3, 3, 2], [3, 3, 1, 1], [3, 1, 3, 0], [2, 1, 0, 2]])
    // Level 1 is problems 1, 2 and 6: fresh 1/4, 1/4, 2/4; S 2/4, 1/4, 3/4.
    #expect(isClose(levels[1]["initial_reward"]?.double ?? 0, 1.0 / 3))
    #expect(isClose(levels[1]["pass_rates"]?["S"]?.double ?? 0, 0.5))
    #expect(levels[3]["pass_rates"]?["L"]?.double == 0)
    let histogram = levels[1]["histograms"]?["S"]?.array?.compactMap(\.int)
    #expect(histogram == [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0])
    #expect(levels[1]["problems"] == nil && json["pass_rates"] == nil)
    // With members it is what a stage reads back.
    let stored = try StoredLevels(Array(report.json(members: true).pretty.utf8))
    #expect(stored.members == result.levels)
    #expect(stored.rates.map(\.solver) == ["S", "M", "L"])
    #expect(stored.rates.map(\.rates) == Self.all.map(\.rates))
  }

  @Test("damaged levels are refused", arguments: ["", "{}", "{\"levels\":[{}],\"pass_rates\":{}}"])
  func damagedLevels(text: String) {
    let fault = #expect(throws: WorkFault.self) { _ = try StoredLevels(Array(text.utf8)) }
    #expect(fault?.what == "the levels cannot be read")
  }
}
