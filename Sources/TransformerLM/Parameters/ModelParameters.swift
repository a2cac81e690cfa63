package import KernelInterface
package import Reproducibility
internal import TensorKernels

/// The weights of one model.
///
/// Beside the weights it keeps transposed copies, which the backward pass and the output projection
/// read. Whoever changes the weights calls ``refresh(_:)`` before they are used again; ``AdamW`` and
/// the initialisers here do.
package final class ModelParameters {
  package let shape: ModelShape
  /// Optimizer steps that led to these weights.
  package var step = 0

  let layout: ParameterLayout
  /// All weights, `[layout.count]`.
  let values: FloatBuffer
  /// The matrices once more, transposed, `[layout.transposedCount]`.
  let transposed: FloatBuffer

  /// Fresh weights.
  ///
  /// - Parameter shape: valid, see ``ModelShape/validate()``.
  package convenience init(
    _ shape: ModelShape, seed: Seed, initialisation: Initialisation = Initialisation()
  ) {
    self.init(empty: shape)
    for tensor in layout.tensors(of: shape) {
      tensor.write(
        tensor.initialValues(initialisation, layers: shape.layers, seed: seed), to: values.all)
    }
    refresh(Kernels.active.products)
  }

  /// The same weights in memory of their own.
  package convenience init(copying other: ModelParameters) {
    self.init(empty: other.shape)
    copy(from: other)
  }

  /// All zero, for an initialiser that fills them.
  init(empty shape: ModelShape) {
    self.shape = shape
    layout = ParameterLayout(shape)
    values = FloatBuffer(count: layout.count)
    transposed = FloatBuffer(count: layout.transposedCount)
  }

  /// Takes over the weights of a model of the same shape, without allocating.
  package func copy(from other: ModelParameters) {
    precondition(other.shape == shape, "only weights of the same shape can be taken over")
    step = other.step
    values.all.copy(from: other.values.all)
    transposed.all.copy(from: other.transposed.all)
  }

  /// SHA-256 over names, shapes and numbers of all tensors in canonical order. It does not depend on
  /// how they lie in memory, nor on ``step``.
  package var digest: Digest {
    var sha = SHA256()
    layout.digest(values.all, of: shape, prefix: "", into: &sha)
    return sha.finalize()
  }

  /// Brings the transposed copies up to date.
  package func refresh(_ products: any Products) {
    for matrix in layout.matrices {
      products.transpose(
        transposed[matrix.transposedPlace], w: values[matrix.place], shape: matrix.shape)
    }
  }
}

extension ParameterLayout {
  /// Feeds all tensors of an arena to a digest, each with its name and shape.
  func digest(
    _ arena: FloatView, of model: ModelShape, prefix: String, into sha: inout SHA256
  ) {
    for tensor in tensors(of: model) {
      sha.update("\(prefix)\(tensor.name) \(tensor.shape)\n")
      sha.update(tensor.read(arena).span)
    }
  }
}

// MARK: - Arguments of kernels

extension ModelParameters {
  func vector(_ range: Range<Int>) -> FloatView { values[range] }
  func matrix(_ matrix: ParameterLayout.Matrix) -> FloatView { values[matrix.place] }
  func transpose(_ matrix: ParameterLayout.Matrix) -> FloatView {
    transposed[matrix.transposedPlace]
  }
}
