// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Rows of queries whose scores are held at once in the forward pass: two large tiles.
private let attentionRows = 24
/// The most that they can be: a rest that would not fill a tile joins the rows before it.
let attentionRowLimit = attentionRows + 11

/// How many of the rows still to be done come next.
@inline(always)
func attentionChunk(_ rest: Int) -> Int { rest <= attentionRowLimit ? rest : attentionRows }

/// Puts row `j` of keys `[D]` into blocks of sixteen, `[block][D][16]`, so that the scores of
/// sixteen keys are the lanes of one vector.
@inline(always)
func packColumn(_ blocks: Floats, j: Int, from row: Floats, D: Int) {
  let target = blocks + ((j >> 4) &* D &* 16 &+ (j & 15))
  for d in 0..<D { target[d &* 16] = row[d] }
}

/// `S[rows, 16 · blocks] = Q · Kᵀ` for keys in blocks of sixteen.
///
/// - Parameters:
///   - q: `[rows, D]`, rows `qStride` apart.
///   - S: rows `sStride` apart.
@inline(always)
func scores(
  rows: Int, blocks: Int, D: Int, q: Floats, qStride: Int, keys: Floats, S: Floats, sStride: Int
) {
  var row = 0
  #if WIDE_REGISTERS
    while row &+ 8 <= rows {
      ScoreTile<8, 2>.compute(
        blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
        S: S + row &* sStride, sStride: sStride)
      row &+= 8
    }
  #else
    while row &+ 6 <= rows {
      ScoreTile<6, 1>.compute(
        blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
        S: S + row &* sStride, sStride: sStride)
      row &+= 6
    }
  #endif
  @inline(always)
  func four(at row: Int) {
    #if WIDE_REGISTERS
      ScoreTile<4, 4>.compute(
        blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
        S: S + row &* sStride, sStride: sStride)
    #else
      ScoreTile<4, 1>.compute(
        blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
        S: S + row &* sStride, sStride: sStride)
    #endif
  }
  while row &+ 4 <= rows {
    four(at: row)
    row &+= 4
  }
  if row < rows && rows >= 4 { return four(at: rows &- 4) }
  if row &+ 2 <= rows {
    ScoreTile<2, 2>.compute(
      blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
      S: S + row &* sStride, sStride: sStride)
    row &+= 2
  }
  if row < rows {
    ScoreTile<1, 4>.compute(
      blocks: blocks, D: D, q: q + row &* qStride, qStride: qStride, keys: keys,
      S: S + row &* sStride, sStride: sStride)
  }
}

/// `R` rows of scores, `W` blocks of keys at a time.
private enum ScoreTile<let R: Int, let W: Int> {
  @inline(never)
  static func compute(
    blocks: Int, D: Int, q: Floats, qStride: Int, keys: Floats, S: Floats, sStride: Int
  ) {
    let size = D &* 16
    var block = 0
    while block &+ W <= blocks {
      Tile<R, W>.run(
        length: D, a: q, rowStride: qStride, step: 1, b: keys + block &* size, bStep: 16,
        bColumn: size, from: nil
      ) { r, row in
        for w in 0..<W { unsafe S.store(row[unchecked: w], r &* sStride &+ (block &+ w) &* 16) }
      }
      block &+= W
    }
    while block < blocks {
      Tile<R, 1>.run(
        length: D, a: q, rowStride: qStride, step: 1, b: keys + block &* size, bStep: 16, from: nil
      ) { r, row in
        unsafe S.store(row[unchecked: 0], r &* sStride &+ block &* 16)
      }
      block &+= 1
    }
  }
}

/// Turns a row of scores into exponentials of their distance to the maximum, zero past `length`.
///
/// - Parameters:
///   - S: `[16 · blocks]`; what lies past `length` may be anything, even not a number.
///   - length: keys that the row attends, at least 1.
/// - Returns: the maximum, and the sum of the exponentials.
@inline(always)
func softmaxRow(_ S: Floats, length: Int, blocks: Int) -> (maximum: Float, sum: Float) {
  let seen = (length &+ 15) >> 4
  // Every block is treated as the last is: with a tail of its own behind the loop, the compiler
  // computes the tail in quarter registers.
  var largest = Vector(repeating: -.infinity)
  for block in 0..<seen {
    let s = S.load(block &* 16).minusInfinity(from: length &- block &* 16)
    largest = larger(largest, s)
  }
  let maximum = foldedMaximum(largest)
  var sum = Vector.zero
  for block in 0..<seen {
    let e = exp16(S.load(block &* 16) - Vector(repeating: maximum))
      .keeping(length &- block &* 16)
    S.store(e, block &* 16)
    sum += e
  }
  for block in seen..<max(blocks, seen) { S.store(.zero, block &* 16) }
  return (maximum, foldedSum(sum))
}
