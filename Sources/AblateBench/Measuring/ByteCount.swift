package import TransformerLM

/// Bytes that a step moves between registers and memory, wherever in the caches that memory is, if
/// every kernel reads each operand once and writes each result once.
///
/// A tile kernel that fits its blocks to the caches comes near it; the quotient with
/// ``OperationCount`` says how many operations there are to hide a byte behind. Scores of attention
/// count as nothing, because they never leave the first-level cache.
package struct ByteCount: Sendable {
  private let s: ModelShape
  /// Floats in and out of one block for one row of a forward pass, see ``forward(rows:scored:)``.
  private let blockFloats: Double
  private let weights: Double

  package init(_ shape: ModelShape) {
    s = shape
    let queries = shape.heads * shape.headWidth
    let projection = queries + 2 * shape.keyValueHeads * shape.headWidth
    // Two norms 4C · projection C + qkv · rotation 2 qkv · attention qkv + Q · output Q + 2C ·
    // gate and up C + 2F · gated unit 3F · down F + 2C.
    blockFloats = Double(10 * shape.width + 4 * projection + 2 * queries + 6 * shape.feedForward)
    weights = Double(shape.parameterCount)
  }

  /// A forward pass: activations, and the weights once.
  package func forward(rows: Int, scored: Int) -> Double {
    // Gathering, norm, product with the vocabulary, log-softmax.
    let head = Double(scored * (5 * s.width + 2 * s.vocabulary))
    return 4 * (Double(rows * s.layers) * blockFloats + head + weights)
  }

  /// Forward and backward: the backward pass reads and writes twice what the forward pass does, reads
  /// the transposed weights, and adds to the gradient.
  package func training(_ batch: PackedBatch) -> Double {
    3 * forward(rows: batch.rows, scored: batch.wanted.count) + 4 * weights
  }

  /// AdamW with clipping: the gradient is read twice; weights and both moments are read and written,
  /// and the transposed copies made anew.
  package var update: Double { 4 * 10 * weights }
}
