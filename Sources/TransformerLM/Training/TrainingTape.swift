// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface
internal import TensorKernels

/// The activations of a packed batch, with the forward pass that fills them and the backward pass
/// that reads them. All memory is taken once, for `rowCapacity` rows.
///
/// The forward pass alone scores tokens under any parameters of the same shape, so the reference
/// policy runs on the same tape.
package final class TrainingTape {
  package let shape: ModelShape
  /// Most rows of a batch. Cut larger ones between groups: the gradient's bits stay the same. For a
  /// model of 64 channels some 256 to 640 rows are fastest (the activations stay in the cache), but
  /// 128 and 1024 cost a few per cent only.
  package let rowCapacity: Int

  /// Log-probability of each wanted row's target, in nats, after ``forward(_:_:temperature:)``.
  package internal(set) var logProbabilities: [Float] = []
  /// Entropy of each wanted row's distribution, in nats.
  package internal(set) var entropies: [Float] = []

  let products: any Products
  let operations: any Operations
  let dimensions: Dimensions
  let rotary: FloatBuffer
  let layers: [LayerTape]
  /// What leaves the last block, `[M, C]`.
  let residualOut: FloatBuffer
  var head: HeadTape
  let backwardRows: BackwardTape
  let attentionScratch: FloatBuffer
  let weightScratch = FloatBuffer(count: weightGradientScratch)
  /// What the last forward pass ran on, so that a backward pass cannot follow another's.
  var taped: Taped?

  struct Taped {
    var parameters: ObjectIdentifier
    var step: Int
    var rows: Int
    var wanted: Int
    var temperature: Float
  }

  /// - Parameters:
  ///   - shape: valid, see ``ModelShape/validate()``.
  ///   - rows: capacity, at least 1.
  ///   - kernels: what computes; the choice of products is part of a work item's identity.
  package init(_ shape: ModelShape, rows: Int, kernels: KernelSet = Kernels.active) {
    precondition(rows >= 1, "a tape needs room for a row")
    self.shape = shape
    rowCapacity = rows
    products = kernels.products
    operations = kernels.operations
    dimensions = Dimensions(shape)
    rotary = rotaryTable(shape)
    layers = (0..<shape.layers).map { _ in LayerTape(Dimensions(shape), rows: rows) }
    residualOut = FloatBuffer(count: rows * shape.width)
    head = HeadTape(Dimensions(shape), rows: rows)
    backwardRows = BackwardTape(Dimensions(shape), rows: rows)
    attentionScratch = FloatBuffer(
      count: KernelInterface.attentionScratch(keys: shape.context, headWidth: shape.headWidth))
  }
}

/// Widths of the row-major matrices, in elements from a row to the next.
struct Dimensions: Sendable {
  let C: Int
  /// Queries, keys, values side by side.
  let qkv: Int
  /// All query heads.
  let Q: Int
  let F: Int
  let V: Int
  let logitStride: Int
  let H: Int
  let heads: HeadShape
  let context: Int
  /// Queries are scaled by 1/√D, so scores need no division.
  let queryScale: Float

  /// Added to the mean square in every RMSNorm; Qwen2's `rms_norm_eps`.
  static let normEpsilon: Float = 1e-6

  init(_ shape: ModelShape) {
    C = shape.width
    qkv = shape.queryKeyValueWidth
    Q = shape.queryWidth
    F = shape.feedForward
    V = shape.vocabulary
    logitStride = paddedWidth(shape.vocabulary)
    H = shape.heads
    heads = HeadShape(
      heads: shape.heads, keyValueHeads: shape.keyValueHeads, headWidth: shape.headWidth)
    context = shape.context
    queryScale = 1 / Float(shape.headWidth).squareRoot()
  }
}

/// `[T, D]`: cosines and sines of all positions.
func rotaryTable(_ shape: ModelShape) -> FloatBuffer {
  let table = FloatBuffer(count: shape.context * shape.headWidth)
  RotaryTable.fill(
    table.all, positions: shape.context, headWidth: shape.headWidth, base: shape.ropeBase)
  return table
}

/// What a block keeps from forward to backward.
final class LayerTape {
  /// Residual stream before attention and before the feed-forward block, `[M, C]`.
  let residualIn: FloatBuffer
  let residualMiddle: FloatBuffer
  /// Reciprocal root mean squares, `[M]`.
  let attentionScale: FloatBuffer
  let feedForwardScale: FloatBuffer
  /// Normalised rows, `[M, C]`.
  let attentionIn: FloatBuffer
  let feedForwardIn: FloatBuffer
  /// Rotated queries, keys, and values, `[M, qkv]`.
  let qkv: FloatBuffer
  /// Attention's result `[M, Q]` and its logs of sums `[M, H]`.
  let attended: FloatBuffer
  let logSums: FloatBuffer
  /// `[M, 2F]`; the backward pass turns it into its gradient.
  let gateUp: FloatBuffer

  init(_ d: Dimensions, rows M: Int) {
    residualIn = FloatBuffer(count: M * d.C)
    residualMiddle = FloatBuffer(count: M * d.C)
    attentionScale = FloatBuffer(count: M)
    feedForwardScale = FloatBuffer(count: M)
    attentionIn = FloatBuffer(count: M * d.C)
    feedForwardIn = FloatBuffer(count: M * d.C)
    qkv = FloatBuffer(count: M * d.qkv)
    attended = FloatBuffer(count: M * d.Q)
    logSums = FloatBuffer(count: M * d.H)
    gateUp = FloatBuffer(count: M * 2 * d.F)
  }
}

/// The wanted rows on their way through the last norm and the output projection.
final class HeadTape {
  let capacity: Int
  /// Residual rows, normalised rows, and the gradients of both, `[W, C]`.
  let rows: FloatBuffer
  let normal: FloatBuffer
  let rowsGradient: FloatBuffer
  let normalGradient: FloatBuffer
  let scale: FloatBuffer
  /// `[W, V]`; the backward pass turns them into their gradient.
  let logits: FloatBuffer
  let logSums: FloatBuffer
  let logProbabilities: FloatBuffer
  let entropies: FloatBuffer
  let logProbabilityGradient: FloatBuffer
  let entropyGradient: FloatBuffer

  init(_ d: Dimensions, rows W: Int) {
    capacity = W
    rows = FloatBuffer(count: W * d.C)
    normal = FloatBuffer(count: W * d.C)
    rowsGradient = FloatBuffer(count: W * d.C)
    normalGradient = FloatBuffer(count: W * d.C)
    scale = FloatBuffer(count: W)
    logits = FloatBuffer(count: W * d.logitStride)
    logSums = FloatBuffer(count: W)
    logProbabilities = FloatBuffer(count: W)
    entropies = FloatBuffer(count: W)
    logProbabilityGradient = FloatBuffer(count: W)
    entropyGradient = FloatBuffer(count: W)
  }
}

/// Gradients of one block's activations, shared by all blocks.
final class BackwardTape {
  /// Of the residual stream and of a norm's result, `[M, C]`.
  let residual: FloatBuffer
  let normal: FloatBuffer
  let qkv: FloatBuffer
  let attended: FloatBuffer
  /// SwiGLU's result `[M, F]`, in the forward pass too, and its gradient.
  let hidden: FloatBuffer
  let hiddenGradient: FloatBuffer

  init(_ d: Dimensions, rows M: Int) {
    residual = FloatBuffer(count: M * d.C)
    normal = FloatBuffer(count: M * d.C)
    qkv = FloatBuffer(count: M * d.qkv)
    attended = FloatBuffer(count: M * d.Q)
    hidden = FloatBuffer(count: M * d.F)
    hiddenGradient = FloatBuffer(count: M * d.F)
  }
}
