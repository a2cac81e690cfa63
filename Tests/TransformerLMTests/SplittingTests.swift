import KernelInterface
import Reproducibility
import TensorKernels
import Testing

@testable import TransformerLM

/// What must not change a bit: how a batch is cut, how rows are laid out, which instruction set runs.
@Suite("Equal bits")
struct SplittingTests {
  static let shapes: [ModelShape] = [.tiny, .grouped, .untied]

  @Test("a gradient has the same bits however its batch is cut", arguments: 0..<6 as Range<UInt64>)
  func cuts(seed: UInt64) {
    for shape in Self.shapes {
      let p = ModelParameters.lively(shape, seed: seed)
      let groups = Group.random(12, shape: shape, seed: seed)
      let tape = TrainingTape(shape, rows: PackedBatch(groups).rows)
      let whole = tape.gradient(p, groups, cuts: [12], temperature: 0.9).named
      for cuts in [[Int](repeating: 1, count: 12), [5, 7], [3, 1, 8], [6, 0, 6]] {
        let parts = tape.gradient(p, groups, cuts: cuts, temperature: 0.9).named
        for (a, b) in zip(whole, parts) {
          #expect(a.values.bits == b.values.bits, "seed \(seed), cuts \(cuts): \(a.name)")
        }
      }
    }
  }

  @Test(
    "a token's log-probability has the same bits packed, shared or alone",
    arguments: 0..<6 as Range<UInt64>)
  func packing(seed: UInt64) {
    for shape in Self.shapes {
      let p = ModelParameters.lively(shape, seed: seed)
      let groups = Group.random(6, shape: shape, seed: seed)
      let tape = TrainingTape(shape, rows: 1000)
      var packed = PackedBatch()
      let ranges = groups.map {
        packed.appendGroup(prompt: $0.prompt, completions: $0.completions)
      }
      tape.forward(p, packed, temperature: 0.7)
      let (logs, entropies) = (tape.logProbabilities, tape.entropies)
      for (group, ranges) in zip(groups, ranges) {
        for (completion, range) in zip(group.completions, ranges) {
          let sequence = group.prompt + completion
          var alone = PackedBatch()
          alone.appendSequence(sequence, scoring: group.prompt.count..<sequence.count)
          tape.forward(p, alone, temperature: 0.7)
          #expect(tape.logProbabilities.bits == Array(logs[range]).bits, "seed \(seed)")
          #expect(tape.entropies.bits == Array(entropies[range]).bits, "seed \(seed)")
        }
      }
    }
  }

  @Test("every instruction set of this machine trains the same bits")
  func instructionSets() throws {
    #expect(Kernels.available.contains("baseline"))
    for shape in Self.shapes {
      var digests: [String] = []
      for name in Kernels.available {
        let kernels = try #require(Kernels.named(name))
        let p = ModelParameters.lively(shape, seed: 3)
        let optimizer = AdamW(shape, kernels: kernels)
        let tape = TrainingTape(shape, rows: 400, kernels: kernels)
        for step in 0..<3 {
          let groups = Group.random(5, shape: shape, seed: UInt64(step))
          let g = tape.gradient(p, groups, cuts: [5], temperature: 1.1)
          _ = optimizer.update(p, g, learningRate: 1e-2)
        }
        digests.append("\(p.digest) \(optimizer.digest)")
      }
      #expect(Set(digests).count == 1, "\(Kernels.available): \(digests)")
    }
  }

  @Test("products of OpenBLAS give the tiles' gradient to rounding")
  func openBLAS() throws {
    let shape = ModelShape.tiny
    let p = ModelParameters.lively(shape, seed: 4)
    let groups = Group.random(4, shape: shape, seed: 4)
    let tiles = TrainingTape(shape, rows: 300).gradient(p, groups, cuts: [4], temperature: 1)
    let blas = TrainingTape(shape, rows: 300, kernels: try ProductsChoice.openblas.kernels())
      .gradient(p, groups, cuts: [4], temperature: 1)
    for (a, b) in zip(tiles.named, blas.named) {
      let scale = a.values.reduce(0) { max($0, abs($1)) }
      for (x, y) in zip(a.values, b.values) { #expect(abs(x - y) <= 1e-4 * scale, "\(a.name)") }
    }
  }
}
