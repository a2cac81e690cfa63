import KernelInterface
import Reproducibility

@testable import TransformerLM

extension ModelParameters {
  /// Weights far from their gentle first values, with biases and gains of all sizes, so that no
  /// term of a gradient hides.
  static func lively(_ shape: ModelShape, seed: UInt64) -> ModelParameters {
    let p = ModelParameters(shape, seed: Seed(seed))
    for tensor in p.layout.tensors(of: shape) {
      var random = RandomStream(Seed(seed).derive(tensor.name))
      let isGain = tensor.name.hasSuffix("norm.weight")
      let deviation = tensor.shape.count == 1 ? 0.3 : 1.3 / Double(tensor.shape[1]).squareRoot()
      tensor.write(
        (0..<tensor.shape.reduce(1, *)).map { _ in
          Float((isGain ? 1 : 0) + deviation * random.normal())
        }, to: p.values.all)
    }
    p.refresh(referenceKernels.products)
    return p
  }

  /// Every tensor in canonical order.
  var named: [(name: String, values: [Float])] {
    layout.tensors(of: shape).map { ($0.name, $0.read(values.all)) }
  }
}

extension Gradient {
  /// Every tensor in canonical order, a shared embedding's two parts added up.
  var named: [(name: String, values: [Float])] {
    let ends = layout.embedding.shape.unpack(embeddingInput)
    return layout.tensors(of: shape).map { tensor in
      let values = tensor.read(values.all)
      guard shape.tiedEmbeddings, tensor.name == "model.embed_tokens.weight" else {
        return (tensor.name, values)
      }
      return (tensor.name, zip(values, ends).map { $0 + $1 })
    }
  }
}
