internal import Reproducibility

/// How the first weights are drawn: each tensor normal with mean 0 from a stream of its own, biases
/// 0, norms' gains 1.
package struct Initialisation: Sendable, Hashable {
  /// Standard deviation of the embedding's entries, and of the output projection's when it is another
  /// matrix. 0.05 keeps the first logits small, which either of them scores.
  package var embeddingDeviation: Double
  /// Standard deviation of a linear layer's weights, times √(inputs). The default 1/√3 is the
  /// deviation of PyTorch's `nn.Linear`, which draws uniformly from ±1/√(inputs).
  package var weightGain: Double
  /// Whether the two projections into the residual stream are also divided by √(2L), so that its
  /// variance does not grow with depth (Radford et al. 2019, GPT-2, section 2.3).
  package var scalesOutputsByDepth: Bool

  package init(
    embeddingDeviation: Double = 0.05, weightGain: Double = 0.577_350_269_189_625_8,
    scalesOutputsByDepth: Bool = true
  ) {
    self.embeddingDeviation = embeddingDeviation
    self.weightGain = weightGain
    self.scalesOutputsByDepth = scalesOutputsByDepth
  }
}

extension NamedTensor {
  /// The tensor's first values.
  ///
  /// - Parameter seed: the model's; each tensor derives its own from its name, so that a shape with
  ///   one more layer has the same weights in the others.
  func initialValues(_ settings: Initialisation, layers: Int, seed: Seed) -> [Float] {
    let count = shape.reduce(1, *)
    if shape.count == 1 { return [Float](repeating: name.hasSuffix(".bias") ? 0 : 1, count: count) }
    var deviation = settings.embeddingDeviation
    if case .rows = place {
    } else {
      deviation = settings.weightGain / Double(shape[1]).squareRoot()
      if settings.scalesOutputsByDepth
        && (name.hasSuffix("o_proj.weight") || name.hasSuffix("down_proj.weight"))
      {
        deviation /= Double(2 * layers).squareRoot()
      }
    }
    var random = RandomStream(seed.derive(name))
    return (0..<count).map { _ in Float(deviation * random.normal()) }
  }
}
