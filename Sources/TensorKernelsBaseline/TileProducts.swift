// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

/// Matrix products on tiles in registers, without a BLAS: faster than one at the widths of these
/// models, and bound by the law of `Tile`.
package struct TileProducts: Products {
  package var name: String { "tiles" }

  package init() {}

  // Chains continue through memory from block to block, so these numbers decide speed only.
  #if WIDE_REGISTERS
    /// Inner indices of a block: a strip of weights has 32 KiB, what a first-level cache holds.
    private static let innerBlock = 256
    /// Rows of a block: its inputs stay in the second-level cache while all strips pass over them.
    private static let rowBlock = 120
  #else
    private static let innerBlock = 400
    private static let rowBlock = 60
  #endif
  /// Up to so many rows are one block: those of decoding, where reading the weights twice would cost
  /// more than inputs that leave the cache.
  private static let rowsTogether = 160
  /// Rows of a block in the weight gradient; `weightGradientScratch` holds a strip of it.
  private static let gradientRowBlock = 96

  package func multiply(
    _ y: FloatView, x: FloatView, w: FloatView, shape: PanelShape, rows: Int, accumulate: Bool
  ) {
    guard rows > 0 else { return }
    let K = shape.rows
    let xStride = paddedWidth(K)
    let yStride = paddedWidth(shape.columns)
    let x = Floats(x, atLeast: rows * xStride)
    let y = Floats(y, atLeast: rows * yStride)
    let w = Floats(w, atLeast: shape.count)
    let width = PanelShape.panelWidth
    // An even split: blocks of nearly equal length.
    let blocks = (K + Self.innerBlock - 1) / Self.innerBlock
    let block = (K + blocks - 1) / blocks
    let rowBlock = rows <= Self.rowsTogether ? rows : Self.rowBlock
    for row in stride(from: 0, to: rows, by: rowBlock) {
      let count = min(rowBlock, rows - row)
      for k in stride(from: 0, to: K, by: block) {
        // A strip as wide as the largest tile stays in the first-level cache for all rows.
        for column in stride(from: 0, to: yStride, by: tileColumns) {
          let panel = column / width
          multiplyStrip(
            rows: count, wide: tileColumns == width && column + 16 < yStride,
            length: min(block, K - k), a: x + (row * xStride + k), rowStride: xStride, step: 1,
            b: w + ((panel * K + k) * width + column % width), bStep: width,
            c: y + (row * yStride + column), cStride: yStride, accumulate: accumulate || k > 0)
        }
      }
    }
  }

  package func addWeightGradient(
    _ dw: FloatView, x: FloatView, dy: FloatView, shape: PanelShape, rows: Int, scratch: FloatView
  ) {
    let K = shape.rows
    let xStride = paddedWidth(K)
    let yStride = paddedWidth(shape.columns)
    let width = PanelShape.panelWidth
    let dw = Floats(dw, atLeast: shape.count)
    let x = Floats(x, atLeast: rows * xStride)
    let dy = Floats(dy, atLeast: rows * yStride)
    let strip = Floats(scratch, atLeast: weightGradientScratch)
    for row in stride(from: 0, to: rows, by: Self.gradientRowBlock) {
      let count = min(Self.gradientRowBlock, rows - row)
      for panel in 0..<shape.panels {
        // 32 columns of dY side by side: read K/12 times, so worth the copy.
        let wide = panel * width + 16 < yStride
        for r in 0..<count {
          let source = dy + ((row + r) * yStride + panel * width)
          strip.store(source.load(0), r * width)
          strip.store(wide ? source.load(16) : .zero, r * width + 16)
        }
        multiplyStrip(
          rows: K, wide: true, length: count, a: x + row * xStride, rowStride: 1, step: xStride,
          b: strip, bStep: width, c: dw + panel * K * width, cStride: width, accumulate: true)
      }
    }
  }

  package func transpose(_ wt: FloatView, w: FloatView, shape: PanelShape) {
    let out = shape.transposed
    let width = PanelShape.panelWidth
    let w = Floats(w, atLeast: shape.count)
    let wt = Floats(wt, atLeast: out.count)
    for panel in 0..<out.panels {
      let filled = min(width, shape.rows - panel * width)
      for n in 0..<shape.columns {
        let source = w + shape.index(row: panel * width, column: n)
        let target = wt + (panel * out.rows + n) * width
        for i in 0..<filled { target[i] = source[i &* width] }
        for i in filled..<width { target[i] = 0 }
      }
    }
  }
}
