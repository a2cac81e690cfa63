// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface

extension TrainingTape {
  /// Adds the gradient of `loss = Σ_i c_i log p_i + e_i H_i` over the wanted rows of the batch that
  /// went through ``forward(_:_:temperature:)`` last, with the same parameters.
  ///
  /// It uses the tape up: another backward pass needs another forward pass.
  ///
  /// - Parameters:
  ///   - logProbabilityGradient: `c`, `[W]`: what the loss changes by per nat of log-probability.
  ///   - entropyGradient: `e`, `[W]`; nil when the loss does not see the entropy.
  ///   - g: of this tape's shape; added to.
  package func backward(
    _ p: ModelParameters, _ batch: PackedBatch, logProbabilityGradient: [Float],
    entropyGradient: [Float]? = nil, into g: Gradient
  ) {
    check(p, batch)
    let W = batch.wanted.count
    precondition(g.shape == shape, "the gradient has another shape than the tape")
    precondition(
      logProbabilityGradient.count == W && entropyGradient?.count ?? W == W,
      "one coefficient for each of the \(W) wanted rows")
    guard let taped, taped.parameters == ObjectIdentifier(p), taped.step == p.step,
      taped.rows == batch.rows, taped.wanted == W
    else {
      preconditionFailure("a backward pass follows a forward pass of the same batch and weights")
    }
    self.taped = nil
    if W == 0 { return }
    head.logProbabilityGradient[0..<W].copy(from: logProbabilityGradient)
    if let entropyGradient { head.entropyGradient[0..<W].copy(from: entropyGradient) }

    headBackward(
      p, batch, seesEntropy: entropyGradient != nil, temperature: taped.temperature, g)
    for l in layers.indices.reversed() {
      feedForwardBackward(l, p, rows: batch.rows, g)
      attentionBackward(l, p, batch, g)
    }
    operations.addEmbeddingGradient(
      g.embeddingInput, dx: residualGradient(batch.rows), shape: p.layout.embedding.shape,
      tokens: batch.tokens.span)
  }

  private func residualGradient(_ M: Int) -> FloatView {
    backwardRows.residual[0..<M * dimensions.C]
  }

  private func headBackward(
    _ p: ModelParameters, _ batch: PackedBatch, seesEntropy: Bool, temperature: Float,
    _ g: Gradient
  ) {
    let (d, W, projection) = (dimensions, batch.wanted.count, p.layout.outputProjection)
    let logits = head.logits[0..<W * d.logitStride]
    let normal = head.normal[0..<W * d.C]
    let dNormal = head.normalGradient[0..<W * d.C]
    let dx = head.rowsGradient[0..<W * d.C]

    // logSoftmax(logits, targets, temperature)
    operations.logSoftmaxBackward(
      logits: logits, vocabulary: d.V, targets: batch.targets.span, logSums: head.logSums[0..<W],
      entropies: head.entropies[0..<W],
      logProbabilityGradient: head.logProbabilityGradient[0..<W],
      entropyGradient: seesEntropy ? head.entropyGradient[0..<W] : nil, temperature: temperature)
    // logits = normal · Wᵀ
    products.addWeightGradient(
      g.matrix(projection), x: logits, dy: normal, shape: projection.shape, rows: W,
      scratch: weightScratch.all)
    products.multiply(
      dNormal, x: logits, w: p.matrix(projection), shape: projection.shape, rows: W,
      accumulate: false)
    // normal = norm(rows)
    dx.fill(0)
    operations.rmsNormBackward(
      dx, dGain: g.vector(p.layout.finalNorm), dy: dNormal, x: head.rows[0..<W * d.C],
      gain: p.vector(p.layout.finalNorm), rstd: head.scale[0..<W], rows: W)
    // rows = x[wanted]
    residualGradient(batch.rows).fill(0)
    operations.addRows(
      residualGradient(batch.rows), x: dx, rows: batch.wanted.span, width: d.C)
  }

  private func feedForwardBackward(_ l: Int, _ p: ModelParameters, rows M: Int, _ g: Gradient) {
    let (d, at, tape) = (dimensions, p.layout.layers[l], layers[l])
    let dx = residualGradient(M)
    let gateUp = tape.gateUp[0..<M * 2 * d.F]
    let hidden = backwardRows.hidden[0..<M * d.F]
    let dHidden = backwardRows.hiddenGradient[0..<M * d.F]
    let dNormal = backwardRows.normal[0..<M * d.C]

    // out = x + hidden · Wdown
    products.multiply(
      dHidden, x: dx, w: p.transpose(at.down), shape: at.down.shape.transposed, rows: M,
      accumulate: false)
    // hidden = swiGLU(gateUp)
    operations.swiGLUBackward(gateUp, h: hidden, dh: dHidden, rows: M, width: d.F)
    products.addWeightGradient(
      g.matrix(at.down), x: hidden, dy: dx, shape: at.down.shape, rows: M,
      scratch: weightScratch.all)
    // gateUp = normal · WgateUp
    products.multiply(
      dNormal, x: gateUp, w: p.transpose(at.gateUp), shape: at.gateUp.shape.transposed, rows: M,
      accumulate: false)
    products.addWeightGradient(
      g.matrix(at.gateUp), x: tape.feedForwardIn[0..<M * d.C], dy: gateUp,
      shape: at.gateUp.shape, rows: M, scratch: weightScratch.all)
    // normal = norm(x)
    operations.rmsNormBackward(
      dx, dGain: g.vector(at.feedForwardNorm), dy: dNormal, x: tape.residualMiddle[0..<M * d.C],
      gain: p.vector(at.feedForwardNorm), rstd: tape.feedForwardScale[0..<M], rows: M)
  }

  private func attentionBackward(
    _ l: Int, _ p: ModelParameters, _ batch: PackedBatch, _ g: Gradient
  ) {
    let (M, d, at, tape) = (batch.rows, dimensions, p.layout.layers[l], layers[l])
    let dx = residualGradient(M)
    let attended = tape.attended[0..<M * d.Q]
    let dAttended = backwardRows.attended[0..<M * d.Q]
    let dqkv = backwardRows.qkv[0..<M * d.qkv]
    let dNormal = backwardRows.normal[0..<M * d.C]

    // middle = x + attended · Wo
    products.multiply(
      dAttended, x: dx, w: p.transpose(at.output), shape: at.output.shape.transposed, rows: M,
      accumulate: false)
    products.addWeightGradient(
      g.matrix(at.output), x: attended, dy: dx, shape: at.output.shape, rows: M,
      scratch: weightScratch.all)
    // attended = attention(qkv)
    operations.attendBackward(
      dqkv, dOutput: dAttended, output: attended, logSums: tape.logSums[0..<M * d.H],
      qkv: tape.qkv[0..<M * d.qkv], segments: batch.segments.span, heads: d.heads, rows: M,
      scratch: attentionScratch.all)
    // qkv = rotate(normal · Wqkv + b)
    operations.rotate(
      dqkv, positions: batch.positions.span, heads: d.heads, table: rotary.all,
      queryScale: d.queryScale, inverse: true)
    if let bias = at.bias { operations.addBiasGradient(g.vector(bias), dy: dqkv, rows: M) }
    products.multiply(
      dNormal, x: dqkv, w: p.transpose(at.queryKeyValue),
      shape: at.queryKeyValue.shape.transposed, rows: M, accumulate: false)
    products.addWeightGradient(
      g.matrix(at.queryKeyValue), x: tape.attentionIn[0..<M * d.C], dy: dqkv,
      shape: at.queryKeyValue.shape, rows: M, scratch: weightScratch.all)
    // normal = norm(x)
    operations.rmsNormBackward(
      dx, dGain: g.vector(at.attentionNorm), dy: dNormal, x: residual(l, M),
      gain: p.vector(at.attentionNorm), rstd: tape.attentionScale[0..<M], rows: M)
  }
}
