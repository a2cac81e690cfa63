// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func swiGLU(_ h: FloatView, gateUp: FloatView, rows: Int, width F: Int) {
    precondition(F > 0 && F.isMultiple(of: 16))
    let h = Floats(h, atLeast: rows * F)
    let gateUp = Floats(gateUp, atLeast: rows * 2 * F)
    for block in 0..<rows * F / 16 {
      let gate = gateUp.load(32 * block)
      let up = gateUp.load(32 * block + 16)
      h.store(gate * up / (Vector(repeating: 1) + exp16(-gate)), 16 * block)
    }
  }

  /// With `σ = 1 / (1 + exp(−gate))`:
  ///
  ///     h      = gate · σ · up
  ///     dup    = dh · gate · σ
  ///     dgate  = dh · up · σ (1 + gate (1 − σ))
  package func swiGLUBackward(
    _ gateUp: FloatView, h: FloatView, dh: FloatView, rows: Int, width F: Int
  ) {
    precondition(F > 0 && F.isMultiple(of: 16))
    let h = Floats(h, atLeast: rows * F)
    let dh = Floats(dh, atLeast: rows * F)
    let gateUp = Floats(gateUp, atLeast: rows * 2 * F)
    let one = Vector(repeating: 1)
    for block in 0..<rows * F / 16 {
      let gate = gateUp.load(32 * block)
      let up = gateUp.load(32 * block + 16)
      let slope = dh.load(16 * block)
      let denominator = one + exp16(-gate)
      let sigma = one / denominator
      let silu = gate * sigma
      // The same expression as forward, so that the recomputed h has the same bits.
      h.store(gate * up / denominator, 16 * block)
      gateUp.store(slope * silu, 32 * block + 16)
      gateUp.store(slope * up * sigma.adding(silu, times: one - sigma), 32 * block)
    }
  }
}
