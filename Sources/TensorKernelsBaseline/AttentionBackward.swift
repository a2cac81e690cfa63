// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func attendBackward(
    _ dqkv: FloatView, dOutput: FloatView, output: FloatView, logSums: FloatView, qkv: FloatView,
    segments: Span<Segment>, heads: HeadShape, rows: Int, scratch: FloatView
  ) {
    let D = heads.headWidth
    let width = heads.projectionWidth
    let dqkv = Floats(dqkv, atLeast: rows * width)
    let dOutput = Floats(dOutput, atLeast: rows * heads.queryWidth)
    let output = Floats(output, atLeast: rows * heads.queryWidth)
    let logSums = Floats(logSums, atLeast: rows * heads.heads)
    let qkv = Floats(qkv, atLeast: rows * width)
    dqkv.zero(count: rows * width)
    for index in segments.indices.reversed() {
      let segment = segments[index]
      guard segment.ownCount > 0 else { continue }
      precondition(segment.ownStart + segment.ownCount <= rows)
      precondition(segment.prefixStart + segment.prefixCount <= rows)
      let space = BackwardSpace(scratch, segment: segment, D: D)
      for head in 0..<heads.keyValueHeads {
        forEachKey(of: segment) { j, row in
          let row = qkv + row &* width
          let key = row + heads.keyColumn(head)
          packColumn(space.keyBlocks, j: j, from: key, D: D)
          (space.keys + j &* D).copy(from: key, count: D)
          packColumn(space.valueBlocks, j: j, from: row + heads.valueColumn(head), D: D)
        }
        let own = segment.ownStart
        for query in head * heads.group..<(head + 1) * heads.group {
          attendHeadBackward(
            HeadGradient(
              rows: segment.ownCount, first: segment.prefixCount, D: D, width: width,
              outputWidth: heads.queryWidth,
              q: qkv + (own * width + heads.queryColumn(query)),
              output: output + (own * heads.queryWidth + query * D),
              dOutput: dOutput + (own * heads.queryWidth + query * D),
              logSums: logSums + (own * heads.heads + query), logSumStride: heads.heads,
              dq: dqkv + (own * width + heads.queryColumn(query))),
            space: space, accumulate: query > head * heads.group)
        }
        forEachKey(of: segment) { j, row in
          let row = dqkv + row &* width
          addRow(row + heads.keyColumn(head), space.dKeys + j &* D, width: D)
          addRow(row + heads.valueColumn(head), space.dValues + j &* D, width: D)
        }
      }
    }
  }
}

@inline(always)
func addRow(_ y: Floats, _ x: Floats, width: Int) {
  for d in stride(from: 0, to: width, by: 16) { y.store(y.load(d) + x.load(d), d) }
}

/// How the backward pass divides its scratch space.
private struct BackwardSpace {
  let keyBlocks: Floats
  let valueBlocks: Floats
  let keys: Floats
  let dKeys: Floats
  let dValues: Floats
  /// P, and the gradient of the scores; rows of `stride`.
  let P: Floats
  let dS: Floats
  let stride: Int

  init(_ scratch: FloatView, segment: Segment, D: Int) {
    let keyCount = segment.keyCount
    stride = paddedWidth(keyCount)
    let size = stride * D
    let start = Floats(scratch, atLeast: attentionScratch(keys: keyCount, headWidth: D))
    keyBlocks = start
    valueBlocks = start + size
    keys = start + 2 * size
    dKeys = start + 3 * size
    dValues = start + 4 * size
    P = start + 5 * size
    dS = P + segment.ownCount * stride
  }
}

/// What the backward pass of one query head reads and writes; strides as in the forward pass.
private struct HeadGradient {
  let rows: Int
  let first: Int
  let D: Int
  let width: Int
  let outputWidth: Int
  let q: Floats
  let output: Floats
  let dOutput: Floats
  let logSums: Floats
  let logSumStride: Int
  let dq: Floats
}

/// One query head of one segment. With the probabilities `p_ij = exp(q_i·k_j − logSum_i)`:
///
///     o_i  = Σ_j p_ij v_j          dv_j += Σ_i p_ij do_i
///     s_ij = q_i · k_j             ds_ij = p_ij (do_i · v_j − do_i · o_i)
///                                  dq_i  = Σ_j ds_ij k_j,   dk_j += Σ_i ds_ij q_i
///
/// - Parameter accumulate: whether keys and values have gradients of an earlier head already.
private func attendHeadBackward(_ head: HeadGradient, space: BackwardSpace, accumulate: Bool) {
  let D = head.D
  let sStride = space.stride
  let blocks = sStride / 16
  var start = 0
  while start < head.rows {
    // A rest of up to three rows is cheaper in the tile before it.
    let rest = head.rows - start
    let count = rest <= tileRows + 3 ? rest : tileRows
    let visible = head.first + start + count
    let visibleBlocks = (visible + 15) >> 4
    let P = space.P + start * sStride
    let dS = space.dS + start * sStride
    scores(
      rows: count, blocks: visibleBlocks, D: D, q: head.q + start * head.width,
      qStride: head.width, keys: space.keyBlocks, S: P, sStride: sStride)
    scores(
      rows: count, blocks: visibleBlocks, D: D, q: head.dOutput + start * head.outputWidth,
      qStride: head.outputWidth, keys: space.valueBlocks, S: dS, sStride: sStride)
    for i in 0..<count {
      let row = start + i
      scoreGradientRow(
        P: P + i * sStride, dS: dS + i * sStride, length: head.first + row + 1, blocks: blocks,
        output: head.output + row * head.outputWidth,
        dOutput: head.dOutput + row * head.outputWidth, D: D,
        logSum: head.logSums[row * head.logSumStride])
    }
    multiplyRows(
      rows: count, width: D, length: visible, a: dS, rowStride: sStride, step: 1, b: space.keys,
      bStep: D, c: head.dq + start * head.width, cStride: head.width, accumulate: false)
    start += count
  }
  // By tiles of keys; the rows that cannot see a tile hold zeros there and are left out.
  let keyCount = head.first + head.rows
  for j in stride(from: 0, to: keyCount, by: tileRows) {
    let count = min(tileRows, keyCount - j)
    let from = max(0, j - head.first)
    let length = head.rows - from
    multiplyRows(
      rows: count, width: D, length: length, a: space.P + (from * sStride + j), rowStride: 1,
      step: sStride, b: head.dOutput + from * head.outputWidth, bStep: head.outputWidth,
      c: space.dValues + j * D, cStride: D, accumulate: accumulate)
    multiplyRows(
      rows: count, width: D, length: length, a: space.dS + (from * sStride + j), rowStride: 1,
      step: sStride, b: head.q + from * head.width, bStep: head.width, c: space.dKeys + j * D,
      cStride: D, accumulate: accumulate)
  }
}

/// Scores to probabilities in `P`, and `do · v` to score gradients in `dS`; zeros past `length`,
/// where both may come in as anything.
@inline(always)
private func scoreGradientRow(
  P: Floats, dS: Floats, length: Int, blocks: Int, output: Floats, dOutput: Floats, D: Int,
  logSum: Float
) {
  var products = Vector.zero
  for d in stride(from: 0, to: D, by: 16) {
    products = products.addingProduct(dOutput.load(d), output.load(d))
  }
  let mean = foldedSum(products)
  let seen = (length &+ 15) >> 4
  for block in 0..<seen {
    let kept = length &- block &* 16
    let p = exp16(P.load(block &* 16) - Vector(repeating: logSum))
    let gradient = p * (dS.load(block &* 16) - Vector(repeating: mean))
    P.store(p.keeping(kept), block &* 16)
    dS.store(gradient.keeping(kept), block &* 16)
  }
  for block in seen..<max(blocks, seen) {
    P.store(.zero, block &* 16)
    dS.store(.zero, block &* 16)
  }
}
