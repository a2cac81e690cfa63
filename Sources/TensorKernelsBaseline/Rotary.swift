// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  /// Forward, for each pair `(a, b) = (x_i, x_{i + D/2})` of a head:
  ///
  ///     a' = a cos − b sin
  ///     b' = b cos + a sin
  ///
  /// Backward is the inverse turn: the same with `−sin`.
  package func rotate(
    _ qkv: FloatView, positions: Span<Int32>, heads: HeadShape, table: FloatView,
    queryScale: Float, inverse: Bool
  ) {
    let D = heads.headWidth
    let width = heads.projectionWidth
    let qkv = Floats(qkv, atLeast: positions.count * width)
    let length = table.count / D
    let table = Floats(table, atLeast: length * D)
    for row in positions.indices {
      let position = Int(positions[row])
      precondition(position >= 0 && position < length)
      for head in 0..<heads.heads + heads.keyValueHeads {
        rotateHead(
          qkv + (row * width + head * D), D: D, table: table + position * D,
          scale: head < heads.heads ? queryScale : 1, turn: inverse ? -1 : 1)
      }
    }
  }
}

/// Half vectors, because half a head of width 16 is 8 wide.
@inline(always)
private func rotateHead(_ x: Floats, D: Int, table: Floats, scale: Float, turn: Float) {
  let half = D / 2
  for i in stride(from: 0, to: half, by: 8) {
    let a = x.loadHalf(i) * SIMD8(repeating: scale)
    let b = x.loadHalf(half + i) * SIMD8(repeating: scale)
    let cosine = table.loadHalf(i)
    let sine = table.loadHalf(half + i) * SIMD8(repeating: turn)
    x.storeHalf((a * cosine).adding(-b, times: sine), i)
    x.storeHalf((b * cosine).adding(a, times: sine), half + i)
  }
}
