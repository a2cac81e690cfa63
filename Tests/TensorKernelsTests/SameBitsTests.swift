// swift-format-ignore-file: AlwaysUseLowerCamelCase
import KernelInterface
import TensorKernels
import Testing

/// Every operation on random shapes, as a function of the kernels: what two instruction sets, or
/// two ways to split the rows, must agree on bit for bit.
enum Exercise: String, CaseIterable, Sendable {
  case products, rmsNorm, bias, rotate, swiGLU, embedding, attention, cache, head, draw, vectors
  case optimizer

  func callAsFunction(_ set: KernelSet, seed: UInt64) -> [Float] {
    var random = SplitMix(seed)
    let k = set.operations
    switch self {
    case .products: return products(set, &random)
    case .rmsNorm:
      let (rows, C) = (random.size(20), 16 * random.size(8))
      let x = view(random.floats(rows * C))
      let gain = view(random.floats(C))
      let (y, rstd) = (junk(rows * C), junk(rows))
      k.rmsNorm(y, rstd: rstd, x: x, gain: gain, rows: rows, epsilon: 1e-6)
      let (dx, dGain) = (view(random.floats(rows * C)), view(random.floats(C)))
      k.rmsNormBackward(dx, dGain: dGain, dy: y, x: x, gain: gain, rstd: rstd, rows: rows)
      return y.array + rstd.array + dx.array + dGain.array
    case .bias:
      let (rows, N) = (random.size(9), random.size(70))
      let y = view(random.floats(rows * paddedWidth(N)))
      let b = view(random.floats(N))
      k.addBias(y, bias: b, rows: rows)
      k.addBiasGradient(b, dy: y, rows: rows)
      return y.array + b.array
    case .rotate:
      let heads = random.heads()
      let rows = random.size(9)
      let qkv = view(random.floats(rows * heads.projectionWidth))
      let table = junk(50 * heads.headWidth)
      RotaryTable.fill(table, positions: 50, headWidth: heads.headWidth, base: 10_000)
      k.rotate(
        qkv, positions: random.integers(rows, below: 50).span, heads: heads, table: table,
        queryScale: 0.3, inverse: seed.isMultiple(of: 2))
      return qkv.array
    case .swiGLU:
      let (rows, F) = (random.size(9), 16 * random.size(5))
      let (gateUp, h) = (view(random.floats(rows * 2 * F, -9...9)), junk(rows * F))
      k.swiGLU(h, gateUp: gateUp, rows: rows, width: F)
      let forward = h.array
      k.swiGLUBackward(gateUp, h: h, dh: h, rows: rows, width: F)
      return forward + gateUp.array
    case .embedding:
      let shape = PanelShape(rows: random.size(99), columns: 32 * random.size(3))
      let tokens = random.integers(30, below: shape.rows)
      let (table, x) = (view(random.floats(shape.count)), junk(30 * shape.columns))
      k.gatherEmbedding(x, table: table, shape: shape, tokens: tokens.span)
      k.addEmbeddingGradient(table, dx: x, shape: shape, tokens: tokens.span)
      return x.array + table.array
    case .attention:
      let heads = random.heads()
      let (prompt, own) = (random.size(40), random.size(30))
      let batch = AttentionCase(
        heads: heads.heads, keyValueHeads: heads.keyValueHeads, D: heads.headWidth,
        segments: [
          Segment(ownStart: 0, ownCount: prompt),
          Segment(prefixStart: 0, prefixCount: prompt, ownStart: prompt, ownCount: own),
          Segment(prefixStart: 0, prefixCount: prompt, ownStart: prompt + own, ownCount: 3),
        ])
      let qkv = random.floats(batch.rows * heads.projectionWidth)
      let forward = batch.forward(qkv, k)
      let dOutput = random.floats(batch.rows * heads.queryWidth)
      return forward.output + forward.logSums + batch.backward(qkv, dOutput: dOutput, k)
    case .cache: return decode(k, &random)
    case .head:
      let (V, W) = (random.size(200), random.size(9))
      let logits = view(random.floats(W * paddedWidth(V), -8...8))
      let targets = random.integers(W, below: V)
      let (logP, entropies, logSums) = (junk(W), junk(W), junk(W))
      k.logSoftmax(
        logProbabilities: logP, entropies: entropies, logSums: logSums, logits: logits,
        vocabulary: V, targets: targets.span, temperature: 0.7)
      k.logSoftmaxBackward(
        logits: logits, vocabulary: V, targets: targets.span, logSums: logSums,
        entropies: entropies, logProbabilityGradient: logP, entropyGradient: entropies,
        temperature: 0.7)
      return logP.array + entropies.array + logSums.array + logits.array
    case .draw:
      let V = random.size(200)
      let z = view(random.floats(paddedWidth(V), -5...5))
      return (0..<20).flatMap { i -> [Float] in
        let drawn = k.draw(
          logits: z, vocabulary: V, temperature: 0.8, topP: i.isMultiple(of: 2) ? 1 : 0.9,
          uniform: Float.random(in: 0..<1, using: &random), scratch: junk(2 * paddedWidth(V)))
        return [Float(drawn.token), drawn.logProbability]
      }
    case .vectors:
      let count = random.size(300)
      let x = view(random.floats(count, 0.01...80))
      let (y, z) = (view(random.floats(count)), junk(count))
      k.add(y, x: x, scale: 0.37)
      k.exponential(z, x: y)
      k.logarithm(x, x: x)
      return x.array + y.array + z.array
    case .optimizer:
      let count = random.size(3000)
      let (p, g) = (view(random.floats(count)), view(random.floats(count)))
      let (m, v) = (view(random.floats(count)), view(random.floats(count, 0...1)))
      let norm = Float(k.squaredNorm(g).squareRoot())
      k.adamW(
        p, gradient: g, firstMoment: m, secondMoment: v,
        step: AdamWStep(
          step: 7, learningRate: 1e-2, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1,
          gradientScale: AdamWStep.clipScale(norm: norm, limit: 1)))
      return [norm] + p.array + m.array + v.array
    }
  }

  private func products(_ set: KernelSet, _ random: inout SplitMix) -> [Float] {
    let M = random.size(40)
    let shape = PanelShape(rows: random.size(290), columns: random.size(80))
    let x = padded(random.floats(M * shape.rows), columns: shape.rows)
    let w = panels(random.floats(shape.rows * shape.columns), shape)
    let y = junk(M * paddedWidth(shape.columns))
    set.products.multiply(y, x: x, w: w, shape: shape, rows: M, accumulate: false)
    let forward = y.array
    set.products.multiply(y, x: x, w: w, shape: shape, rows: M, accumulate: true)
    set.products.addWeightGradient(
      w, x: x, dy: y, shape: shape, rows: M, scratch: junk(weightGradientScratch))
    let wt = junk(shape.transposed.count)
    set.products.transpose(wt, w: w, shape: shape)
    return forward + y.array + w.array + wt.array
  }

  private func decode(_ k: any Operations, _ random: inout SplitMix) -> [Float] {
    let cache = CacheShape(slots: 3, positions: 40, heads: random.heads())
    let (keys, values) = (view(random.floats(cache.count)), view(random.floats(cache.count)))
    let places =
      [(0, 12), (1, 39), (2, 5), (2, 6), (2, 7)].map { CacheRow(slot: $0.0, position: $0.1) }
      + [(0, 3), (1, 30)].map {
        CacheRow(slot: $0.0, position: $0.1, prefixSlot: 2, prefixCount: 5)
      }
    let qkv = view(random.floats(7 * cache.heads.projectionWidth))
    let output = junk(7 * cache.heads.queryWidth)
    k.store(keys: keys, values: values, cache: cache, qkv: qkv, places: places.span)
    k.attendCache(
      output, qkv: qkv, keys: keys, values: values, cache: cache, places: places.span,
      scratch: junk(attentionScratch(cache)))
    return output.array + keys.array + values.array
  }
}

extension SplitMix {
  mutating func size(_ limit: Int) -> Int { Int.random(in: 1...limit, using: &self) }

  mutating func heads() -> HeadShape {
    let groups = size(2)
    return HeadShape(
      heads: groups * size(3), keyValueHeads: groups, headWidth: 16 * size(4))
  }
}

@Suite("equal bits")
struct SameBitsTests {
  @Test("on every instruction set", arguments: Exercise.allCases, 0..<6 as Range<UInt64>)
  func instructionSets(exercise: Exercise, seed: UInt64) {
    let reference = bits(exercise(Kernels.active, seed: seed))
    #expect(reference.allSatisfy { !Float(bitPattern: $0).isNaN })
    for set in kernelSets {
      #expect(bits(exercise(set, seed: seed)) == reference, "\(set.instructions)")
    }
  }

  @Test("wherever in memory the arguments begin", arguments: Exercise.allCases)
  func alignment(exercise: Exercise) {
    for set in kernelSets {
      let reference = bits(exercise(set, seed: 5))
      for offset in 1..<16 {
        let moved = Placement.$offset.withValue(offset) { bits(exercise(set, seed: 5)) }
        #expect(moved == reference, "\(set.instructions), \(4 * offset) bytes from a boundary")
      }
    }
  }

  @Test("for the same seed again, and other bits for another seed", arguments: Exercise.allCases)
  func seeds(exercise: Exercise) {
    #expect(bits(exercise(Kernels.active, seed: 3)) == bits(exercise(Kernels.active, seed: 3)))
    #expect(bits(exercise(Kernels.active, seed: 3)) != bits(exercise(Kernels.active, seed: 4)))
  }

  @Test("however the rows of a product are split", arguments: 0..<12 as Range<UInt64>)
  func productRows(seed: UInt64) {
    var random = SplitMix(seed)
    let M = 40 + random.size(150)
    let shape = PanelShape(rows: random.size(150), columns: random.size(90))
    let (K, N) = (paddedWidth(shape.rows), paddedWidth(shape.columns))
    let x = padded(random.floats(M * shape.rows), columns: shape.rows)
    let w = panels(random.floats(shape.rows * shape.columns), shape)
    let products = Kernels.active.products
    func run(_ cuts: [Int]) -> [Float] {
      let (y, dw) = (junk(M * N), zeros(shape.count))
      for (from, to) in zip([0] + cuts, cuts + [M]) {
        products.multiply(
          y[from * N..<to * N], x: x[from * K..<to * K], w: w, shape: shape, rows: to - from,
          accumulate: false)
        products.addWeightGradient(
          dw, x: x[from * K..<to * K], dy: y[from * N..<to * N], shape: shape, rows: to - from,
          scratch: junk(weightGradientScratch))
      }
      return y.array + dw.array
    }
    let cuts = (0..<random.size(5)).map { _ in Int.random(in: 0...M, using: &random) }.sorted()
    #expect(bits(run(cuts)) == bits(run([])))
    #expect(bits(run(Array(1..<M))) == bits(run([])))
  }

  @Test("however the rows of the other gradients are split", arguments: 0..<8 as Range<UInt64>)
  func gradientRows(seed: UInt64) {
    var random = SplitMix(seed)
    let (M, C, V) = (30, 64, 17)
    let shape = PanelShape(rows: V, columns: C)
    let x = view(random.floats(M * C))
    let gain = view(random.floats(C))
    let tokens = random.integers(M, below: V)
    let dy = view(random.floats(M * C))
    func run(_ cuts: [Int]) -> [Float] {
      let (y, rstd) = (junk(M * C), junk(M))
      let (dx, dGain, dBias) = (zeros(M * C), zeros(C), zeros(C))
      let dTable = zeros(shape.count)
      for (from, to) in zip([0] + cuts, cuts + [M]) {
        let rows = from * C..<to * C
        active.rmsNorm(
          y[rows], rstd: rstd[from..<to], x: x[rows], gain: gain, rows: to - from, epsilon: 1e-6)
        active.rmsNormBackward(
          dx[rows], dGain: dGain, dy: dy[rows], x: x[rows], gain: gain, rstd: rstd[from..<to],
          rows: to - from)
        active.addBiasGradient(dBias, dy: dy[rows], rows: to - from)
        active.addEmbeddingGradient(
          dTable, dx: dy[rows], shape: shape, tokens: Array(tokens[from..<to]).span)
      }
      return y.array + dx.array + dGain.array + dBias.array + dTable.array
    }
    let cuts = (0..<3).map { _ in Int.random(in: 0...M, using: &random) }.sorted()
    #expect(bits(run(cuts)) == bits(run([])))
  }
}
