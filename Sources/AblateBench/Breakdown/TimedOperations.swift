internal import KernelInterface

/// Operations that keep an account of their time. Each passes its arguments on as they are.
struct TimedOperations: Operations {
  let inner: any Operations
  let ledger: OperationLedger

  // MARK: Normalisation

  func rmsNorm(
    _ y: FloatView, rstd: FloatView, x: FloatView, gain: FloatView, rows: Int, epsilon: Float
  ) {
    ledger.time("rmsNorm") {
      inner.rmsNorm(y, rstd: rstd, x: x, gain: gain, rows: rows, epsilon: epsilon)
    }
  }

  func rmsNormBackward(
    _ dx: FloatView, dGain: FloatView, dy: FloatView, x: FloatView, gain: FloatView,
    rstd: FloatView, rows: Int
  ) {
    ledger.time("rmsNormBackward") {
      inner.rmsNormBackward(dx, dGain: dGain, dy: dy, x: x, gain: gain, rstd: rstd, rows: rows)
    }
  }

  // MARK: Bias

  func addBias(_ y: FloatView, bias: FloatView, rows: Int) {
    ledger.time("addBias") { inner.addBias(y, bias: bias, rows: rows) }
  }

  func addBiasGradient(_ dBias: FloatView, dy: FloatView, rows: Int) {
    ledger.time("addBiasGradient") { inner.addBiasGradient(dBias, dy: dy, rows: rows) }
  }

  // MARK: Positions

  func rotate(
    _ qkv: FloatView, positions: Span<Int32>, heads: HeadShape, table: FloatView,
    queryScale: Float, inverse: Bool
  ) {
    ledger.time("rotate") {
      inner.rotate(
        qkv, positions: positions, heads: heads, table: table, queryScale: queryScale,
        inverse: inverse)
    }
  }

  // MARK: Gated unit

  func swiGLU(_ h: FloatView, gateUp: FloatView, rows: Int, width: Int) {
    ledger.time("swiGLU") { inner.swiGLU(h, gateUp: gateUp, rows: rows, width: width) }
  }

  func swiGLUBackward(_ gateUp: FloatView, h: FloatView, dh: FloatView, rows: Int, width: Int) {
    ledger.time("swiGLUBackward") {
      inner.swiGLUBackward(gateUp, h: h, dh: dh, rows: rows, width: width)
    }
  }

  // MARK: Embedding

  func gatherEmbedding(_ x: FloatView, table: FloatView, shape: PanelShape, tokens: Span<Int32>) {
    ledger.time("gatherEmbedding") {
      inner.gatherEmbedding(x, table: table, shape: shape, tokens: tokens)
    }
  }

  func addEmbeddingGradient(
    _ dTable: FloatView, dx: FloatView, shape: PanelShape, tokens: Span<Int32>
  ) {
    ledger.time("addEmbeddingGradient") {
      inner.addEmbeddingGradient(dTable, dx: dx, shape: shape, tokens: tokens)
    }
  }

  // MARK: Attention

  func attend(
    _ output: FloatView, logSums: FloatView, qkv: FloatView, segments: Span<Segment>,
    heads: HeadShape, scratch: FloatView
  ) {
    ledger.time("attend") {
      inner.attend(
        output, logSums: logSums, qkv: qkv, segments: segments, heads: heads, scratch: scratch)
    }
  }

  func attendBackward(
    _ dqkv: FloatView, dOutput: FloatView, output: FloatView, logSums: FloatView, qkv: FloatView,
    segments: Span<Segment>, heads: HeadShape, rows: Int, scratch: FloatView
  ) {
    ledger.time("attendBackward") {
      inner.attendBackward(
        dqkv, dOutput: dOutput, output: output, logSums: logSums, qkv: qkv, segments: segments,
        heads: heads, rows: rows, scratch: scratch)
    }
  }

  func store(
    keys: FloatView, values: FloatView, cache: CacheShape, qkv: FloatView, places: Span<CacheRow>
  ) {
    ledger.time("store") {
      inner.store(keys: keys, values: values, cache: cache, qkv: qkv, places: places)
    }
  }

  func attendCache(
    _ output: FloatView, qkv: FloatView, keys: FloatView, values: FloatView, cache: CacheShape,
    places: Span<CacheRow>, scratch: FloatView
  ) {
    ledger.time("attendCache") {
      inner.attendCache(
        output, qkv: qkv, keys: keys, values: values, cache: cache, places: places,
        scratch: scratch)
    }
  }

  // MARK: Head

  func logSoftmax(
    logProbabilities: FloatView, entropies: FloatView, logSums: FloatView, logits: FloatView,
    vocabulary: Int, targets: Span<Int32>, temperature: Float
  ) {
    ledger.time("logSoftmax") {
      inner.logSoftmax(
        logProbabilities: logProbabilities, entropies: entropies, logSums: logSums, logits: logits,
        vocabulary: vocabulary, targets: targets, temperature: temperature)
    }
  }

  func logSoftmaxBackward(
    logits: FloatView, vocabulary: Int, targets: Span<Int32>, logSums: FloatView,
    entropies: FloatView, logProbabilityGradient: FloatView, entropyGradient: FloatView?,
    temperature: Float
  ) {
    ledger.time("logSoftmaxBackward") {
      inner.logSoftmaxBackward(
        logits: logits, vocabulary: vocabulary, targets: targets, logSums: logSums,
        entropies: entropies, logProbabilityGradient: logProbabilityGradient,
        entropyGradient: entropyGradient, temperature: temperature)
    }
  }

  func draw(
    logits: FloatView, vocabulary: Int, temperature: Float, topP: Float, uniform: Float,
    scratch: FloatView
  ) -> Draw {
    ledger.time("draw") {
      inner.draw(
        logits: logits, vocabulary: vocabulary, temperature: temperature, topP: topP,
        uniform: uniform, scratch: scratch)
    }
  }

  // MARK: Rows and vectors

  func gatherRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int) {
    ledger.time("gatherRows") { inner.gatherRows(y, x: x, rows: rows, width: width) }
  }

  func addRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int) {
    ledger.time("addRows") { inner.addRows(y, x: x, rows: rows, width: width) }
  }

  func add(_ y: FloatView, x: FloatView, scale: Float) {
    ledger.time("add") { inner.add(y, x: x, scale: scale) }
  }

  func exponential(_ y: FloatView, x: FloatView) {
    ledger.time("exponential") { inner.exponential(y, x: x) }
  }

  func logarithm(_ y: FloatView, x: FloatView) {
    ledger.time("logarithm") { inner.logarithm(y, x: x) }
  }

  // MARK: Optimizer

  func squaredNorm(_ g: FloatView) -> Double {
    ledger.time("squaredNorm") { inner.squaredNorm(g) }
  }

  func adamW(
    _ parameters: FloatView, gradient: FloatView, firstMoment: FloatView, secondMoment: FloatView,
    step: AdamWStep
  ) {
    ledger.time("adamW") {
      inner.adamW(
        parameters, gradient: gradient, firstMoment: firstMoment, secondMoment: secondMoment,
        step: step)
    }
  }

  // MARK: Speed of light

  func multiplyAddChains(_ sums: FloatView, rounds: Int) -> Int {
    ledger.time("multiplyAddChains") { inner.multiplyAddChains(sums, rounds: rounds) }
  }
}
