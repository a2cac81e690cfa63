// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func attend(
    _ output: FloatView, logSums: FloatView, qkv: FloatView, segments: Span<Segment>,
    heads: HeadShape, scratch: FloatView
  ) {
    let D = heads.headWidth
    let width = heads.projectionWidth
    for index in segments.indices {
      let segment = segments[index]
      guard segment.ownCount > 0 else { continue }
      let extent = max(
        segment.ownStart + segment.ownCount, segment.prefixStart + segment.prefixCount)
      let output = Floats(output, atLeast: extent * heads.queryWidth)
      let logSums = Floats(logSums, atLeast: extent * heads.heads)
      let qkv = Floats(qkv, atLeast: extent * width)
      let space = AttentionSpace(scratch, keys: segment.keyCount, D: D)
      for head in 0..<heads.keyValueHeads {
        forEachKey(of: segment) { j, row in
          let row = qkv + row &* width
          packColumn(space.keyBlocks, j: j, from: row + heads.keyColumn(head), D: D)
          (space.values + j &* D).copy(from: row + heads.valueColumn(head), count: D)
        }
        for query in head * heads.group..<(head + 1) * heads.group {
          attendHead(
            rows: segment.ownCount, first: segment.prefixCount, D: D,
            q: qkv + (segment.ownStart * width + heads.queryColumn(query)), qStride: width,
            keys: space.keyBlocks, values: space.values,
            output: output + (segment.ownStart * heads.queryWidth + query * D),
            outputStride: heads.queryWidth,
            logSums: logSums + (segment.ownStart * heads.heads + query),
            logSumStride: heads.heads, S: space.rest)
        }
      }
    }
  }
}

/// The rows whose keys a segment attends: `body(place among the keys, row of the batch)`.
@inline(always)
func forEachKey(of segment: Segment, _ body: (Int, Int) -> Void) {
  for j in 0..<segment.prefixCount { body(j, segment.prefixStart &+ j) }
  for j in 0..<segment.ownCount { body(segment.prefixCount &+ j, segment.ownStart &+ j) }
}

/// How the forward pass divides its scratch space.
struct AttentionSpace {
  let keyBlocks: Floats
  let values: Floats
  /// Scores of at most `attentionRowLimit` rows, then one factor for each.
  let rest: Floats

  init(_ scratch: FloatView, keys: Int, D: Int) {
    let size = paddedWidth(keys) * D
    let start = Floats(scratch, atLeast: attentionScratch(keys: keys, headWidth: D))
    keyBlocks = start
    values = start + size
    rest = start + 2 * size
  }
}

/// One head: query row `i` attends keys `0...first + i`.
///
///     s_ij = q_i · k_j,  p_ij = exp(s_ij − max_j s_ij),  o_i = (Σ_j p_ij v_j) / Σ_j p_ij
///
/// A tile of rows runs over the keys of its last row; the rows above have zeros there, and a chain
/// that adds products with zero keeps its bits (but for the sign of a sum that underflowed to −0).
///
/// - Parameter logSums: left alone if nothing.
func attendHead(
  rows: Int, first: Int, D: Int, q: Floats, qStride: Int, keys: Floats, values: Floats,
  output: Floats, outputStride: Int, logSums: Floats?, logSumStride: Int, S: Floats
) {
  var start = 0
  while start < rows {
    let count = attentionChunk(rows - start)
    let visible = first + start + count
    let blocks = (visible + 15) >> 4
    let sStride = blocks * 16
    let factors = S + attentionRowLimit * sStride
    scores(
      rows: count, blocks: blocks, D: D, q: q + start * qStride, qStride: qStride, keys: keys, S: S,
      sStride: sStride)
    for i in 0..<count {
      let row = softmaxRow(S + i * sStride, length: first + start + i + 1, blocks: blocks)
      factors[i] = 1 / row.sum
      if let logSums { logSums[(start + i) * logSumStride] = row.maximum + naturalLog(row.sum) }
    }
    let output = output + start * outputStride
    multiplyRows(
      rows: count, width: D, length: visible, a: S, rowStride: sStride, step: 1, b: values,
      bStep: D, c: output, cStride: outputStride, accumulate: false)
    for i in 0..<count {
      let row = output + i * outputStride
      for d in stride(from: 0, to: D, by: 16) {
        row.store(row.load(d) * Vector(repeating: factors[i]), d)
      }
    }
    start += count
  }
}
