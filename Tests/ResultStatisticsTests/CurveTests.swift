import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Curves and times")
struct CurveTests {
  private func curve(_ points: [(Double, Double)]) throws -> LearningCurve {
    try #require(LearningCurve(points.map { LearningCurve.Point(step: $0.0, value: $0.1) }))
  }

  @Test("the area counts the spacing of the evaluations, a mean of values would not")
  func area() throws {
    // 0…10 at (0 + 4)/2 = 2, then 10…100 at 4: (20 + 360) / 100.
    #expect(try curve([(0, 0), (10, 4), (100, 4)]).meanArea == 3.8)
    #expect(try curve([(5, 1)]).meanArea == nil)
  }

  @Test("the plateau is the mean of the evaluations in the last window, ends included")
  func plateau() throws {
    let curve = try curve([(0, 0), (10, 2), (20, 4), (30, 6)])
    #expect(curve.plateauMean(lastSteps: 10) == 5)
    #expect(curve.plateauMean(lastSteps: 9) == 6)
    #expect(curve.plateauMean(lastShare: 1) == 3)
    #expect(curve.plateauMean(lastShare: 0) == 6)
  }

  @Test("a threshold is reached at the first evaluation that shows it, or censored at the last")
  func threshold() throws {
    let curve = try curve([(0, 0.1), (10, 0.5), (20, 0.4), (30, 0.6)])
    #expect(curve.stepsTo(0.5) == CensoredTime(10))
    #expect(curve.stepsTo(0.55) == CensoredTime(30))
    #expect(curve.stepsTo(0.7) == CensoredTime(30, isCensored: true))
    #expect(curve.stepsTo(0.05, direction: .lowerIsBetter).isCensored)
    #expect(curve.stepsTo(0.1, direction: .lowerIsBetter) == CensoredTime(0))
  }

  @Test("forgetting is what was lost since the best evaluation")
  func forgetting() throws {
    let curve = try curve([(0, 1), (1, 5), (2, 3)])
    #expect(curve.forgetting() == 2)
    #expect(curve.forgetting(direction: .lowerIsBetter) == 2)
    #expect(try self.curve([(0, 1), (1, 2)]).forgetting() == 0)
  }

  @Test("steps that do not rise, and numbers that are not finite, are no curve")
  func refused() {
    #expect(LearningCurve([]) == nil)
    #expect(
      LearningCurve([
        LearningCurve.Point(step: 1, value: 0), LearningCurve.Point(step: 1, value: 1),
      ]) == nil)
    #expect(LearningCurve([LearningCurve.Point(step: 1, value: .nan)]) == nil)
  }

  @Test("six trials by hand: a censored one leaves the risk set without an event")
  func kaplanMeier() throws {
    // 10: 5/6. 20 (one event, one censored): 5/6 · 4/5 = 2/3. 30: 3 at risk, 2/3 · 2/3 = 4/9.
    let curve = KaplanMeier([
      CensoredTime(20, isCensored: true), CensoredTime(10), CensoredTime(20), CensoredTime(30),
      CensoredTime(50, isCensored: true), CensoredTime(50, isCensored: true),
    ])
    #expect(curve.drops.map(\.time) == [10, 20, 30])
    #expect(curve.drops.map(\.atRisk) == [6, 5, 3])
    #expect(abs(curve.drops[2].survival - 4.0 / 9) < 1e-12)
    #expect(curve.median == 30)
    // To 50: 10 · 1 + 10 · 5/6 + 10 · 2/3 + 20 · 4/9.
    let restricted = try #require(RestrictedMeanTime(curve, horizon: 50))
    #expect(abs(restricted.value - (10 + 50.0 / 6 + 20.0 / 3 + 80.0 / 9)) < 1e-12)
    // Known up to 50: three events and two that were watched to the end.
    #expect(restricted.known == 5)
    #expect(RestrictedMeanTime(curve, horizon: 51) == nil)
  }

  @Test("a horizon behind the last trial is refused, unless nobody is waiting any more")
  func horizon() throws {
    let over = KaplanMeier([CensoredTime(10), CensoredTime(20)])
    #expect(try #require(RestrictedMeanTime(over, horizon: 100)).value == 15)
    let waiting = KaplanMeier([CensoredTime(10), CensoredTime(20, isCensored: true)])
    #expect(RestrictedMeanTime(waiting, horizon: 21) == nil)
    #expect(RestrictedMeanTime(waiting, horizon: 0) == nil)
  }

  @Test("fewer than half reached it: no median, and an upper end at infinity")
  func unreached() throws {
    let curve = KaplanMeier(
      [CensoredTime(5)] + Array(repeating: CensoredTime(40, isCensored: true), count: 4))
    #expect(curve.median == nil)
    #expect(curve.medianInterval()?.upper == .infinity)
    let none = KaplanMeier([CensoredTime(40, isCensored: true)])
    #expect(none.median == nil && none.medianInterval() == nil)
    let restricted = try #require(RestrictedMeanTime(none, horizon: 40))
    #expect(restricted.value == 40 && restricted.interval == nil)
  }

  @Test("with every trial watched to the horizon it is Student's interval", arguments: 0..<16)
  func complete(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("complete"))
    let times = (0..<8).map { _ in 20 + 10 * random.uniform() }
    let curve = KaplanMeier(
      times.map { CensoredTime(min($0, 28), isCensored: $0 > 28) } + [CensoredTime(28)])
    let restricted = try #require(RestrictedMeanTime(curve, horizon: 28))
    let student = try #require(studentTInterval(times.map { min($0, 28) } + [28]))
    let mine = try #require(restricted.interval)
    #expect(abs(mine.lower - student.lower) < 1e-9)
    #expect(abs(mine.upper - min(28, student.upper)) < 1e-9)
  }

  @Test("on equal budgets the last evaluation within the smallest total counts")
  func budgets() throws {
    // The arm is ahead at equal steps and spends twice the tokens for it.
    let arm = [
      ClockedPoint(steps: 1, tokens: 200, seconds: 10, value: 0.2),
      ClockedPoint(steps: 2, tokens: 400, seconds: 20, value: 0.6),
    ]
    let baseline = [
      ClockedPoint(steps: 1, tokens: 100, seconds: 5, value: 0.1),
      ClockedPoint(steps: 2, tokens: 200, seconds: 10, value: 0.5),
    ]
    let comparison = ClockComparison(arm: [arm], baseline: [baseline])
    #expect(comparison.readings.map(\.budget) == [2, 200, 10])
    let differences = comparison.readings.map(\.difference)
    #expect(abs((differences[0] ?? 0) - 0.1) < 1e-12)
    #expect(abs((differences[1] ?? 0) + 0.3) < 1e-12)
    #expect(comparison.reversals == [.tokens, .seconds])
  }

  @Test("a clock that a trial lacks is left out, and holes do not shorten the budget")
  func clocks() throws {
    let timed = [ClockedPoint(steps: 4, tokens: 9, seconds: 1, value: 1)]
    let untimed = [ClockedPoint(steps: 5, tokens: 7, value: 3)]
    let comparison = ClockComparison(arm: [timed, []], baseline: [untimed, untimed])
    #expect(comparison.readings.map(\.clock) == [.steps, .tokens])
    // At 4 steps the baseline has no evaluation yet; at 7 tokens the arm has none.
    #expect(comparison.readings[0].arm == [1, nil])
    #expect(comparison.readings[0].baseline == [nil, nil])
    #expect(comparison.readings[1].baseline == [3, 3])
    #expect(comparison.readings[0].difference == nil && comparison.reversals == [])
    #expect(ClockComparison(arm: [[]], baseline: [[]]).readings.isEmpty)
  }
}
