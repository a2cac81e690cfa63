import Testing

/// The definitions' gradients against central differences of the definitions.
@Suite("definitions")
struct DefinitionTests {
  @Test("products", arguments: 0..<4 as Range<UInt64>)
  func product(seed: UInt64) {
    var random = SplitMix(seed)
    let (M, K, N) = (3, 4, 5)
    let (x, w, dy) = (random.doubles(M * K), random.doubles(K * N), random.doubles(M * N))
    let gradient = Definition.productBackward(x, w, dY: dy, M: M, K: K, N: N)
    expectGradient(
      gradient.dX, of: { dot(Definition.product($0, w, M: M, K: K, N: N), dy) }, at: x)
    expectGradient(
      gradient.dW, of: { dot(Definition.product(x, $0, M: M, K: K, N: N), dy) }, at: w)
  }

  @Test("rmsNorm", arguments: 0..<4 as Range<UInt64>)
  func rmsNorm(seed: UInt64) {
    var random = SplitMix(seed)
    let (x, gain, dy) = (random.doubles(12), random.doubles(4), random.doubles(12))
    let epsilon = 1e-3
    let gradient = Definition.rmsNormBackward(x, gain: gain, epsilon: epsilon, dy: dy)
    expectGradient(
      gradient.dx, of: { dot(Definition.rmsNorm($0, gain: gain, epsilon: epsilon), dy) }, at: x)
    expectGradient(
      gradient.dGain, of: { dot(Definition.rmsNorm(x, gain: $0, epsilon: epsilon), dy) }, at: gain)
  }

  @Test("rotary positions: the inverse turn is the gradient", arguments: 0..<4 as Range<UInt64>)
  func rotate(seed: UInt64) {
    var random = SplitMix(seed)
    let (x, dy) = (random.doubles(8), random.doubles(8))
    expectGradient(
      Definition.rotate(dy, position: 7, base: 100, inverse: true),
      of: { dot(Definition.rotate($0, position: 7, base: 100), dy) }, at: x)
  }

  @Test("gated unit", arguments: 0..<4 as Range<UInt64>)
  func swiGLU(seed: UInt64) {
    var random = SplitMix(seed)
    let (gate, up) = (random.doubles(9, -4...4), random.doubles(9))
    let dh = random.doubles(9)
    let gradient = Definition.swiGLUBackward(gate: gate, up: up, dh: dh)
    expectGradient(gradient.dGate, of: { dot(Definition.swiGLU(gate: $0, up: up), dh) }, at: gate)
    expectGradient(gradient.dUp, of: { dot(Definition.swiGLU(gate: gate, up: $0), dh) }, at: up)
  }

  @Test("attention", arguments: 0..<4 as Range<UInt64>)
  func attention(seed: UInt64) {
    var random = SplitMix(seed)
    let (rows, D) = (5, 3)
    let q = random.doubles(rows * D, -2...2)
    let k = random.doubles(rows * D, -2...2)
    let (v, dO) = (random.doubles(rows * D), random.doubles(rows * D))
    // Rows 0 to 2 are a prompt; 3 and 4 are two continuations of it.
    let seen = [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 4]]
    let gradient = Definition.attentionBackward(q: q, k: k, v: v, D: D, seen: seen, dO: dO)
    expectGradient(
      gradient.dq, of: { dot(Definition.attention(q: $0, k: k, v: v, D: D, seen: seen), dO) },
      at: q)
    expectGradient(
      gradient.dk, of: { dot(Definition.attention(q: q, k: $0, v: v, D: D, seen: seen), dO) },
      at: k)
    expectGradient(
      gradient.dv, of: { dot(Definition.attention(q: q, k: k, v: $0, D: D, seen: seen), dO) },
      at: v)
  }

  @Test("log-softmax and entropy", arguments: 0..<8 as Range<UInt64>)
  func logSoftmax(seed: UInt64) {
    var random = SplitMix(seed)
    let z = random.doubles(7, -3...3)
    let (target, temperature, c, e) = (Int(seed) % 7, 0.6, 1.3, -0.7)
    expectGradient(
      Definition.logSoftmaxBackward(z, temperature: temperature, target: target, c: c, e: e),
      of: {
        let logP = Definition.logSoftmax($0, temperature: temperature)
        return c * logP[target] + e * Definition.entropy(logP)
      }, at: z)
  }
}
