import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Crossed and factorial effects")
struct EffectTests {
  @Test("two seeds on two problems by hand")
  func crossedByHand() throws {
    // Rows' means 2 and 5, columns' 3 and 4, mean 3.5; residuals ±½.
    let found = try CrossedEffects([[2, 2], [4, 6]])
    #expect(found.mean == 3.5 && found.seedMeans == [2, 5])
    // MS seed = 2 · (1.5² + 1.5²) = 9, MS problem = 2 · (½² + ½²) = 1, MS residual = 4 · ¼ = 1.
    #expect(found.residualVariance == 1 && found.seedVariance == 4)
    #expect(found.problemVariance == 0 && !found.problemVarianceWasCut)
    #expect(found.standardErrorOverSeeds == 1.5)
    #expect(found.standardErrorOverBoth == (4.0 / 2 + 1.0 / 4).squareRoot())
  }

  @Test("a negative component is cut at 0, and said")
  func cut() throws {
    // Equal seed means, crossing problems: all spread is residual.
    let found = try CrossedEffects([[0, 4], [4, 0]])
    #expect(found.seedVariance == 0 && found.seedVarianceWasCut)
    #expect(found.problemVariance == 0 && found.problemVarianceWasCut)
    #expect(found.residualVariance == 16 && found.standardErrorOverBoth == 2)
  }

  @Test("more seeds help only down to what the problems leave")
  func planning() throws {
    var random = RandomStream(Seed(3).derive("planning"))
    let problems = (0..<20).map { _ in 3 * random.normal() }
    let scores: [[Double?]] = (0..<6).map { _ in
      let seed = random.normal()
      return problems.map { seed + $0 + random.normal() }
    }
    let found = try CrossedEffects(scores)
    #expect(found.standardError(seeds: 6, problems: 20) == found.standardErrorOverBoth)
    let floor = (found.problemVariance / 20).squareRoot()
    #expect(found.standardError(seeds: 1_000_000, problems: 20) > floor)
    #expect(found.standardError(seeds: 1_000_000, problems: 20) < 1.001 * floor)
    #expect(found.standardError(seeds: 6, problems: 40) < found.standardErrorOverBoth)
    #expect(abs(found.standardErrorOverSeeds(seeds: 24) - found.standardErrorOverSeeds / 2) < 1e-12)
  }

  @Test("of paired differences, what both arms share cancels")
  func paired() throws {
    let baseline: [[Double?]] = [[1, 50, 9], [3, 70, 2]]
    let arm = baseline.map { $0.map { $0.map { $0 + 2 } } }
    let found = try CrossedEffects(arm: arm, baseline: baseline)
    #expect(found.mean == 2 && found.standardErrorOverBoth == 0)
    #expect(found.intervalOverSeeds() == nil && found.intervalOverBoth() == nil)
  }

  @Test(
    "what cannot be estimated is refused with its place",
    arguments: [
      (
        [[1, 2]], CrossedRefusal.tooFewSeeds(1),
        "variance between seeds needs two seeds, and there are 1"
      ),
      (
        [[1], [2]], .tooFewProblems(1),
        "variance between problems needs two problems, and there are 1"
      ),
      (
        [[1, 2], [3, nil]], .hole(seed: 1, problem: 1),
        "seed 1 has no score for problem 1, and filling it in would invent one"
      ),
      ([[1, 2], [3]], .unequalRow(seed: 1), "seed 1 was not scored on the problems of seed 0"),
    ] as [([[Double?]], CrossedRefusal, String)])
  func crossedRefused(scores: [[Double?]], refusal: CrossedRefusal, text: String) {
    #expect(throws: refusal) { try CrossedEffects(scores) }
    #expect(refusal.description == text)
  }

  private static func cell(_ levels: [Int], _ values: [Double?]) -> FactorialCell {
    FactorialCell(levels: levels, values: values)
  }

  @Test("a 2 × 2 design by hand, within each seed")
  func factorialByHand() throws {
    // Seed 0: A = ((5 + 9) - (1 + 2)) / 2 = 5.5, B = ((2 + 9) - (1 + 5)) / 2 = 2.5,
    // A×B = (9 - 2) - (5 - 1) = 3. Seed 1 is 10 higher throughout but for one arm.
    let found = try FactorialEffects(
      levels: [2, 2],
      cells: [
        Self.cell([0, 0], [1, 11]), Self.cell([1, 0], [5, 15]), Self.cell([0, 1], [2, 12]),
        Self.cell([1, 1], [9, 21]),
      ])
    #expect(found.main.map(\.perSeed) == [[5.5, 6.5], [2.5, 3.5]])
    #expect(found.interactions.map(\.perSeed) == [[3, 5]])
    #expect(
      found.interactions[0].kind
        == .interaction(factor: 0, level: 1, otherFactor: 1, otherLevel: 1))
    // ½ ± 12.706 · ½ about 6.
    #expect(abs((found.main[0].interval?.halfWidth ?? 0) - 6.353102368) < 1e-8)
  }

  @Test("what all arms of a seed share moves nothing", arguments: 0..<16)
  func shared(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("factorial"))
    let combinations = (0..<12).map { [$0 / 6, $0 / 2 % 3, $0 % 2] }
    let cells = combinations.map { Self.cell($0, (0..<4).map { _ in random.normal() }) }
    let luck = (0..<4).map { _ in 9 * random.normal() }
    let moved = cells.map { cell in
      Self.cell(cell.levels, zip(cell.values, luck).map { ($0 ?? 0) + $1 })
    }
    let plain = try FactorialEffects(levels: [2, 3, 2], cells: cells)
    let lucky = try FactorialEffects(levels: [2, 3, 2], cells: moved)
    #expect(plain.main.count == 4 && plain.interactions.count == 2 + 1 + 2)
    for (first, second) in zip(plain.main + plain.interactions, lucky.main + lucky.interactions) {
      #expect(abs(first.mean - second.mean) < 1e-9)
      #expect(abs((first.pValue ?? 0) - (second.pValue ?? 1)) < 1e-9)
    }
  }

  @Test("one seed has effects and no interval")
  func oneSeed() throws {
    let found = try FactorialEffects(
      levels: [2], cells: [Self.cell([0], [1]), Self.cell([1], [4])])
    #expect(found.main[0].mean == 3 && found.main[0].interval == nil)
    #expect(found.main[0].pValue == nil && found.interactions.isEmpty)
  }

  @Test(
    "a design that is not full and even is refused with its place",
    arguments: [
      ([], [], FactorialRefusal.noFactors, "no factor is varied"),
      ([2, 1], [], .oneLevel(factor: 1), "factor 1 has fewer than two levels"),
      (
        [2], [cell([0], [1]), cell([2], [1])], .unknownCell([2]),
        "no factors have the levels [2]"
      ),
      (
        [2], [cell([0], [1])], .missingCell([1]),
        "no arm has the levels [1], and without it marginal means mix other factors in"
      ),
      (
        [2], [cell([0], [1]), cell([0], [2])], .repeatedCell([0]),
        "two arms have the levels [0]"
      ),
      (
        [2], [cell([0], [1]), cell([1], [1, 2])], .unequalSeeds([1]),
        "the arm with the levels [1] has other seeds than the first"
      ),
      (
        [2], [cell([0], [1]), cell([1], [nil])], .hole(cell: [1], seed: 0),
        "the arm with the levels [1] has no value for seed 0, which would weigh it less"
      ),
      ([2], [cell([0], []), cell([1], [])], .noSeeds, "no seed was planned"),
    ] as [([Int], [FactorialCell], FactorialRefusal, String)])
  func factorialRefused(
    levels: [Int], cells: [FactorialCell], refusal: FactorialRefusal, text: String
  ) {
    #expect(throws: refusal) { try FactorialEffects(levels: levels, cells: cells) }
    #expect(refusal.description == text)
  }
}
