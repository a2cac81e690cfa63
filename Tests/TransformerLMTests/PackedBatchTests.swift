import KernelInterface
import Testing

@testable import TransformerLM

@Suite("Packed batch")
struct PackedBatchTests {
  @Test("a sequence takes a row for each token that a scored one depends on")
  func sequence() {
    var batch = PackedBatch()
    let range = batch.appendSequence([10, 11, 12, 13, 14, 15], scoring: 2..<5)
    #expect(range == 0..<3)
    #expect(batch.tokens == [10, 11, 12, 13] && batch.positions == [0, 1, 2, 3])
    #expect(batch.wanted == [1, 2, 3] && batch.targets == [12, 13, 14])
    #expect(batch.segments == [Segment(ownStart: 0, ownCount: 4)])
    #expect(batch.longestSequence == 4)
    #expect(batch.appendSequence([1, 2], scoring: 2..<2) == 3..<3 && batch.rows == 4)
  }

  @Test("a prompt with its response is the sequence of both", arguments: 0..<4)
  func response(count: Int) {
    var whole = PackedBatch()
    var parts = PackedBatch()
    let response = [Int32](4..<4 + Int32(count))
    for _ in 0..<2 {
      let range = whole.appendSequence([1, 2, 3] + response, scoring: 3..<3 + count)
      #expect(parts.appendSequence(prompt: [1, 2, 3], response: response) == range)
    }
    #expect(whole.tokens == parts.tokens && whole.positions == parts.positions)
    #expect(whole.segments == parts.segments && whole.wanted == parts.wanted)
    #expect(whole.targets == parts.targets && whole.longestSequence == parts.longestSequence)
  }

  @Test("a group holds its prompt once")
  func group() {
    var batch = PackedBatch()
    batch.appendSequence([9, 9], scoring: 1..<2)
    let ranges = batch.appendGroup(prompt: [1, 2, 3], completions: [[4, 5, 6], [7], []])
    #expect(ranges == [1..<4, 4..<5, 5..<5])
    #expect(batch.tokens == [9, 1, 2, 3, 4, 5] && batch.positions == [0, 0, 1, 2, 3, 4])
    #expect(batch.wanted == [0, 3, 4, 5, 3] && batch.targets == [9, 4, 5, 6, 7])
    #expect(
      batch.segments == [
        Segment(ownStart: 0, ownCount: 1), Segment(ownStart: 1, ownCount: 3),
        Segment(prefixStart: 1, prefixCount: 3, ownStart: 4, ownCount: 2),
      ])
    #expect(batch.rows == 1 + PackedBatch.rows(prompt: 3, completions: [3, 1, 0]))
    #expect(batch.longestSequence == 5)
    batch.removeAll()
    #expect(batch.isEmpty && batch.wanted.isEmpty && batch.longestSequence == 0)
  }

  @Test("a token without one before it cannot be scored")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      var batch = PackedBatch()
      batch.appendSequence([1, 2], scoring: 0..<1)
    }
    await #expect(processExitsWith: .failure) {
      var batch = PackedBatch()
      batch.appendGroup(prompt: [], completions: [[1]])
    }
  }
}
