import Foundation
import Reproducibility
import Testing

@Suite("Digests")
struct DigestTests {
  /// FIPS 180-4 examples (NIST, "SHA256.pdf") and the empty text.
  @Test(
    "SHA-256 gives the published vectors",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func vectors(text: String, expected: String) {
    #expect(SHA256.digest(of: text).hex == expected)
    #expect(Digest(hex: expected) == SHA256.digest(of: text))
  }

  /// FIPS 180-4, the third example. Not an argument above: the log would print the million letters.
  @Test("SHA-256 of a million letters is the published one")
  func million() {
    #expect(
      SHA256.digest(of: String(repeating: "a", count: 1_000_000)).hex
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("the digest does not depend on how the bytes were handed over", arguments: 0..<16)
  func pieces(seed: UInt64) {
    var random = RandomStream(Seed(seed))
    let bytes = (0..<random.integer(in: 0...300)).map { _ in UInt8(random.integer(in: 0...255)) }
    var sha = SHA256()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(random.integer(in: 1...70))
      sha.update(piece)
      rest = rest.dropFirst(piece.count)
    }
    #expect(sha.finalize() == SHA256.digest(of: bytes))
  }

  @Test("hexadecimal digits that are no digest are refused")
  func refused() {
    #expect(Digest(hex: "abc") == nil)
    #expect(Digest(hex: String(repeating: "g", count: 64)) == nil)
  }

  /// What an order is made of.
  private struct Parts {
    var kind = "stage"
    var configuration: JSONValue = ["b": 1, "a": [1, 2.5]]
    var inputs: [WorkOrder.Input] = [
      .init(name: "parent", identity: SHA256.digest(of: "p")),
      .init(name: "levels", identity: SHA256.digest(of: "l")),
    ]
    var seedPath: String? = "trial/3"
    var numerics = 1
    var label = "level 1, seed 3"

    var order: WorkOrder {
      WorkOrder(
        kind: kind, configuration: configuration, inputs: inputs, seedPath: seedPath,
        numerics: numerics, label: label)
    }
  }

  @Test("an identity follows the content and nothing else")
  func identity() throws {
    let order = Parts().order
    var other = Parts(configuration: ["a": [1, 2.5], "b": 1], label: "another name")
    other.inputs.reverse()
    #expect(order.identity == other.order.identity)
    for change in [
      { (parts: inout Parts) in parts.kind = "solver" },
      { $0.configuration = ["a": [1, 2.5], "b": 2] },
      { $0.inputs.removeLast() },
      { $0.seedPath = "trial/4" },
      { $0.numerics = 2 },
    ] as [(inout Parts) -> Void] {
      var changed = Parts()
      change(&changed)
      #expect(changed.order.identity != order.identity)
    }
    #expect(try WorkOrder(json: order.json).identity == order.identity)
    guard case .object(var damaged) = order.json else { return }
    damaged["seed"] = "trial/9"
    #expect(throws: WorkOrderFault.self) { try WorkOrder(json: .object(damaged)) }
  }
}
