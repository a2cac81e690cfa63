import KernelInterface
import TensorKernels
import Testing

@Suite("optimizer")
struct OptimizerTests {
  /// By hand, first step: g = 2 scaled by ½ is 1. m = 0.1 · 1, v = 0.05 · 1; corrected both are 1,
  /// so the direction is 1 / (1 + 0) = 1. p = 3 − 0.1 (1 + 0.5 · 3) = 2.75.
  @Test("worked example")
  func workedExample() {
    let (p, m, v) = (view([Float(3)]), zeros(1), zeros(1))
    active.adamW(
      p, gradient: view([Float(2)]), firstMoment: m, secondMoment: v,
      step: AdamWStep(
        step: 1, learningRate: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 0, weightDecay: 0.5,
        gradientScale: 0.5))
    #expect(abs(p[0] - 2.75) < 1e-6)
    #expect(abs(m[0] - 0.1) < 1e-7)
    #expect(abs(v[0] - 0.05) < 1e-7)
  }

  @Test("ten steps follow the definition", arguments: [1, 16, 37])
  func tenSteps(count: Int) {
    var random = SplitMix(UInt64(count))
    let start = random.floats(count)
    let (p, m, v) = (FloatBuffer(start + [42]), zeros(count), zeros(count))
    var expected = doubles(start).map { (p: $0, m: 0.0, v: 0.0) }
    for step in 1...10 {
      let g = random.floats(count)
      active.adamW(
        p[0..<count], gradient: view(g), firstMoment: m, secondMoment: v,
        step: AdamWStep(
          step: step, learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8,
          weightDecay: 0.1, gradientScale: 1))
      for i in 0..<count {
        expected[i] = Definition.adamW(
          p: expected[i].p, g: Double(g[i]), m: expected[i].m, v: expected[i].v, step: step,
          lr: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1)
      }
    }
    expectClose(p[0..<count].array, expected.map(\.p))
    expectClose(m.array, expected.map(\.m))
    expectClose(v.array, expected.map(\.v))
    #expect(p[count] == 42, "nothing behind the view is touched")
  }

  @Test("squared norm", arguments: [0, 1, 100, 5000])
  func squaredNorm(count: Int) {
    var random = SplitMix(UInt64(count))
    let g = random.floats(count)
    let expected = doubles(g).reduce(0) { $0 + $1 * $1 }
    #expect(abs(active.squaredNorm(view(g)) - expected) <= 1e-6 * max(1, expected))
  }
}
