import AllocationCounter
import KernelInterface
import Reproducibility
import Testing

@testable import TransformerLM

@Suite("Allocations")
struct AllocationTests {
  @Test("the counter sees an array, and nothing where there is nothing")
  func counter() {
    let before = allocation_count()
    let array = [Float](repeating: 1, count: Int.random(in: 1000...2000))
    let after = allocation_count()
    #expect(after.calls == before.calls + 1)
    #expect(after.bytes >= before.bytes + 4 * array.count)
    let buffer = FloatBuffer(count: array.count)
    #expect(allocation_count().bytes >= after.bytes + 4 * buffer.count)
    let idle = allocation_count()
    let still = allocation_count()
    #expect(idle.calls == still.calls && idle.bytes == still.bytes)
  }

  @Test(
    "after its first steps training takes no memory: packing, forward, backward, clipping, AdamW",
    arguments: [ModelShape.tiny, .grouped])
  func steadyState(shape: ModelShape) {
    let p = ModelParameters.lively(shape, seed: 1)
    let groups = Group.random(8, shape: shape, seed: 1)
    let tape = TrainingTape(shape, rows: 1000)
    let g = Gradient(shape)
    // The norm is above the limit, so that the gradient is clipped.
    let optimizer = AdamW(shape, settings: AdamWSettings(weightDecay: 0.01, clipNorm: 1e-3))
    var batch = PackedBatch()
    let slopes = [Float](repeating: -1, count: PackedBatch(groups).wanted.count)
    func step() {
      batch.removeAll()
      for group in groups {
        let prompt = batch.appendPrompt(group.prompt)
        for completion in group.completions { batch.appendCompletion(completion, of: prompt) }
      }
      tape.forward(p, batch, temperature: 0.9)
      g.clear()
      tape.backward(p, batch, logProbabilityGradient: slopes, entropyGradient: slopes, into: g)
      _ = optimizer.update(p, g, learningRate: 1e-3)
    }
    for _ in 0..<2 { step() }
    let before = allocation_count()
    for _ in 0..<3 { step() }
    let after = allocation_count()
    #expect(after.calls - before.calls == 0)
    #expect(after.bytes - before.bytes == 0, "bytes in three steps")
  }
}
