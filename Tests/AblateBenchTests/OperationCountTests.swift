import Testing
import TransformerLM

@testable import AblateBench

@Suite("operation counts")
struct OperationCountTests {
  /// Small enough to count on paper: V 10, C 32, L 1, H 2 with one key-value head, D 16, F 16.
  private let shape = ModelShape(
    vocabulary: 10, width: 32, layers: 1, heads: 2, keyValueHeads: 1, headWidth: 16,
    feedForward: 16, context: 8, attentionBias: false)

  @Test("a forward pass counts every product once, two operations for a multiply-add")
  func forward() {
    // Joint projection 32 × (32 + 2 · 16), output 32 × 32, gate, up and down 3 · 32 · 16.
    let block = 32 * 64 + 32 * 32 + 3 * 32 * 16
    // Two heads of 16: 32 multiply-adds for the score, and 32 for the value.
    let expected = 2 * 3 * block + 2 * 2 * (10 * 32) + 6 * (2 * 32 + 2 * 32)
    #expect(OperationCount(shape).forward(rows: 3, scored: 2, pairs: 6) == Double(expected))
  }

  @Test("a packed batch counts the keys that its rows attend, a shared prompt's rows once")
  func packed() {
    var batch = PackedBatch()
    batch.appendGroup(prompt: [1, 2, 3], completions: [[4, 5, 6], [7, 8]])
    // Rows: the prompt's 3, then 2 and 1, for a completion's last token is not fed.
    // Keys: 1 + 2 + 3, then 4 + 5, then 4.
    #expect(
      OperationCount(shape).forward(batch)
        == OperationCount(shape).forward(rows: 6, scored: 5, pairs: 19))
    #expect(OperationCount(shape).training(batch) == 3 * OperationCount(shape).forward(batch))
  }

  @Test("drawing counts what the sampler feeds", arguments: [(1, 1), (3, 1), (1, 4), (2, 5)])
  func drawing(completions: Int, new: Int) {
    // Each prompt of three rows, then every token but the last attends all before it and itself.
    var pairs = 1 + 2 + 3
    for _ in 0..<completions { for fed in 0..<new - 1 { pairs += 4 + fed } }
    let count = OperationCount(shape)
    let once = count.forward(
      rows: 3 + completions * (new - 1), scored: 1 + completions * (new - 1), pairs: pairs)
    #expect(count.sampling(prompts: 2, prompt: 3, completions: completions, new: new) == 2 * once)
  }

  @Test("the models have the sizes that their names say")
  func models() {
    #expect(BenchModel.oneMillion.shape.parameterCount == 996_480)
    #expect(BenchModel.tenMillion.shape.parameterCount == 9_479_040)
    #expect(BenchModel.standard.shape.parameterCount == 108_864)
  }
}
