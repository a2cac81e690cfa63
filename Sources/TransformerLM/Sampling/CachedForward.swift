// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface

/// The model's forward pass for decoding: rows of many sequences at once, each reading the keys and
/// values that its sequence stored before.
///
/// The operations are the training pass's, row for row, so a row's logits have the training pass's
/// bits, whatever other rows are in the batch.
final class CachedForward {
  /// `[W, V]` of the scored rows of the last ``run``.
  let logits: FloatBuffer
  let operations: any Operations
  let dimensions: Dimensions
  /// Most rows of a ``run``.
  let rowCapacity: Int

  private let products: any Products
  private let rotary: FloatBuffer
  private let layerCount: Int
  /// Shape in force, no larger than the call at hand needs: rows then lie closer together in memory,
  /// and a step touches less of it.
  private var cache: CacheShape
  /// Per layer; they grow to the largest call.
  private var keys: [FloatBuffer]
  private var values: [FloatBuffer]
  private let residual: FloatBuffer
  private let normal: FloatBuffer
  private let scale: FloatBuffer
  private let qkv: FloatBuffer
  private let attended: FloatBuffer
  private let gateUp: FloatBuffer
  private let hidden: FloatBuffer
  private var scratch: FloatBuffer

  /// - Parameter rows: most rows of a ``run``; a prompt of the model's context always fits.
  init(_ shape: ModelShape, rows: Int, kernels: KernelSet) {
    let d = Dimensions(shape)
    let R = max(rows, shape.context)
    dimensions = d
    products = kernels.products
    operations = kernels.operations
    rotary = rotaryTable(shape)
    layerCount = shape.layers
    rowCapacity = R
    cache = CacheShape(slots: 1, positions: 1, heads: d.heads)
    keys = []
    values = []
    residual = FloatBuffer(count: R * d.C)
    normal = FloatBuffer(count: R * d.C)
    scale = FloatBuffer(count: R)
    qkv = FloatBuffer(count: R * d.qkv)
    attended = FloatBuffer(count: R * d.Q)
    gateUp = FloatBuffer(count: R * 2 * d.F)
    hidden = FloatBuffer(count: R * d.F)
    logits = FloatBuffer(count: R * d.logitStride)
    scratch = FloatBuffer(count: 0)
  }

  /// Empties the cache, for `slots` prompts and completions of at most `positions` rows each.
  func begin(slots: Int, positions: Int) {
    precondition(positions <= dimensions.context)
    cache = CacheShape(slots: slots, positions: positions, heads: dimensions.heads)
    if keys.isEmpty || keys[0].count < cache.count {
      keys = (0..<layerCount).map { _ in FloatBuffer(count: cache.count) }
      values = (0..<layerCount).map { _ in FloatBuffer(count: cache.count) }
    }
    let needed = attentionScratch(cache)
    if scratch.count < needed { scratch = FloatBuffer(count: needed) }
  }

  /// Feeds rows, stores their keys and values, and computes the logits of some.
  ///
  /// - Parameters:
  ///   - tokens: one a row; `positions` say where it stands in its sequence, `places` where the cache
  ///     keeps it and what it attends. All earlier positions of the place's slot, and its prefix, are
  ///     filled, by rows before it or by an earlier run.
  ///   - scored: the rows whose logits are wanted; they become rows `0..<scored.count`.
  func run(
    _ p: ModelParameters, tokens: [Int32], positions: [Int32], places: [CacheRow],
    scored: Range<Int>
  ) {
    let (B, d, embedding) = (tokens.count, dimensions, p.layout.embedding)
    precondition(B <= rowCapacity && positions.count == B && places.count == B)
    operations.gatherEmbedding(
      residual[0..<B * d.C], table: p.matrix(embedding), shape: embedding.shape,
      tokens: tokens.span)
    for l in 0..<layerCount {
      attention(l, p, positions: positions, places: places)
      feedForward(l, p, rows: B)
    }
    let W = scored.count
    let head = p.layout.outputProjection
    let last = normal[0..<W * d.C]
    operations.rmsNorm(
      last, rstd: scale[0..<W], x: residual[scored.lowerBound * d.C..<scored.upperBound * d.C],
      gain: p.vector(p.layout.finalNorm), rows: W, epsilon: Dimensions.normEpsilon)
    products.multiply(
      logits[0..<W * d.logitStride], x: last, w: p.transpose(head),
      shape: head.shape.transposed, rows: W, accumulate: false)
  }

  private func attention(
    _ l: Int, _ p: ModelParameters, positions: [Int32], places: [CacheRow]
  ) {
    let (B, d, at) = (places.count, dimensions, p.layout.layers[l])
    let x = residual[0..<B * d.C]
    let normal = normal[0..<B * d.C]
    let qkv = qkv[0..<B * d.qkv]
    let attended = attended[0..<B * d.Q]
    let keys = keys[l][0..<cache.count]
    let values = values[l][0..<cache.count]
    operations.rmsNorm(
      normal, rstd: scale[0..<B], x: x, gain: p.vector(at.attentionNorm), rows: B,
      epsilon: Dimensions.normEpsilon)
    products.multiply(
      qkv, x: normal, w: p.matrix(at.queryKeyValue), shape: at.queryKeyValue.shape, rows: B,
      accumulate: false)
    if let bias = at.bias { operations.addBias(qkv, bias: p.vector(bias), rows: B) }
    operations.rotate(
      qkv, positions: positions.span, heads: d.heads, table: rotary.all,
      queryScale: d.queryScale, inverse: false)
    operations.store(keys: keys, values: values, cache: cache, qkv: qkv, places: places.span)
    operations.attendCache(
      attended, qkv: qkv, keys: keys, values: values, cache: cache, places: places.span,
      scratch: scratch.all)
    products.multiply(
      x, x: attended, w: p.matrix(at.output), shape: at.output.shape, rows: B, accumulate: true)
  }

  private func feedForward(_ l: Int, _ p: ModelParameters, rows B: Int) {
    let (d, at) = (dimensions, p.layout.layers[l])
    let x = residual[0..<B * d.C]
    let normal = normal[0..<B * d.C]
    let gateUp = gateUp[0..<B * 2 * d.F]
    let hidden = hidden[0..<B * d.F]
    operations.rmsNorm(
      normal, rstd: scale[0..<B], x: x, gain: p.vector(at.feedForwardNorm), rows: B,
      epsilon: Dimensions.normEpsilon)
    products.multiply(
      gateUp, x: normal, w: p.matrix(at.gateUp), shape: at.gateUp.shape, rows: B,
      accumulate: false)
    operations.swiGLU(hidden, gateUp: gateUp, rows: B, width: d.F)
    products.multiply(
      x, x: hidden, w: p.matrix(at.down), shape: at.down.shape, rows: B, accumulate: true)
  }
}
