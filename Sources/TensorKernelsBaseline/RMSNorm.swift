// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func rmsNorm(
    _ y: FloatView, rstd: FloatView, x: FloatView, gain: FloatView, rows: Int, epsilon: Float
  ) {
    let C = gain.count
    precondition(C > 0 && C.isMultiple(of: 16))
    let y = Floats(y, atLeast: rows * C)
    let rstd = Floats(rstd, atLeast: rows)
    let x = Floats(x, atLeast: rows * C)
    let gain = Floats(gain, atLeast: C)
    for row in 0..<rows {
      let x = x + row * C
      let y = y + row * C
      var squares = Vector.zero
      for c in stride(from: 0, to: C, by: 16) {
        let value = x.load(c)
        squares = squares.adding(value, times: value)
      }
      let scale = 1 / (foldedSum(squares) / Float(C) + epsilon).squareRoot()
      rstd[row] = scale
      for c in stride(from: 0, to: C, by: 16) {
        y.store(x.load(c) * Vector(repeating: scale) * gain.load(c), c)
      }
    }
  }

  /// With `s = rstd`, `s = (Σ x² / C + ε)^(−½)`, so `ds/dx_j = −s³ x_j / C`:
  ///
  ///     y_c     = x_c · s · gain_c
  ///     dgain_c += dy_c · s · x_c
  ///     dx_c    += dy_c · gain_c · s − x_c · s³/C · Σ_j dy_j gain_j x_j
  package func rmsNormBackward(
    _ dx: FloatView, dGain: FloatView, dy: FloatView, x: FloatView, gain: FloatView,
    rstd: FloatView, rows: Int
  ) {
    let C = gain.count
    precondition(C > 0 && C.isMultiple(of: 16))
    let dx = Floats(dx, atLeast: rows * C)
    let dGain = Floats(dGain, atLeast: C)
    let dy = Floats(dy, atLeast: rows * C)
    let x = Floats(x, atLeast: rows * C)
    let gain = Floats(gain, atLeast: C)
    let rstd = Floats(rstd, atLeast: rows)
    for row in 0..<rows {
      let x = x + row * C
      let dy = dy + row * C
      let dx = dx + row * C
      let s = rstd[row]
      var projections = Vector.zero
      for c in stride(from: 0, to: C, by: 16) {
        let value = x.load(c)
        let slope = dy.load(c)
        projections = projections.adding(slope * gain.load(c), times: value)
        dGain.store(dGain.load(c).adding(slope * Vector(repeating: s), times: value), c)
      }
      let pull = foldedSum(projections) * s * s * s / Float(C)
      for c in stride(from: 0, to: C, by: 16) {
        let kept = dx.load(c) - x.load(c) * Vector(repeating: pull)
        dx.store(kept.adding(dy.load(c) * Vector(repeating: s), times: gain.load(c)), c)
      }
    }
  }
}
