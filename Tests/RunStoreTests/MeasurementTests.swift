import Reproducibility
import Testing

@testable import RunStore

@Suite("measurements")
struct MeasurementTests {
  @Test("a line is the measurement in a fixed order")
  func line() {
    let measurement = Measurement(
      step: 3, metric: "pass", value: 0.25, tags: ["suite": "contest", "problem": 7])
    #expect(
      measurement.line
        == #"{"step":3,"metric":"pass","value":0.25,"suite":"contest","problem":7}"#)
  }

  @Test("any double survives the line, bit for bit", arguments: 0..<64)
  func roundTrip(seed: UInt64) throws {
    var random = RandomStream(Seed(seed).derive("measurement"))
    let values = (0..<50).map { _ in Double(bitPattern: random.next()) }
    for value in values + [0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude] {
      let measurement = Measurement(step: random.integer(in: 0...9999), metric: "x", value: value)
      let text = Array((measurement.line + "\n").utf8)
      let back = try [Measurement](lines: text, path: "x")
      #expect(back.count == 1 && back[0].step == measurement.step)
      #expect(back[0].value == value || (value.isNaN && back[0].value.isNaN))
    }
  }

  @Test("a bad line is named by its number")
  func badLine() {
    let text = Array("{\"step\":1,\"metric\":\"a\",\"value\":1}\n{\"step\":2}\n".utf8)
    #expect(throws: StoreFault.damaged(path: "m", reason: "line 2 is not a measurement")) {
      try [Measurement](lines: text, path: "m")
    }
  }

  @Test(
    "tags that would not come back are refused",
    arguments: [
      ["step": 1], ["value": "x"], ["a": .array([])], ["a": .null], ["a": .number(.nan)],
    ] as [JSONObject])
  func refusedTags(tags: JSONObject) {
    #expect(Measurement(step: 1, metric: "a", value: 1, tags: tags).refusal != nil)
    #expect(Measurement(step: 1, metric: "a", value: 1, tags: ["b": true]).refusal == nil)
  }
}
