import Reproducibility
import Testing

@testable import RunScheduler

@Suite("in what two orders differ")
struct OrderChangeTests {
  private let solver = SHA256.digest(of: "solver")
  private let other = SHA256.digest(of: "other solver")

  private func order(
    _ configuration: JSONValue, seed: String? = "trial/1", numerics: Int = 3,
    reads identity: Digest? = nil
  ) -> WorkOrder {
    WorkOrder(
      kind: "stage", configuration: configuration,
      inputs: [.init(name: "policy", identity: identity ?? solver)], seedPath: seed,
      numerics: numerics, label: "first")
  }

  private func words(_ old: WorkOrder, _ new: WorkOrder) -> [String] {
    OrderChange.all(from: old, to: new) { order in
      // A schema with one default: a step count of 40.
      var members = order.configuration.object ?? [:]
      if members["steps"] == nil { members["steps"] = 40 }
      return .object(members)
    }.map(\.words)
  }

  @Test("a setting is named by its path, with what it was and what it is")
  func settings() {
    let old = order(["objective": ["clip": 0.2, "kl": 0], "levels": ["a", "b"]])
    #expect(
      words(old, order(["objective": ["clip": 0.28, "kl": 0], "levels": ["a", "c"]]))
        == ["objective.clip changed 0.2 → 0.28", #"levels[1] changed "b" → "c""#])
    #expect(
      words(old, order(["objective": ["clip": 0.2, "beta": 1], "levels": ["a"]]))
        == [
          "objective.beta is new: 1", "objective.kl is gone: it was 0",
          #"levels changed ["a","b"] → ["a"]"#,
        ])
  }

  @Test("a default that was left out is compared as what it was, and one written out is no change")
  func defaults() {
    #expect(words(order([:]), order(["steps": 60])) == ["steps changed 40 → 60"])
    #expect(words(order([:]), order(["steps": 40])).isEmpty)
  }

  @Test("seeds, numerics and inputs come after the settings")
  func rest() {
    #expect(
      words(
        order(["steps": 1]), order(["steps": 2], seed: "trial/2", numerics: 4, reads: other))
        == [
          "steps changed 1 → 2", "its seed changed trial/1 → trial/2", "numerics 3 → 4",
          "its input 'policy' is another one",
        ])
    #expect(words(order(["steps": 1]), order(["steps": 1])).isEmpty)
  }

  @Test("a long value is cut")
  func long() {
    let text = String(repeating: "x", count: 500)
    let found = words(order(["file": "y"]), order(["file": .string(text)]))
    #expect(found.count == 1 && found[0].count < 70, "\(found)")
  }
}
