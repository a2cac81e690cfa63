// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface

extension TrainingTape {
  /// Runs a batch through the model and scores its targets: fills ``logProbabilities`` and
  /// ``entropies``, and leaves on the tape what a backward pass needs.
  ///
  /// - Parameters:
  ///   - p: of this tape's shape.
  ///   - batch: at most ``rowCapacity`` rows, positions below the shape's context.
  ///   - temperature: divides the logits; above 0.
  package func forward(_ p: ModelParameters, _ batch: PackedBatch, temperature: Float) {
    check(p, batch)
    precondition(temperature > 0, "a temperature must be above 0")
    let M = batch.rows
    taped = Taped(
      parameters: ObjectIdentifier(p), step: p.step, rows: M, wanted: batch.wanted.count,
      temperature: temperature)
    logProbabilities.removeAll(keepingCapacity: true)
    entropies.removeAll(keepingCapacity: true)
    if batch.wanted.isEmpty { return }

    operations.gatherEmbedding(
      residual(0, M), table: p.matrix(p.layout.embedding), shape: p.layout.embedding.shape,
      tokens: batch.tokens.span)
    for l in layers.indices {
      attentionForward(l, p, batch)
      feedForwardForward(l, p, rows: M)
    }
    headForward(p, batch, temperature: temperature)
  }

  func check(_ p: ModelParameters, _ batch: PackedBatch) {
    precondition(p.shape == shape, "the parameters have another shape than the tape")
    precondition(
      batch.rows <= rowCapacity,
      "a batch of \(batch.rows) rows does not fit a tape of \(rowCapacity): cut it between groups")
    precondition(
      batch.longestSequence <= shape.context,
      "a sequence of \(batch.longestSequence) rows exceeds the context of \(shape.context)")
  }

  /// Rows entering block `l`, `[M, C]`; one past the last block, what leaves it.
  func residual(_ l: Int, _ M: Int) -> FloatView {
    (l < layers.count ? layers[l].residualIn : residualOut)[0..<M * dimensions.C]
  }

  /// `x' = x + Wo · attention(rotate(Wqkv · norm(x) + b))`
  private func attentionForward(_ l: Int, _ p: ModelParameters, _ batch: PackedBatch) {
    let (M, d, at, tape) = (batch.rows, dimensions, p.layout.layers[l], layers[l])
    let x = residual(l, M)
    let normal = tape.attentionIn[0..<M * d.C]
    let qkv = tape.qkv[0..<M * d.qkv]
    let attended = tape.attended[0..<M * d.Q]
    let middle = tape.residualMiddle[0..<M * d.C]

    operations.rmsNorm(
      normal, rstd: tape.attentionScale[0..<M], x: x, gain: p.vector(at.attentionNorm), rows: M,
      epsilon: Dimensions.normEpsilon)
    products.multiply(
      qkv, x: normal, w: p.matrix(at.queryKeyValue), shape: at.queryKeyValue.shape, rows: M,
      accumulate: false)
    if let bias = at.bias { operations.addBias(qkv, bias: p.vector(bias), rows: M) }
    operations.rotate(
      qkv, positions: batch.positions.span, heads: d.heads, table: rotary.all,
      queryScale: d.queryScale, inverse: false)
    operations.attend(
      attended, logSums: tape.logSums[0..<M * d.H], qkv: qkv, segments: batch.segments.span,
      heads: d.heads, scratch: attentionScratch.all)
    middle.copy(from: x)
    products.multiply(
      middle, x: attended, w: p.matrix(at.output), shape: at.output.shape, rows: M,
      accumulate: true)
  }

  /// `x' = x + Wdown · (silu(Wgate · norm(x)) ⊙ Wup · norm(x))`
  private func feedForwardForward(_ l: Int, _ p: ModelParameters, rows M: Int) {
    let (d, at, tape) = (dimensions, p.layout.layers[l], layers[l])
    let x = tape.residualMiddle[0..<M * d.C]
    let normal = tape.feedForwardIn[0..<M * d.C]
    let gateUp = tape.gateUp[0..<M * 2 * d.F]
    let hidden = backwardRows.hidden[0..<M * d.F]
    let out = residual(l + 1, M)

    operations.rmsNorm(
      normal, rstd: tape.feedForwardScale[0..<M], x: x, gain: p.vector(at.feedForwardNorm),
      rows: M, epsilon: Dimensions.normEpsilon)
    products.multiply(
      gateUp, x: normal, w: p.matrix(at.gateUp), shape: at.gateUp.shape, rows: M,
      accumulate: false)
    operations.swiGLU(hidden, gateUp: gateUp, rows: M, width: d.F)
    out.copy(from: x)
    products.multiply(
      out, x: hidden, w: p.matrix(at.down), shape: at.down.shape, rows: M, accumulate: true)
  }

  /// `log softmax(W · norm(x) / temperature)` of the wanted rows; `W` is the output projection.
  private func headForward(_ p: ModelParameters, _ batch: PackedBatch, temperature: Float) {
    let (d, W, projection) = (dimensions, batch.wanted.count, p.layout.outputProjection)
    // The first tokens of many completions share the prompt's last row, so more rows may be wanted
    // than fed. The largest batch decides once.
    if W > head.capacity { head = HeadTape(d, rows: W) }
    let x = head.rows[0..<W * d.C]
    let normal = head.normal[0..<W * d.C]
    let logits = head.logits[0..<W * d.logitStride]

    operations.gatherRows(
      x, x: residual(layers.count, batch.rows), rows: batch.wanted.span, width: d.C)
    operations.rmsNorm(
      normal, rstd: head.scale[0..<W], x: x, gain: p.vector(p.layout.finalNorm), rows: W,
      epsilon: Dimensions.normEpsilon)
    products.multiply(
      logits, x: normal, w: p.transpose(projection), shape: projection.shape.transposed, rows: W,
      accumulate: false)
    operations.logSoftmax(
      logProbabilities: head.logProbabilities[0..<W], entropies: head.entropies[0..<W],
      logSums: head.logSums[0..<W], logits: logits, vocabulary: d.V, targets: batch.targets.span,
      temperature: temperature)
    logProbabilities.append(first: W, of: head.logProbabilities)
    entropies.append(first: W, of: head.entropies)
  }
}

extension [Float] {
  fileprivate mutating func append(first count: Int, of buffer: FloatBuffer) {
    buffer.all.withSpan { span in
      for index in 0..<count { append(span[index]) }
    }
  }
}
