import Reproducibility
import Testing

@Suite("What texts have in common is written and digested once")
struct SharedWritingTests {
  /// A value of any form, down to a depth.
  static func value(_ random: inout RandomStream, depth: Int) -> JSONValue {
    switch random.integer(in: 0...(depth > 0 ? 6 : 4)) {
    case 0: .null
    case 1: .bool(random.integer(in: 0...1) == 1)
    case 2: .number(Double(random.integer(in: -1000...1000)) / 64)
    case 3: .string(["", "a", "é\n", "\u{1F600}", "quote\""][random.integer(in: 0...4)])
    case 4: .number(Double(random.integer(in: 0...9)))
    case 5: .array((0..<random.integer(in: 0...3)).map { _ in value(&random, depth: depth - 1) })
    default: .object(object(&random, depth: depth - 1))
    }
  }

  static func object(_ random: inout RandomStream, depth: Int) -> JSONObject {
    let names = ["b", "a", "é", "\u{1F600}", "\u{FF5E}", "stage", "ab", ""]
    return JSONObject(
      names.shuffled(using: &random).prefix(random.integer(in: 0...6)).map {
        ($0, value(&random, depth: depth))
      })
  }

  @Test("a written object has the canonical text of its value", arguments: 0..<64)
  func writtenObject(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("written"))
    let plain = Self.object(&random, depth: 2)
    let written = WrittenObject(plain)
    #expect(written.canonicalBytes == JSONValue.object(plain).canonicalBytes)
    // Some members as they were, some not, in another order.
    var other = JSONObject(
      plain.members.shuffled(using: &random).map { name, value in
        (name, random.integer(in: 0...1) == 0 ? value : Self.value(&random, depth: 2))
      })
    other["new"] = Self.value(&random, depth: 1)
    let shared = WrittenObject(other, sharing: written)
    #expect(shared.canonicalBytes == JSONValue.object(other).canonicalBytes)
    #expect(shared.value.keys == other.keys && shared.value == other)
    // As a member of another one.
    var around = written
    around.append("inner", shared)
    around.append("none", nil)
    around.append("last", 7)
    var whole = plain
    whole["inner"] = .object(other)
    whole["last"] = 7
    #expect(around.canonicalBytes == JSONValue.object(whole).canonicalBytes)
    #expect(around.value == whole)
  }

  @Test("an order has one identity, however its configuration was written", arguments: 0..<32)
  func orders(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("orders"))
    var digest = PrefixDigest()
    for _ in 0..<4 {
      let configuration = Self.object(&random, depth: 2)
      let inputs = [
        WorkOrder.Input(name: "b", identity: JSONValue(1).digest),
        WorkOrder.Input(name: "a", identity: JSONValue(2).digest),
      ]
      let plain = WorkOrder(
        kind: "stage", configuration: .object(configuration), inputs: inputs, seedPath: "trial/1",
        numerics: 1, label: "x")
      let written = WorkOrder(
        kind: "stage", configuration: WrittenObject(configuration), inputs: inputs,
        seedPath: "trial/1", numerics: 1, label: "x", digest: &digest)
      #expect(plain == written)
      #expect(plain.json.pretty == written.json.pretty)
      // The definition.
      let whole: JSONValue = [
        "kind": "stage", "configuration": .object(configuration), "numerics": 1,
        "seed": "trial/1",
        "inputs": [
          "a": .string(JSONValue(2).digest.hex), "b": .string(JSONValue(1).digest.hex),
        ],
      ]
      #expect(plain.identity == whole.digest)
    }
  }

  @Test("digests of texts that begin alike are those of each text alone", arguments: 0..<64)
  func prefixDigest(seed: UInt64) {
    var random = RandomStream(Seed(seed).derive("prefix"))
    var digest = PrefixDigest()
    var text: [UInt8] = []
    for _ in 0..<24 {
      text.removeLast(random.integer(in: 0...text.count))
      for _ in 0..<random.integer(in: 0...200) {
        text.append(UInt8(random.integer(in: 0...255)))
      }
      #expect(digest.digest(of: text) == SHA256.digest(of: text), "\(text.count) bytes")
    }
    // The very same text, one that it begins with, and block by block.
    #expect(digest.digest(of: text) == SHA256.digest(of: text))
    for count in [0, 1, 63, 64, 65, 127, 128, 129] {
      let part = [UInt8](repeating: 7, count: count)
      #expect(digest.digest(of: part) == SHA256.digest(of: part), "\(count) bytes")
    }
  }
}
