internal import KernelInterface

/// The sum of gradients over any number of backward passes.
///
/// Every element is one chain of additions over the rows in order, continued from pass to pass, so
/// a batch may be cut between segments that share no prefix, anywhere, without changing a bit. For
/// that reason the two gradients of an embedding that the model's ends share are kept apart until the
/// update: each is a chain of its own.
package final class Gradient {
  package let shape: ModelShape

  let layout: ParameterLayout
  /// Places as in ``ModelParameters``; for a shared embedding, from the output end.
  let values: FloatBuffer
  /// A shared embedding's gradient from the input end, as panels; nil when the ends are two matrices.
  private let sharedInput: FloatBuffer?

  package init(_ shape: ModelShape) {
    self.shape = shape
    layout = ParameterLayout(shape)
    values = FloatBuffer(count: layout.count)
    sharedInput =
      shape.tiedEmbeddings ? FloatBuffer(count: layout.embedding.shape.count) : nil
  }

  /// Sets everything to zero, for the next step.
  package func clear() {
    values.all.fill(0)
    sharedInput?.all.fill(0)
  }

  /// Where the input end's gradient adds up, as panels.
  var embeddingInput: FloatView { sharedInput?.all ?? values[layout.embedding.place] }

  /// Adds a shared embedding's two gradients up, in the arena.
  func fold(_ operations: any Operations) {
    guard let sharedInput else { return }
    operations.add(values[layout.embedding.place], x: sharedInput.all, scale: 1)
    sharedInput.all.fill(0)
  }

  /// Tensors whose gradient holds a number that is not finite, in the order of the model's file.
  package var namesOfBrokenTensors: [String] {
    layout.tensors(of: shape).filter { !$0.read(values.all).allSatisfy(\.isFinite) }.map(\.name)
  }

  func vector(_ range: Range<Int>) -> FloatView { values[range] }
  func matrix(_ matrix: ParameterLayout.Matrix) -> FloatView { values[matrix.place] }
}
