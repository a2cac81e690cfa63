import Reproducibility
import Testing

@testable import ResultStatistics

@Suite("What a check can see")
struct CheckPowerTests {
  /// s = √2 and n = 2, so τ = √2 · √(2/2) = √2; one degree of freedom is the Cauchy distribution:
  /// P(|T| > 1) = 1/2, and its 80 % quantile is tan(0.3 π) = 1.376382.
  @Test("two seeds by hand")
  func twoSeeds() throws {
    let root = 2.0.squareRoot()
    let power = try #require(CheckPower(accepted: [0, 2], rule: .room(below: root, above: root)))
    #expect(abs(power.alarm() - 0.5) < 1e-12)
    let oneSided = try #require(CheckPower(accepted: [0, 2], rule: .room(below: 1e9, above: root)))
    #expect(abs(oneSided.alarm() - 0.25) < 1e-8)
    #expect(abs(oneSided.smallestShift(upwards: true) - root * (1 + 1.376_382)) < 1e-3)
  }

  @Test("values without spread tell nothing")
  func noSpread() {
    #expect(CheckPower(accepted: [3], rule: .room(below: 1, above: 1)) == nil)
    #expect(CheckPower(accepted: [3, 3, 3], rule: .room(below: 1, above: 1)) == nil)
  }

  @Test("a tolerance of nothing alarms always and sees everything")
  func exact() throws {
    let power = try #require(CheckPower(accepted: [1, 2, 4], rule: .room(below: 0, above: 0)))
    #expect(power.alarm() == 1)
    #expect(power.smallestShift(upwards: true) == 0 && power.smallestShift(upwards: false) == 0)
  }

  @Test("the smallest shift is seen as often as it says, and a wider room sees less")
  func shift() throws {
    let rules: [CheckPower.Rule] = [
      .room(below: 1, above: 2), .equivalence(below: 1, above: 2, level: 0.95),
    ]
    for rule in rules {
      let power = try #require(CheckPower(accepted: [20, 21.5, 19, 22, 20.5], rule: rule))
      let (up, down) = (
        power.smallestShift(upwards: true), power.smallestShift(upwards: false)
      )
      #expect(abs(power.alarm(shift: up) - 0.8) < 1e-3)
      #expect(abs(power.alarm(shift: -down) - 0.8) < 1e-3)
      #expect(up > down, "there is more room upwards")
    }
  }

  /// 200,000 checks simulated by another program (numpy, from the definitions), standard error 0.1 points.
  @Test(
    "equivalence tests alarm as often as in another program's simulation",
    arguments: [
      (2, 1.0, 0.0, 0.0518), (3, 1.0, 0.0, 0.0313), (3, 0.5, 6.0, 0.8813), (5, 0.6, 2.2, 0.6154),
      (10, 0.8, 2.0, 0.7647), (5, 1.0, 3.0, 0.7565),
    ])
  func elsewhere(seeds: Int, room: Double, shift: Double, expected: Double) throws {
    let accepted = (0..<seeds).map { Double($0 * $0) }
    let unit = try #require(standardDeviation(accepted))
    let power = try #require(
      CheckPower(
        accepted: accepted,
        rule: .equivalence(below: room * unit, above: room * unit, level: 0.95)))
    let found = power.alarm(shift: shift * unit)
    #expect(abs(found - expected) < 0.004, "\(found)")
  }

  @Test("many seeds leave the numbers finite")
  func manySeeds() throws {
    let accepted = (0..<600).map { Double($0 % 7) }
    let power = try #require(
      CheckPower(accepted: accepted, rule: .equivalence(below: 1, above: 1, level: 0.95)))
    let up = power.smallestShift(upwards: true)
    // s = 2.001, τ = 0.1155: seen from 1 + (1.6474 + 0.8425) · 0.1155 = 1.288 on, about.
    #expect(abs(up - 1.288) < 0.01, "\(up)")
    #expect(power.alarm() < 1e-9)
  }

  @Test("several checks together alarm more often than each")
  func together() {
    #expect(abs(CheckPower.any([0.1, 0.2]) - 0.28) < 1e-12)
    #expect(CheckPower.any([]) == 0)
  }

  /// Margins and shifts are multiples of the accepted values' own deviation, for which the averages over the unknown one
  /// are exact. 4,000 studies: the standard error is at most 0.8 points.
  @Test(
    "alarms are as frequent as they are said to be",
    arguments: [(2, 1.0, 0.0), (3, 0.5, 6.0), (5, 1.0, 0.0), (5, 0.6, 2.2), (10, 0.8, 2.0)])
  func simulation(seeds: Int, room: Double, shift: Double) throws {
    let studies = 4000
    var alarms = [0, 0]
    var said = [0.0, 0.0]
    for index in 0..<studies {
      var random = RandomStream(Seed(41).derive("check/\(seeds)/\(index)"))
      let accepted = (0..<seeds).map { _ in 7 + 2 * random.normal() }
      let deviation = try #require(standardDeviation(accepted))
      let (margin, moved) = (room * deviation, shift * deviation)
      let new = (0..<seeds).map { _ in 7 + moved + 2 * random.normal() }
      let difference = try #require(mean(new)) - #require(mean(accepted))
      alarms[0] += abs(difference) > margin ? 1 : 0
      let test = try #require(
        EquivalenceTest(
          zip(new, accepted).map { $0 - $1 }, margin: Interval(lower: -margin, upper: margin)))
      alarms[1] += test.isDifferent ? 1 : 0
      // Scaled by the deviation, so the same in every study.
      if index > 0 { continue }
      let rules: [CheckPower.Rule] = [
        .room(below: margin, above: margin),
        .equivalence(below: margin, above: margin, level: 0.95),
      ]
      said = try rules.map {
        try #require(CheckPower(accepted: accepted, rule: $0)).alarm(shift: moved)
      }
    }
    for (alarms, said) in zip(alarms, said) {
      let found = Double(alarms) / Double(studies)
      print("check power: \(seeds) seeds, said \(said), found \(found)")
      #expect(abs(found - said) < 0.025, "said \(said), found \(found)")
    }
  }
}
