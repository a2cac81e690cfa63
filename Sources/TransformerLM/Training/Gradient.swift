internal import KernelInterface

/// The sum of gradients over any number of backward passes.
///
/// Every element is one chain of additions over the rows in order, continued from pass to pass, so
/// a batch may be cut between segments that share no prefix, anywhere, without changing a bit. For
/// that reason the embedding's two gradients, from its two ends, are kept apart until the update:
/// each is a chain of its own.
package final class Gradient {
  package let shape: ModelShape

  let layout: ParameterLayout
  /// Places as in ``ModelParameters``; for the embedding, from the output end.
  let values: FloatBuffer
  /// The embedding's gradient from the input end, as panels.
  let embeddingInput: FloatBuffer

  package init(_ shape: ModelShape) {
    self.shape = shape
    layout = ParameterLayout(shape)
    values = FloatBuffer(count: layout.count)
    embeddingInput = FloatBuffer(count: layout.embedding.shape.count)
  }

  /// Sets everything to zero, for the next step.
  package func clear() {
    values.all.fill(0)
    embeddingInput.all.fill(0)
  }

  /// Adds the embedding's two gradients up, in the arena.
  func fold(_ operations: any Operations) {
    operations.add(values[layout.embedding.place], x: embeddingInput.all, scale: 1)
    embeddingInput.all.fill(0)
  }

  /// Tensors whose gradient holds a number that is not finite, in the order of the model's file.
  package var namesOfBrokenTensors: [String] {
    layout.tensors(of: shape).filter { !$0.read(values.all).allSatisfy(\.isFinite) }.map(\.name)
  }

  func vector(_ range: Range<Int>) -> FloatView { values[range] }
  func matrix(_ matrix: ParameterLayout.Matrix) -> FloatView { values[matrix.place] }
}
