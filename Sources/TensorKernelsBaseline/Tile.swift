// swift-format-ignore-file: AlwaysUseLowerCamelCase
/// `R` rows by `W` vectors of an output, kept in registers while a product runs over its inner
/// index: the one microkernel that every matrix product here is a call to.
///
/// The law of these kernels: **every output element is one chain of fused multiply-adds, in order
/// of the inner index**. An element then depends neither on the tile that computed it nor on its
/// neighbours, so batch size, blocking and register width cannot change a bit.
enum Tile<let R: Int, let W: Int> {
  typealias Row = InlineArray<W, Vector>

  /// Calls `finish(r, row)` for each row of `Σ_k a[r, k] · b[k, …]`.
  ///
  /// Unchecked subscripts and wrapping arithmetic: with checks the accumulators leave the registers
  /// (127 becomes 19 GFLOP/s).
  ///
  /// - Parameters:
  ///   - length: the number of inner indices, `k < length`.
  ///   - a: `a[r, k]` is at `r · rowStride + k · step`.
  ///   - b: the `w`-th vector of `b[k]` is at `k · bStep + w · bColumn`.
  ///   - initial: where the chains start, rows `initialStride` apart; at zero if nothing is given.
  @inline(always)
  static func run(
    length: Int, a: Floats, rowStride: Int, step: Int, b: Floats, bStep: Int, bColumn: Int = 16,
    from initial: Floats?, initialStride: Int = 0, finish: (Int, Row) -> Void
  ) {
    var sums = InlineArray<R, Row>(repeating: Row(repeating: .zero))
    if let initial {
      for r in 0..<R {
        for w in 0..<W {
          unsafe sums[unchecked: r][unchecked: w] = initial.load(r &* initialStride &+ 16 &* w)
        }
      }
    }
    var a = a
    var b = b
    for _ in 0..<length {
      for r in 0..<R {
        let x = Vector(repeating: a[r &* rowStride])
        for w in 0..<W {
          unsafe sums[unchecked: r][unchecked: w] = sums[unchecked: r][unchecked: w]
            .adding(x, times: b.load(w &* bColumn))
        }
      }
      a = a + step
      b = b + bStep
    }
    for r in 0..<R { unsafe finish(r, sums[unchecked: r]) }
  }

  /// `C (+)= A · B`, a function of its own so that the code of each tile exists once.
  @inline(never)
  static func compute(
    length: Int, a: Floats, rowStride: Int, step: Int, b: Floats, bStep: Int,
    c: Floats, cStride: Int, accumulate: Bool
  ) {
    // Rows of an output lie too far apart for the processor to foresee them. Asked for at the start,
    // their lines are there when the chains end: a tenth faster where the output exceeds the cache.
    for r in 0..<R { c.prefetchForWriting(r &* cStride) }
    run(
      length: length, a: a, rowStride: rowStride, step: step, b: b, bStep: bStep,
      from: accumulate ? c : nil, initialStride: cStride
    ) { r, row in
      for w in 0..<W { unsafe c.store(row[unchecked: w], r &* cStride &+ 16 &* w) }
    }
  }
}

#if WIDE_REGISTERS
  /// The largest tile: 12 × 32 fills 24 of 32 registers of 512 bits.
  let tileRows = 12
  let tileColumns = 32
#else
  /// The largest tile: 6 × 16 fills 12 of 16 registers of 256 bits.
  let tileRows = 6
  let tileColumns = 16
#endif

/// `C[rows, 32 or 16] (+)= A · B`, one strip of columns, by tiles of falling height.
///
/// - Parameters:
///   - wide: 32 columns, else 16.
///   - a, b, c: as in `Tile.compute`.
@inline(always)
func multiplyStrip(
  rows: Int, wide: Bool, length: Int, a: Floats, rowStride: Int, step: Int, b: Floats, bStep: Int,
  c: Floats, cStride: Int, accumulate: Bool
) {
  @inline(always)
  func tile<let R: Int>(_: InlineArray<R, Void>.Type, at row: Int) {
    let a = a + row &* rowStride
    let c = c + row &* cStride
    #if WIDE_REGISTERS
      let fits = true
    #else
      let fits = R <= 2
    #endif
    if wide && fits {
      Tile<R, 2>.compute(
        length: length, a: a, rowStride: rowStride, step: step, b: b, bStep: bStep, c: c,
        cStride: cStride, accumulate: accumulate)
    } else {
      Tile<R, 1>.compute(
        length: length, a: a, rowStride: rowStride, step: step, b: b, bStep: bStep, c: c,
        cStride: cStride, accumulate: accumulate)
      if wide {
        Tile<R, 1>.compute(
          length: length, a: a, rowStride: rowStride, step: step, b: b + 16, bStep: bStep,
          c: c + 16, cStride: cStride, accumulate: accumulate)
      }
    }
  }
  var row = 0
  #if WIDE_REGISTERS
    while row &+ 12 <= rows {
      tile(InlineArray<12, Void>.self, at: row)
      row &+= 12
    }
    if row &+ 8 <= rows {
      tile(InlineArray<8, Void>.self, at: row)
      row &+= 8
    }
  #else
    while row &+ 6 <= rows {
      tile(InlineArray<6, Void>.self, at: row)
      row &+= 6
    }
  #endif
  if row &+ 4 <= rows {
    tile(InlineArray<4, Void>.self, at: row)
    row &+= 4
  }
  if row < rows && rows >= 4 && !accumulate {
    // One tile over rows that are done already, to the same bits, is faster than two small ones.
    tile(InlineArray<4, Void>.self, at: rows &- 4)
    return
  }
  if row &+ 2 <= rows {
    tile(InlineArray<2, Void>.self, at: row)
    row &+= 2
  }
  if row < rows { tile(InlineArray<1, Void>.self, at: row) }
}

/// `C[rows, width] (+)= A · B` for a row-major `B` with a width that is a multiple of 16.
@inline(always)
func multiplyRows(
  rows: Int, width: Int, length: Int, a: Floats, rowStride: Int, step: Int, b: Floats, bStep: Int,
  c: Floats, cStride: Int, accumulate: Bool
) {
  var column = 0
  while column < width {
    multiplyStrip(
      rows: rows, wide: column &+ 32 <= width, length: length, a: a, rowStride: rowStride,
      step: step, b: b + column, bStep: bStep, c: c + column, cStride: cStride,
      accumulate: accumulate)
    column &+= 32
  }
}
