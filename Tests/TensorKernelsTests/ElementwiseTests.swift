// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation
import KernelInterface
import TensorKernels
import Testing

/// Distance in units in the last place of `Float`, of a found value from the true one.
private func ulps(_ found: Float, _ truth: Double) -> Double {
  abs(Double(found) - truth) / Double(Float(truth).ulp)
}

@Suite("elementary functions")
struct ElementaryFunctionTests {
  /// The argument as `Float`s from `low` to `high`, evenly spaced.
  private func grid(_ low: Float, _ high: Float, _ count: Int) -> [Float] {
    (0..<count).map { low + (high - low) * Float($0) / Float(count - 1) }
  }

  @Test("exp is within 1 ulp over [−87, 88] and clamps outside")
  func exponential() {
    let x = grid(-87, 88, 400_001) + grid(-1, 1, 100_000) + [0, -87, 88]
    let y = junk(x.count)
    active.exponential(y, x: view(x))
    var worst = 0.0
    for (argument, value) in zip(x, y.array) {
      worst = max(worst, ulps(value, exp(Double(argument))))
    }
    #expect(worst <= 1)
    let edges = view([Float]([-.infinity, -100, 100, .infinity, 0]))
    active.exponential(edges, x: edges)
    let found = edges.array
    #expect(found[0] == found[1] && found[0] > 0 && found[0].isNormal)
    #expect(found[2] == found[3] && found[2].isFinite)
    #expect(found[4] == 1)
  }

  @Test("log is within 1 ulp over all normal numbers")
  func logarithm() {
    var random = SplitMix(9)
    let smallest = Float.leastNormalMagnitude.bitPattern
    let largest = Float.greatestFiniteMagnitude.bitPattern
    var x = (0..<400_000).map { _ in
      Float(bitPattern: UInt32.random(in: smallest...largest, using: &random))
    }
    x += grid(0.5, 2, 200_001)
    x += [1, Float.leastNormalMagnitude, Float.greatestFiniteMagnitude]
    let y = junk(x.count)
    active.logarithm(y, x: view(x))
    var worst = 0.0
    for (argument, value) in zip(x, y.array) where argument != 1 {
      worst = max(worst, ulps(value, log(Double(argument))))
    }
    #expect(worst <= 1)
    #expect(y.array[x.count - 3] == 0, "log 1")
  }

  @Test(
    "rotary table is the cosines and sines of the library within 1e-6",
    arguments: [(16, 10_000.0), (48, 500.0), (64, 1_000_000.0), (128, 10_000.0), (2, 10.0)])
  func rotaryTable(D: Int, base: Double) {
    let positions = 4096
    let table = junk(positions * D)
    RotaryTable.fill(table, positions: positions, headWidth: D, base: base)
    let found = table.array
    var worst = 0.0
    for t in 0..<positions {
      for i in 0..<D / 2 {
        let angle = Double(t) * pow(base, -2 * Double(i) / Double(D))
        worst = max(worst, abs(Double(found[t * D + i]) - cos(angle)))
        worst = max(worst, abs(Double(found[t * D + D / 2 + i]) - sin(angle)))
      }
    }
    #expect(worst <= 1e-6)
  }
}

@Suite("row operations")
struct RowOperationTests {
  @Test("rmsNorm", arguments: [(1, 16), (7, 48), (33, 128)])
  func rmsNorm(rows: Int, C: Int) {
    var random = SplitMix(UInt64(rows))
    let (x, gain) = (random.floats(rows * C), random.floats(C))
    let (dy, dx, dGain) = (random.floats(rows * C), random.floats(rows * C), random.floats(C))
    let (y, rstd) = (junk(rows * C), junk(rows))
    active.rmsNorm(y, rstd: rstd, x: view(x), gain: view(gain), rows: rows, epsilon: 1e-3)
    expectClose(y.array, Definition.rmsNorm(doubles(x), gain: doubles(gain), epsilon: 1e-3))

    let expected = Definition.rmsNormBackward(
      doubles(x), gain: doubles(gain), epsilon: 1e-3, dy: doubles(dy))
    let (sumX, sumGain) = (view(dx), view(dGain))
    active.rmsNormBackward(
      sumX, dGain: sumGain, dy: view(dy), x: view(x), gain: view(gain), rstd: rstd, rows: rows)
    expectClose(sumX.array, zip(expected.dx, doubles(dx)).map { $0 + $1 })
    expectClose(sumGain.array, zip(expected.dGain, doubles(dGain)).map { $0 + $1 })
  }

  @Test("bias, and the column sums that are its gradient", arguments: [(3, 5), (9, 48), (1, 16)])
  func bias(rows: Int, N: Int) {
    var random = SplitMix(UInt64(N))
    let (y, b, db) = (random.floats(rows * N), random.floats(N), random.floats(N))
    let sum = padded(y, columns: N)
    active.addBias(sum, bias: view(b), rows: rows)
    #expect(dense(sum, columns: N) == y.indices.map { y[$0] + b[$0 % N] })

    let gradient = view(db)
    active.addBiasGradient(gradient, dy: padded(y, columns: N), rows: rows)
    let columns = (0..<N).map { n in
      (0..<rows).reduce(Double(db[n])) { $0 + Double(y[$1 * N + n]) }
    }
    expectClose(gradient.array, columns)
  }

  @Test("rotation of queries and keys, forward and back", arguments: [16, 32, 48, 64])
  func rotate(D: Int) {
    var random = SplitMix(UInt64(D))
    let heads = HeadShape(heads: 4, keyValueHeads: 2, headWidth: D)
    let rows = 5
    let width = heads.projectionWidth
    let x = random.floats(rows * width)
    let positions = random.integers(rows, below: 100)
    let table = junk(100 * D)
    RotaryTable.fill(table, positions: 100, headWidth: D, base: 10_000)
    for inverse in [false, true] {
      let found = view(x)
      active.rotate(
        found, positions: positions.span, heads: heads, table: table, queryScale: 0.25,
        inverse: inverse)
      var expected = doubles(x)
      for row in 0..<rows {
        for head in 0..<6 {
          let start = row * width + head * D
          let turned = Definition.rotate(
            Array(doubles(x)[start..<start + D]), position: Int(positions[row]), base: 10_000,
            inverse: inverse)
          let scale = head < 4 ? 0.25 : 1
          expected.replaceSubrange(start..<start + D, with: turned.map { $0 * scale })
        }
      }
      expectClose(found.array, expected)
    }
  }

  @Test("gated unit", arguments: [(1, 16), (3, 48), (10, 128)])
  func swiGLU(rows: Int, F: Int) {
    var random = SplitMix(UInt64(F))
    let gateUp = random.floats(rows * 2 * F, -6...6)
    let dh = random.floats(rows * F)
    /// Gate (0) or up (1) of every hidden unit, taken out of blocks of sixteen.
    func part(_ values: [Float], _ which: Int) -> [Double] {
      (0..<rows * F).map { Double(values[$0 / 16 * 32 + which * 16 + $0 % 16]) }
    }
    let h = junk(rows * F)
    active.swiGLU(h, gateUp: view(gateUp), rows: rows, width: F)
    expectClose(h.array, Definition.swiGLU(gate: part(gateUp, 0), up: part(gateUp, 1)))

    let expected = Definition.swiGLUBackward(
      gate: part(gateUp, 0), up: part(gateUp, 1), dh: doubles(dh))
    let (gradient, again) = (view(gateUp), view(dh))
    active.swiGLUBackward(gradient, h: again, dh: again, rows: rows, width: F)
    expectClose(part(gradient.array, 0).map { Float($0) }, expected.dGate)
    expectClose(part(gradient.array, 1).map { Float($0) }, expected.dUp)
    #expect(bits(again.array) == bits(h.array), "recomputed with the same bits")
  }

  @Test("embedding: rows out of panels, gradients back in", arguments: [(10, 32), (97, 64)])
  func embedding(V: Int, C: Int) {
    var random = SplitMix(UInt64(V))
    let shape = PanelShape(rows: V, columns: C)
    let (table, dTable) = (random.floats(V * C), random.floats(V * C))
    let tokens = random.integers(40, below: V)
    let x = junk(40 * C)
    active.gatherEmbedding(x, table: panels(table, shape), shape: shape, tokens: tokens.span)
    #expect(x.array == tokens.flatMap { table[Int($0) * C..<(Int($0) + 1) * C] })

    let dx = random.floats(40 * C)
    let sum = panels(dTable, shape)
    active.addEmbeddingGradient(sum, dx: view(dx), shape: shape, tokens: tokens.span)
    var expected = dTable
    for (i, token) in tokens.enumerated() {
      for c in 0..<C { expected[Int(token) * C + c] += dx[i * C + c] }
    }
    #expect(shape.unpack(sum) == expected)
  }

  @Test("rows out, rows back, vectors added")
  func rows() {
    var random = SplitMix(6)
    let x = random.floats(9 * 16)
    let places: [Int32] = [8, 0, 8, 3]
    let taken = junk(4 * 16)
    active.gatherRows(taken, x: view(x), rows: places.span, width: 16)
    #expect(taken.array == places.flatMap { x[Int($0) * 16..<(Int($0) + 1) * 16] })

    let sum = view(x)
    active.addRows(sum, x: taken, rows: places.span, width: 16)
    #expect(sum[8 * 16] == x[8 * 16] + x[8 * 16] + x[8 * 16])
    #expect(sum[16] == x[16])

    let (a, b) = (random.floats(37), random.floats(37))
    let buffer = FloatBuffer(a + [7])
    active.add(buffer[0..<37], x: view(b), scale: -0.5)
    #expect(buffer[0..<37].array == zip(a, b).map { $0.addingProduct(-0.5, $1) })
    #expect(buffer[37] == 7, "nothing behind the view is touched")
  }
}
