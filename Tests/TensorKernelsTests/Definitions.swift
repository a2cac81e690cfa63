// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation

// What the kernels compute, in `Double` and plain loops, to be read beside the papers. Matrices
// are dense and row-major. Every backward here is held to central differences of its forward.

enum Definition {
  /// `Y = X · W`; X `[M, K]`, W `[K, N]`.
  static func product(_ X: [Double], _ W: [Double], M: Int, K: Int, N: Int) -> [Double] {
    var Y = [Double](repeating: 0, count: M * N)
    for m in 0..<M {
      for n in 0..<N {
        for k in 0..<K { Y[m * N + n] += X[m * K + k] * W[k * N + n] }
      }
    }
    return Y
  }

  static func transpose(_ X: [Double], rows: Int, columns: Int) -> [Double] {
    (0..<columns).flatMap { c in (0..<rows).map { X[$0 * columns + c] } }
  }

  /// `(dX, dW) = (dY · Wᵀ, Xᵀ · dY)`.
  static func productBackward(
    _ X: [Double], _ W: [Double], dY: [Double], M: Int, K: Int, N: Int
  ) -> (dX: [Double], dW: [Double]) {
    (
      product(dY, transpose(W, rows: K, columns: N), M: M, K: N, N: K),
      product(transpose(X, rows: M, columns: K), dY, M: K, K: M, N: N)
    )
  }

  /// `y = x / √(mean x² + ε) · gain`, rows as wide as `gain`.
  static func rmsNorm(_ x: [Double], gain: [Double], epsilon: Double) -> [Double] {
    let C = gain.count
    return x.indices.map { i in
      let row = i / C * C
      let square = x[row..<row + C].reduce(0) { $0 + $1 * $1 } / Double(C)
      return x[i] / (square + epsilon).squareRoot() * gain[i % C]
    }
  }

  static func rmsNormBackward(
    _ x: [Double], gain: [Double], epsilon: Double, dy: [Double]
  ) -> (dx: [Double], dGain: [Double]) {
    let C = gain.count
    var dx = [Double](repeating: 0, count: x.count)
    var dGain = [Double](repeating: 0, count: C)
    for row in stride(from: 0, to: x.count, by: C) {
      let square = x[row..<row + C].reduce(0) { $0 + $1 * $1 } / Double(C)
      let s = 1 / (square + epsilon).squareRoot()
      let projection = (0..<C).reduce(0) { $0 + dy[row + $1] * gain[$1] * x[row + $1] }
      for c in 0..<C {
        dGain[c] += dy[row + c] * x[row + c] * s
        dx[row + c] = dy[row + c] * gain[c] * s - x[row + c] * s * s * s * projection / Double(C)
      }
    }
    return (dx, dGain)
  }

  /// Turns the pairs `(i, i + D/2)` of a head at a position by `position · base^(−2i/D)`.
  static func rotate(
    _ x: [Double], position: Int, base: Double, inverse: Bool = false
  ) -> [Double] {
    let D = x.count
    var y = x
    for i in 0..<D / 2 {
      let angle = Double(position) * pow(base, -2 * Double(i) / Double(D)) * (inverse ? -1 : 1)
      let (a, b) = (x[i], x[i + D / 2])
      y[i] = a * cos(angle) - b * sin(angle)
      y[i + D / 2] = b * cos(angle) + a * sin(angle)
    }
    return y
  }

  /// `silu(gate) · up`.
  static func swiGLU(gate: [Double], up: [Double]) -> [Double] {
    zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
  }

  static func swiGLUBackward(
    gate: [Double], up: [Double], dh: [Double]
  ) -> (dGate: [Double], dUp: [Double]) {
    let sigmas = gate.map { 1 / (1 + exp(-$0)) }
    return (
      gate.indices.map { dh[$0] * up[$0] * sigmas[$0] * (1 + gate[$0] * (1 - sigmas[$0])) },
      gate.indices.map { dh[$0] * gate[$0] * sigmas[$0] }
    )
  }

  /// One head over rows of `q`, `k`, `v` `[_, D]`; row `i` attends the rows in `seen[i]`.
  static func attention(
    q: [Double], k: [Double], v: [Double], D: Int, seen: [[Int]]
  ) -> [Double] {
    seen.indices.flatMap { i -> [Double] in
      let p = attentionWeights(q: q, k: k, D: D, row: i, seen: seen[i])
      return (0..<D).map { d in zip(p, seen[i]).reduce(0) { $0 + $1.0 * v[$1.1 * D + d] } }
    }
  }

  static func attentionWeights(
    q: [Double], k: [Double], D: Int, row: Int, seen: [Int]
  ) -> [Double] {
    let s = seen.map { j in (0..<D).reduce(0) { $0 + q[row * D + $1] * k[j * D + $1] } }
    let maximum = s.max() ?? 0
    let e = s.map { exp($0 - maximum) }
    let sum = e.reduce(0, +)
    return e.map { $0 / sum }
  }

  static func attentionBackward(
    q: [Double], k: [Double], v: [Double], D: Int, seen: [[Int]], dO: [Double]
  ) -> (dq: [Double], dk: [Double], dv: [Double]) {
    var dq = [Double](repeating: 0, count: q.count)
    var dk = [Double](repeating: 0, count: k.count)
    var dv = [Double](repeating: 0, count: v.count)
    for i in seen.indices {
      let p = attentionWeights(q: q, k: k, D: D, row: i, seen: seen[i])
      let dp = seen[i].map { j in (0..<D).reduce(0) { $0 + dO[i * D + $1] * v[j * D + $1] } }
      let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
      for (n, j) in seen[i].enumerated() {
        let ds = p[n] * (dp[n] - mean)
        for d in 0..<D {
          dq[i * D + d] += ds * k[j * D + d]
          dk[j * D + d] += ds * q[i * D + d]
          dv[j * D + d] += p[n] * dO[i * D + d]
        }
      }
    }
    return (dq, dk, dv)
  }

  /// `log softmax(z / T)`.
  static func logSoftmax(_ z: [Double], temperature: Double) -> [Double] {
    let x = z.map { $0 / temperature }
    let maximum = x.max() ?? 0
    let logSum = log(x.reduce(0) { $0 + exp($1 - maximum) })
    return x.map { $0 - maximum - logSum }
  }

  static func entropy(_ logP: [Double]) -> Double { logP.reduce(0) { $0 - exp($1) * $1 } }

  /// Gradient of `c · log p(target) + e · H` with respect to `z`.
  static func logSoftmaxBackward(
    _ z: [Double], temperature: Double, target: Int, c: Double, e: Double
  ) -> [Double] {
    let logP = logSoftmax(z, temperature: temperature)
    let H = entropy(logP)
    return logP.indices.map { j in
      let p = exp(logP[j])
      return (c * ((j == target ? 1 : 0) - p) - e * p * (logP[j] + H)) / temperature
    }
  }

  /// One step of AdamW on one parameter.
  static func adamW(
    p: Double, g: Double, m: Double, v: Double, step: Int, lr: Double, beta1: Double,
    beta2: Double, epsilon: Double, decay: Double
  ) -> (p: Double, m: Double, v: Double) {
    let m = beta1 * m + (1 - beta1) * g
    let v = beta2 * v + (1 - beta2) * g * g
    let direction =
      m / (1 - pow(beta1, Double(step)))
      / ((v / (1 - pow(beta2, Double(step)))).squareRoot() + epsilon)
    return (p - lr * (direction + decay * p), m, v)
  }
}
