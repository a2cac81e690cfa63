import Testing

@testable import Reproducibility

@Suite("in what two JSON values differ")
struct JSONChangeTests {
  private func lines(_ old: JSONValue, _ new: JSONValue) -> [String] {
    old.changes(to: new).map {
      "\($0.path): \($0.from?.canonical ?? "-") → \($0.to?.canonical ?? "-")"
    }
  }

  @Test("members by their paths, in the new value's order, what has gone last")
  func members() {
    #expect(
      lines(
        ["gone": 1, "same": true, "deep": ["b": 1, "a": [1, 2]]],
        ["deep": ["a": [1, 3], "b": 2], "same": true, "new": .null])
        == ["deep.a[1]: 2 → 3", "deep.b: 1 → 2", "new: - → null", "gone: 1 → -"])
    #expect(lines(["a": 1, "b": 2], ["b": 2, "a": 1]).isEmpty)
    #expect(lines(1, "1") == [#": 1 → "1""#])
  }

  @Test("elements that have names are told apart by them, and their order is a fact of its own")
  func names() {
    let (first, second): (JSONValue, JSONValue) = (
      ["name": "first", "steps": 8], ["name": "second", "steps": 4]
    )
    #expect(
      lines(["stages": [first, second]], ["stages": [["name": "first", "steps": 9], second]])
        == ["stages.first.steps: 8 → 9"])
    #expect(
      lines(["stages": [first]], ["stages": [second, first]])
        == [#"stages.second: - → {"name":"second","steps":4}"#])
    #expect(
      lines(["stages": [first, second]], ["stages": [second, first]])
        == [#"stages (order): ["first","second"] → ["second","first"]"#])
    // A name that comes twice tells nothing apart.
    #expect(
      lines([first, first], [first, ["name": "first", "steps": 9]]) == ["[1].steps: 8 → 9"])
    #expect(lines([first, 1], [first, 2]) == ["[1]: 1 → 2"])
  }

  @Test("lists of other lengths differ as a whole")
  func lists() {
    #expect(lines([1, 2], [1, 2, 3]) == [": [1,2] → [1,2,3]"])
    #expect(lines(["a": []], ["a": [1]]) == ["a: [] → [1]"])
  }

  @Test("equal values hash alike, whatever the order of their members")
  func hashes() {
    let a: JSONValue = ["x": 1, "y": ["p": true, "q": [1, .null]]]
    let b: JSONValue = ["y": ["q": [1, .null], "p": true], "x": 1]
    #expect(a == b && a.hashValue == b.hashValue)
    #expect(Set([a, b, ["x": 1], ["x": 2], ["y": 1]]).count == 4)
  }
}
