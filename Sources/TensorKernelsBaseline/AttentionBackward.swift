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
    let extent = extent(of: segments)
    precondition(extent.rows <= rows)
    let space = BackwardSpace(scratch, keys: extent.keys, D: D)
    for head in 0..<heads.keyValueHeads {
      var prefix = PackedPrefix()
      for index in segments.indices.reversed() where segments[index].ownCount > 0 {
        let segment = segments[index]
        forEachKey(of: segment, from: prefix.keysThere(for: segment)) { j, row in
          let row = qkv + row &* width
          let key = row + heads.keyColumn(head)
          packColumn(space.keyBlocks, j: j, from: key, D: D)
          (space.keys + j &* D).copyRow(from: key, width: D)
          packColumn(space.valueBlocks, j: j, from: row + heads.valueColumn(head), D: D)
        }
        space.dKeys.zero(count: segment.keyCount * D)
        space.dValues.zero(count: segment.keyCount * D)
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
            space: space)
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

/// Rows of queries whose probabilities are held at once in the backward pass: four large tiles.
private let gradientRows = 4 * tileRows
/// The most that they can be: a rest of up to three rows is cheaper in the block before it.
private let gradientRowLimit = gradientRows + 3

/// How the backward pass divides its scratch space.
private struct BackwardSpace {
  let keyBlocks: Floats
  let valueBlocks: Floats
  let keys: Floats
  let dKeys: Floats
  let dValues: Floats
  /// Of a block of rows: P, and the gradient of the scores; rows of `stride`.
  let P: Floats
  let dS: Floats
  let stride: Int

  init(_ scratch: FloatView, keys count: Int, D: Int) {
    stride = paddedWidth(count)
    let size = stride * D
    let start = Floats(scratch, atLeast: attentionScratch(keys: count, headWidth: D))
    keyBlocks = start
    valueBlocks = start + size
    keys = start + 2 * size
    dKeys = start + 3 * size
    dValues = start + 4 * size
    P = start + 5 * size
    dS = P + gradientRowLimit * stride
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
/// The gradients of keys and values are added to what earlier heads left there. Rows are taken in
/// blocks whose probabilities stay in the first-level cache; chains over the rows go on from block to
/// block through memory.
private func attendHeadBackward(_ head: HeadGradient, space: BackwardSpace) {
  let D = head.D
  let sStride = space.stride
  var start = 0
  while start < head.rows {
    let rest = head.rows - start
    let count = rest <= gradientRowLimit ? rest : gradientRows
    let visible = head.first + start + count
    let visibleBlocks = (visible + 15) >> 4
    let (P, dS) = (space.P, space.dS)
    scores(
      rows: count, blocks: visibleBlocks, D: D, q: head.q + start * head.width,
      qStride: head.width, keys: space.keyBlocks, S: P, sStride: sStride)
    scores(
      rows: count, blocks: visibleBlocks, D: D, q: head.dOutput + start * head.outputWidth,
      qStride: head.outputWidth, keys: space.valueBlocks, S: dS, sStride: sStride)
    for i in 0..<count {
      let row = start + i
      scoreGradientRow(
        P: P + i * sStride, dS: dS + i * sStride, length: head.first + row + 1,
        blocks: visibleBlocks,
        output: head.output + row * head.outputWidth,
        dOutput: head.dOutput + row * head.outputWidth, D: D,
        logSum: head.logSums[row * head.logSumStride])
    }
    multiplyRows(
      rows: count, width: D, length: visible, a: dS, rowStride: sStride, step: 1, b: space.keys,
      bStep: D, c: head.dq + start * head.width, cStride: head.width, accumulate: false)
    // By tiles of keys, chains going on from block to block; the rows of the block that cannot see a
    // tile hold zeros there and are left out.
    for j in stride(from: 0, to: visible, by: tileRows) {
      let keys = min(tileRows, visible - j)
      let from = max(0, j - head.first - start)
      multiplyRows(
        rows: keys, width: D, length: count - from, a: P + (from * sStride + j), rowStride: 1,
        step: sStride, b: head.dOutput + (start + from) * head.outputWidth,
        bStep: head.outputWidth, c: space.dValues + j * D, cStride: D, accumulate: true)
      multiplyRows(
        rows: keys, width: D, length: count - from, a: dS + (from * sStride + j), rowStride: 1,
        step: sStride, b: head.q + (start + from) * head.width, bStep: head.width,
        c: space.dKeys + j * D, cStride: D, accumulate: true)
    }
    start += count
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
    products = products.adding(dOutput.load(d), times: output.load(d))
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
