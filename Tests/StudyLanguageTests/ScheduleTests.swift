import Foundation
import Reproducibility
import Testing

@testable import StudyLanguage

@Suite("Schedules")
struct ScheduleTests {
  /// The schedule that settings with this text make.
  private func schedule(_ json: JSONValue) throws -> Schedule {
    let schema = RecordSchema("a", keys: [Key("x", .schedule(.any), doc: "Something.")])
    return try Settings(normalising: ["x": json], as: schema).schedule("x")
  }

  @Test("worked values")
  func worked() throws {
    #expect(try schedule(3).value(step: 7, of: 9) == 3)
    let linear = try schedule(["kind": "linear", "from": 10, "to": 20, "over": 5])
    #expect((0...7).map { linear.value(step: $0, of: 100) } == [10, 12, 14, 16, 18, 20, 20, 20])
    // Without 'over' the last value belongs to the step after the last.
    let whole = try schedule(["kind": "linear", "from": 0, "to": 4])
    #expect((0..<4).map { whole.value(step: $0, of: 4) } == [0, 1, 2, 3])
    // cos(π/3) = 1/2, so a third of the way is a quarter of the fall.
    let cosine = try schedule(["kind": "cosine", "from": 1, "to": 0, "over": 3])
    #expect(cosine.value(step: 0, of: 9) == 1 && cosine.value(step: 3, of: 9) == 0)
    #expect(abs(cosine.value(step: 1, of: 9) - 0.75) < 1e-15)
    let exponential = try schedule(["kind": "exponential", "from": 1, "to": 16, "over": 4])
    #expect(
      zip((0...5).map { exponential.value(step: $0, of: 9) }, [1, 2, 4, 8, 16, 16])
        .allSatisfy { abs($0 - $1) < 1e-12 })
    let steps = try schedule(["kind": "step", "values": [3, 2, 1], "at": [2, 4]])
    #expect((0..<6).map { steps.value(step: $0, of: 6) } == [3, 3, 2, 2, 1, 1])
  }

  @Test("a warm-up rises to the start, and the shape begins after it")
  func warmUp() throws {
    let constant = try schedule(["kind": "constant", "value": 8, "warm_up": 4])
    #expect((0..<6).map { constant.value(step: $0, of: 6) } == [2, 4, 6, 8, 8, 8])
    #expect(constant.constant == nil)
    let linear = try schedule(["kind": "linear", "from": 8, "to": 0, "warm_up": 2])
    #expect((0..<6).map { linear.value(step: $0, of: 6) } == [4, 8, 8, 6, 4, 2])
  }

  /// The system's own functions are a reference here; a result never depends on them.
  @Test("cosine and exponential agree with the system's library", arguments: 0..<64)
  func references(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("schedules"))
    let x = random.uniform()
    #expect(abs(cosineOfHalfTurns(x) - Foundation.cos(Double.pi * x)) < 1e-15, "seed \(seed)")
    let from = 1e-6 + random.uniform()
    let to = 1e-6 + random.uniform()
    let step = random.integer(in: 0...100)
    let schedule = Schedule(.exponential(from: from, to: to, over: 100))
    let expected = from * Foundation.pow(to / from, Double(step) / 100)
    #expect(abs(schedule.value(step: step, of: 1) / expected - 1) < 1e-12, "seed \(seed)")
  }

  @Test("a schedule stays between its ends", arguments: 0..<64)
  func bounds(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("bounds"))
    let from = random.uniform() + 0.001
    let to = random.uniform() + 0.001
    let over = random.integer(in: 1...50)
    let shapes: [Schedule.Shape] = [
      .linear(from: from, to: to, over: over), .cosine(from: from, to: to, over: over),
      .exponential(from: from, to: to, over: over),
    ]
    for shape in shapes {
      let schedule = Schedule(shape)
      let values = (0...60).map { schedule.value(step: $0, of: 60) }
      #expect(values[0] == from && values[over] == to && values[60] == to, "seed \(seed)")
      let slack = 1e-15
      #expect(values.allSatisfy { $0 >= min(from, to) - slack && $0 <= max(from, to) + slack })
      // Never back: the differences have one sign.
      let isRising = to >= from
      #expect(
        zip(values, values.dropFirst()).allSatisfy {
          isRising ? $1 >= $0 - slack : $1 <= $0 + slack
        }, "seed \(seed)")
    }
  }

  @Test("bits that must not move")
  func bits() {
    // A change here changes training: the numerics version must be raised with it.
    let cosine = Schedule(.cosine(from: 1e-3, to: 1e-5, over: 7))
    let exponential = Schedule(.exponential(from: 1e-3, to: 1e-5, over: 7))
    let values = [cosine, exponential].flatMap { schedule in
      (0...7).map { schedule.value(step: $0, of: 7) }
    }
    let digest = SHA256.digest(of: values.map { "\($0.bitPattern)" }.joined(separator: ","))
    #expect(digest.hex == "dde2fd4711a5912e646eecc22b4a33054531d39d06b354fcadc2bc35b2f21fdd")
  }

  @Test("a warm-up may not begin outside the range")
  func warmUpRange() {
    let schema = RecordSchema(
      "a", keys: [Key("x", .schedule(.closed(0.5, 1)), doc: "Something.")])
    #expect(throws: SettingsFault.self) {
      try Settings(
        normalising: ["x": ["kind": "constant", "value": 1, "warm_up": 3]], as: schema)
    }
    #expect(throws: Never.self) {
      try Settings(
        normalising: ["x": ["kind": "constant", "value": 1, "warm_up": 2]], as: schema)
    }
  }
}
