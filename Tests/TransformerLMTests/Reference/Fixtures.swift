import KernelInterface
import Reproducibility
import TensorKernels

@testable import TransformerLM

/// What the tests compute with unless they compare kernel sets.
let referenceKernels = Kernels.active

/// A prompt with completions: the unit that may not be cut.
struct Group {
  var prompt: [Int32]
  var completions: [[Int32]]

  /// Prompts of 1…9 tokens with 1…5 completions of 1…12 tokens.
  static func random(_ count: Int, shape: ModelShape, seed: UInt64) -> [Group] {
    var random = RandomStream(Seed(seed).derive("groups"))
    func tokens(_ range: ClosedRange<Int>) -> [Int32] {
      (0..<random.integer(in: range)).map { _ in
        Int32(random.integer(in: 0...shape.vocabulary - 1))
      }
    }
    return (0..<count).map { _ in
      let prompt = tokens(1...9)
      return Group(
        prompt: prompt, completions: (0..<random.integer(in: 1...5)).map { _ in tokens(1...12) })
    }
  }
}

extension PackedBatch {
  init(_ groups: some Sequence<Group>) {
    self.init()
    for group in groups { appendGroup(prompt: group.prompt, completions: group.completions) }
  }
}

extension [Float] {
  /// Floats compared as bits: −0 and 0 differ, and a NaN equals itself.
  var bits: [UInt32] { map(\.bitPattern) }
}

/// Coefficients of a made-up loss, one for each wanted row.
func coefficients(_ count: Int, seed: UInt64, _ name: String) -> [Float] {
  var random = RandomStream(Seed(seed).derive(name))
  return (0..<count).map { _ in Float(0.1 * random.normal()) }
}

extension TrainingTape {
  /// Gradient of a made-up loss over groups, cut into batches of the given numbers of groups.
  func gradient(
    _ p: ModelParameters, _ groups: [Group], cuts: [Int], temperature: Float, seed: UInt64 = 5
  ) -> Gradient {
    let g = Gradient(shape)
    let total = PackedBatch(groups).wanted.count
    let c = coefficients(total, seed: seed, "c")
    let e = coefficients(total, seed: seed, "e")
    var group = 0
    var token = 0
    for cut in cuts {
      let batch = PackedBatch(groups[group..<group + cut])
      let range = token..<token + batch.wanted.count
      forward(p, batch, temperature: temperature)
      backward(
        p, batch, logProbabilityGradient: Array(c[range]), entropyGradient: Array(e[range]),
        into: g)
      group += cut
      token = range.upperBound
    }
    precondition(group == groups.count)
    return g
  }
}
