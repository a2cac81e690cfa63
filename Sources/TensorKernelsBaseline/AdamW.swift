package import KernelInterface

extension VectorOperations {
  package func squaredNorm(_ g: FloatView) -> Double {
    let count = g.count
    let g = Floats(g, atLeast: count)
    var total = 0.0
    for start in stride(from: 0, to: count, by: 1024) {
      var sums = Vector.zero
      let block = g + start
      forEachVector(min(1024, count - start)) { i, lanes in
        let value = block.load(i, lanes: lanes)
        sums = sums.adding(value, times: value)
      }
      total += Double(foldedSum(sums))
    }
    return total
  }

  ///     g = scale · gradient
  ///     m = β₁ m + (1 − β₁) g
  ///     v = β₂ v + (1 − β₂) g²
  ///     p = p − lr (m̂ / (√v̂ + ε) + λ p),   m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ)
  package func adamW(
    _ parameters: FloatView, gradient: FloatView, firstMoment: FloatView, secondMoment: FloatView,
    step: AdamWStep
  ) {
    let count = parameters.count
    let p = Floats(parameters, atLeast: count)
    let g = Floats(gradient, atLeast: count)
    let m = Floats(firstMoment, atLeast: count)
    let v = Floats(secondMoment, atLeast: count)
    let new1 = Vector(repeating: 1 - step.beta1)
    let new2 = Vector(repeating: 1 - step.beta2)
    forEachVector(count) { i, lanes in
      let slope = g.load(i, lanes: lanes) * Vector(repeating: step.gradientScale)
      let first = (slope * new1)
        .adding(m.load(i, lanes: lanes), times: Vector(repeating: step.beta1))
      let second = (slope * slope * new2)
        .adding(v.load(i, lanes: lanes), times: Vector(repeating: step.beta2))
      m.store(first, i, lanes: lanes)
      v.store(second, i, lanes: lanes)
      let root = (second * Vector(repeating: step.correction2)).squareRoot()
      let direction =
        first * Vector(repeating: step.correction1)
        / (root + Vector(repeating: step.epsilon))
      let x = p.load(i, lanes: lanes)
      let change = direction.adding(x, times: Vector(repeating: step.weightDecay))
      p.store(x - change * Vector(repeating: step.learningRate), i, lanes: lanes)
    }
  }
}
