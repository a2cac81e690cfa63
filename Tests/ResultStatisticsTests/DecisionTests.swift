import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("Sequences, equivalence, tolerances, holes")
struct DecisionTests {
  @Test(
    "looked at after every seed, the sequence errs in under 5 % and a t interval far more often")
  func peeking() {
    let studies = 4_000
    var (sequence, student) = (0, 0)
    for study in 0..<studies {
      var random = RandomStream(Seed(21).derive("peeking").derive(study))
      let differences = (0..<20).map { _ in 3 * random.normal() }
      let looks = (2...20).map { Array(differences[..<$0]) }
      if looks.contains(where: { ConfidenceSequence($0).interval?.contains(0) == false }) {
        sequence += 1
      }
      if looks.contains(where: { studentTInterval($0)?.contains(0) == false }) { student += 1 }
    }
    let (anytime, fixed) = (Double(sequence) / Double(studies), Double(student) / Double(studies))
    #expect(anytime <= 0.05, "the sequence errs in \(anytime)")
    #expect(anytime > 0.001, "a rate of \(anytime) means that nothing is ever decided")
    #expect(fixed > 0.15, "the t interval errs in \(fixed)")
  }

  @Test("the sequence is about twice as wide as a t interval, and closes in")
  func width() throws {
    let sample = [0.0, 2, 1, 3, 0, 2, 1, 3, 0, 2]
    #expect(ConfidenceSequence(Array(sample[..<2])).interval == nil)
    let ten = try #require(ConfidenceSequence(sample).interval)
    let student = try #require(studentTInterval(sample))
    // The ratio depends on the count alone.
    #expect(abs(ten.halfWidth / student.halfWidth - 1.85) < 0.01)
  }

  @Test("scaling and shifting the differences scales and shifts the sequence", arguments: 0..<16)
  func equivariance(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("sequence"))
    let sample = (0..<7).map { _ in random.normal() }
    let plain = try #require(ConfidenceSequence(sample).interval)
    let moved = try #require(ConfidenceSequence(sample.map { 5 * $0 - 2 }).interval)
    #expect(abs(moved.lower - (5 * plain.lower - 2)) < 1e-9)
    #expect(abs(moved.upper - (5 * plain.upper - 2)) < 1e-9)
  }

  @Test("the intersection lies in every interval; a drift contradicts itself")
  func intersection() throws {
    var random = RandomStream(Seed(8).derive("intersection"))
    let sample = (0..<12).map { _ in random.normal() }
    let common = try #require(ConfidenceSequence(sample).intersection)
    for count in 3...12 {
      let interval = try #require(ConfidenceSequence(Array(sample[..<count])).interval)
      #expect(interval.lower <= common.lower && common.upper <= interval.upper)
    }
    // A jump of five deviations after two hundred: by then the sequence had closed in on ½.
    let settled = (0..<1000).map { index -> Double in
      let wave = Double(index % 2)
      return index < 200 ? wave : wave + 5
    }
    let late = ConfidenceSequence(settled)
    #expect(late.isContradictory && late.intersection == nil && late.interval != nil)
  }

  @Test("equal differences have no sequence")
  func noSpread() {
    #expect(ConfidenceSequence([1, 1, 1, 1]).interval == nil)
  }

  private func observed(_ numbers: [Double?]) -> [Observation] {
    numbers.map { $0.map(Observation.init(measured:)) ?? .hole(Hole(.diverged)) }
  }

  @Test("holes are filled with the ends of the range")
  func holes() {
    let unit = Interval(lower: 0, upper: 1)
    let arm = observed([0.5, nil, 0.75, 0.25])
    #expect(HoleBounds.mean(arm, range: unit) == Interval(lower: 0.375, upper: 0.625))
    let baseline = observed([0.5, 0.25, nil, 0])
    // Worst: 0, -0.25, -0.25, 0.25. Best: 0, 0.75, 0.75, 0.25.
    #expect(
      HoleBounds.difference(arm: arm, baseline: baseline, range: unit)
        == Interval(lower: -0.0625, upper: 0.4375))
  }

  @Test("an unbounded range bounds nothing, unless nothing is missing")
  func unbounded() {
    let holey = observed([1, nil])
    let half = Interval(lower: 0, upper: .infinity)
    #expect(HoleBounds.mean(holey, range: nil) == nil && HoleBounds.mean(holey, range: half) == nil)
    #expect(HoleBounds.difference(arm: holey, baseline: holey, range: half) == nil)
    #expect(HoleBounds.mean(observed([1, 3]), range: nil) == Interval(lower: 2, upper: 2))
    #expect(HoleBounds.mean([], range: Interval(lower: 0, upper: 1)) == nil)
    #expect(HoleBounds.mean(observed([2, nil]), range: Interval(lower: 0, upper: 1)) == nil)
  }
}
