// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func attend(
    _ output: FloatView, logSums: FloatView, qkv: FloatView, segments: Span<Segment>,
    heads: HeadShape, scratch: FloatView
  ) {
    let D = heads.headWidth
    let width = heads.projectionWidth
    let extent = extent(of: segments)
    let output = Floats(output, atLeast: extent.rows * heads.queryWidth)
    let logSums = Floats(logSums, atLeast: extent.rows * heads.heads)
    let qkv = Floats(qkv, atLeast: extent.rows * width)
    let space = AttentionSpace(scratch, keys: extent.keys, D: D)
    for head in 0..<heads.keyValueHeads {
      var prefix = PackedPrefix()
      for index in segments.indices where segments[index].ownCount > 0 {
        let segment = segments[index]
        forEachKey(of: segment, from: prefix.keysThere(for: segment)) { j, row in
          let row = qkv + row &* width
          packColumn(space.keyBlocks, j: j, from: row + heads.keyColumn(head), D: D)
          (space.values + j &* D).copyRow(from: row + heads.valueColumn(head), width: D)
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

/// One more than the last row that any segment reads or writes, and the most keys that one attends.
func extent(of segments: Span<Segment>) -> (rows: Int, keys: Int) {
  var (rows, keys) = (0, 0)
  for index in segments.indices {
    let segment = segments[index]
    rows = max(
      rows, segment.ownStart + segment.ownCount, segment.prefixStart + segment.prefixCount)
    keys = max(keys, segment.keyCount)
  }
  return (rows, keys)
}

/// The prefix whose keys stand in scratch space: the rollouts of a prompt follow one another and
/// find them there.
struct PackedPrefix {
  private var start = 0
  private var count = 0

  /// How many of the segment's keys need not be packed again.
  @inline(always)
  mutating func keysThere(for segment: Segment) -> Int {
    let isThere = segment.prefixStart == start && segment.prefixCount == count
    (start, count) = (segment.prefixStart, segment.prefixCount)
    return isThere ? count : 0
  }
}

/// The rows whose keys a segment attends, but for the first few: `body(place among the keys, row of
/// the batch)`.
@inline(always)
func forEachKey(of segment: Segment, from first: Int = 0, _ body: (Int, Int) -> Void) {
  for j in first..<max(first, segment.prefixCount) { body(j, segment.prefixStart &+ j) }
  for j in 0..<segment.ownCount { body(segment.prefixCount &+ j, segment.ownStart &+ j) }
}

/// How the forward pass divides its scratch space.
struct AttentionSpace {
  let keyBlocks: Floats
  let values: Floats
  /// Scores of at most `attentionRowLimit` rows, then a sum and a maximum for each.
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
    let sums = S + attentionRowLimit * sStride
    let maxima = sums + paddedWidth(attentionRowLimit)
    scores(
      rows: count, blocks: blocks, D: D, q: q + start * qStride, qStride: qStride, keys: keys, S: S,
      sStride: sStride)
    for i in 0..<count {
      let row = softmaxRow(S + i * sStride, length: first + start + i + 1, blocks: blocks)
      sums[i] = row.sum
      maxima[i] = row.maximum
    }
    if let logSums {
      // Sixteen rows at once: a logarithm alone is one long chain that waits for itself.
      for i in stride(from: 0, to: count, by: 16) {
        let logs = maxima.load(i) + log16(sums.load(i))
        for lane in 0..<min(16, count - i) {
          logSums[(start + i + lane) * logSumStride] = logs[lane]
        }
      }
    }
    let output = output + start * outputStride
    multiplyRows(
      rows: count, width: D, length: visible, a: S, rowStride: sStride, step: 1, b: values,
      bStep: D, c: output, cStride: outputStride, accumulate: false)
    for i in 0..<count {
      let row = output + i * outputStride
      let factor = Vector(repeating: 1 / sums[i])
      for d in stride(from: 0, to: D, by: 16) {
        row.store(row.load(d) * factor, d)
      }
    }
    start += count
  }
}
