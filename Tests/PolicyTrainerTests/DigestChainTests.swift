import PolicyTrainer
import Reproducibility
import Testing
import TransformerLM

@Suite("Chain of digests")
struct DigestChainTests {
  /// The chain of a stage that makes a link every second step.
  static func chain(_ changes: [String: JSONValue] = [:]) throws -> DigestChain {
    let bench = try Workshop.runStage(changes.merging(["digest_every": 2]) { $1 })
    return try #require(DigestChain(reading: bench.files[DigestChain.file] ?? []))
  }

  @Test("a link is made every so many steps and at the end")
  func interval() throws {
    #expect(try Self.chain().links.map(\.step) == [2, 4, 6])
    let rare = try Workshop.runStage(["digest_every": 4])
    let chain = try #require(DigestChain(reading: rare.files[DigestChain.file] ?? []))
    #expect(chain.links.map(\.step) == [4, 6])
  }

  @Test("the last link's digests are those of the files that the stage leaves")
  func files() throws {
    let bench = try Workshop.runStage([:])
    let last = try #require(DigestChain(reading: bench.files[DigestChain.file] ?? [])?.links.last)
    let policy = try ModelParameters(
      safetensors: bench.files["policy.safetensors"] ?? [], name: "policy")
    let optimizer = AdamW(policy.shape)
    try optimizer.load(
      safetensors: bench.files["optimizer.safetensors"] ?? [], name: "optimizer")
    #expect(last.components.policy == policy.digest)
    #expect(last.components.optimizer == optimizer.digest)
  }

  @Test("equal stages have equal chains, and a change shows in what it changes")
  func changes() throws {
    let chain = try Self.chain()
    #expect(try Self.chain() == chain)
    #expect(try chain.firstDifference(from: Self.chain()) == nil)
    // A rate that is halved from step 4 on: same batches and moments until weights differ.
    let rate: JSONValue = ["kind": "step", "values": [2e-3, 1e-3], "at": [3]]
    let constant = try Self.chain(["optimizer": ["learning_rate": 2e-3]])
    let stepped = try Self.chain(["optimizer": ["learning_rate": rate]])
    #expect(
      constant.firstDifference(from: stepped)
        == .init(step: 4, lastEqualStep: 2, components: ["policy"]))
    // Other prompts a step: the draws differ from the first step on.
    let other = try #require(chain.firstDifference(from: Self.chain(["prompts": 2])))
    #expect(other.step == 2 && other.lastEqualStep == nil)
    #expect(other.components == ["random", "batch", "optimizer", "policy"])
    // A chain that ends earlier.
    let shorter = try Self.chain(["steps": 4])
    #expect(
      chain.firstDifference(from: shorter)
        == .init(step: 6, lastEqualStep: 4, components: ["steps"]))
  }

  @Test("a chain with a changed, a missing or a foreign line is not read")
  func damage() throws {
    let bench = try Workshop.runStage(["digest_every": 2])
    let bytes = try #require(bench.files[DigestChain.file])
    var lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    #expect(lines.count == 3)
    func read(_ lines: [[UInt8]]) -> DigestChain? {
      DigestChain(reading: Array(lines.joined(separator: [UInt8(ascii: "\n")])))
    }
    #expect(read(lines) != nil)
    #expect(read([lines[0], lines[2]]) == nil, "a link is gone")
    #expect(read([lines[1], lines[0], lines[2]]) == nil, "links changed places")
    let digit = lines[1].count - 80
    lines[1][digit] = lines[1][digit] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    #expect(read(lines) == nil, "a digit changed")
    #expect(DigestChain(reading: Array("{}\n".utf8)) == nil)
    #expect(DigestChain(reading: [])?.links.isEmpty == true)
  }
}
