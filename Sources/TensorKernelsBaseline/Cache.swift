// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func store(
    keys: FloatView, values: FloatView, cache: CacheShape, qkv: FloatView, places: Span<CacheRow>
  ) {
    let heads = cache.heads
    let D = heads.headWidth
    let keys = Floats(keys, atLeast: cache.count)
    let values = Floats(values, atLeast: cache.count)
    let qkv = Floats(qkv, atLeast: places.count * heads.projectionWidth)
    for row in places.indices {
      let place = places[row]
      cache.check(place)
      let source = qkv + row * heads.projectionWidth
      for head in 0..<heads.keyValueHeads {
        let start = place.slot * cache.slotStride + head * cache.headStride
        packColumn(keys + start, j: place.position, from: source + heads.keyColumn(head), D: D)
        (values + (start + place.position * D))
          .copy(from: source + heads.valueColumn(head), count: D)
      }
    }
  }

  package func attendCache(
    _ output: FloatView, qkv: FloatView, keys: FloatView, values: FloatView, cache: CacheShape,
    places: Span<CacheRow>, scratch: FloatView
  ) {
    let heads = cache.heads
    let D = heads.headWidth
    let output = Floats(output, atLeast: places.count * heads.queryWidth)
    let qkv = Floats(qkv, atLeast: places.count * heads.projectionWidth)
    let keys = Floats(keys, atLeast: cache.count)
    let values = Floats(values, atLeast: cache.count)
    let S = Floats(scratch, atLeast: attentionScratch(keys: cache.positions, headWidth: D))
    var row = 0
    while row < places.count {
      let place = places[row]
      cache.check(place)
      let count = run(from: row, in: places)
      cache.check(CacheRow(slot: place.slot, position: place.position + count - 1))
      for head in 0..<heads.keyValueHeads {
        let start = place.slot * cache.slotStride + head * cache.headStride
        let q = qkv + (row * heads.projectionWidth + heads.queryColumn(head * heads.group))
        let out = output + (row * heads.queryWidth + head * heads.group * D)
        if count == 1 {
          attendPosition(
            group: heads.group, length: place.position + 1, D: D, q: q, keys: keys + start,
            values: values + start, output: out, S: S)
        } else {
          for query in 0..<heads.group {
            attendHead(
              rows: count, first: place.position, D: D, q: q + query * D,
              qStride: heads.projectionWidth, keys: keys + start, values: values + start,
              output: out + query * D, outputStride: heads.queryWidth, logSums: nil,
              logSumStride: 0, S: S)
          }
        }
      }
      row += count
    }
  }

  package func copySlot(
    keys: FloatView, values: FloatView, cache: CacheShape, from source: Int, to target: Int,
    positions: Int
  ) {
    let D = cache.heads.headWidth
    let keys = Floats(keys, atLeast: cache.count)
    let values = Floats(values, atLeast: cache.count)
    precondition(positions >= 0 && positions <= cache.positions)
    precondition(min(source, target) >= 0 && max(source, target) < cache.slots)
    guard source != target else { return }
    for head in 0..<cache.heads.keyValueHeads {
      let from = source * cache.slotStride + head * cache.headStride
      let to = target * cache.slotStride + head * cache.headStride
      (keys + to).copy(from: keys + from, count: paddedWidth(positions) * D)
      (values + to).copy(from: values + from, count: positions * D)
    }
  }

  /// How many rows from `start` on follow one another in one slot.
  private func run(from start: Int, in places: Span<CacheRow>) -> Int {
    let first = places[start]
    var count = 1
    while start + count < places.count {
      let next = places[start + count]
      guard next.slot == first.slot, next.position == first.position + count else { break }
      count += 1
    }
    return count
  }
}

extension CacheShape {
  func check(_ place: CacheRow) {
    precondition(place.slot >= 0 && place.slot < slots)
    precondition(place.position >= 0 && place.position < positions)
  }
}

/// One position of one slot: the query heads of a group share its keys, so they are the rows of
/// the tile. The bits of `attendHead`, whose chains are the same.
private func attendPosition(
  group: Int, length: Int, D: Int, q: Floats, keys: Floats, values: Floats, output: Floats,
  S: Floats
) {
  let blocks = (length + 15) >> 4
  let sStride = blocks * 16
  let factors = S + attentionRows * sStride
  for start in stride(from: 0, to: group, by: attentionRows) {
    let count = min(attentionRows, group - start)
    let output = output + start * D
    scores(
      rows: count, blocks: blocks, D: D, q: q + start * D, qStride: D, keys: keys, S: S,
      sStride: sStride)
    for i in 0..<count {
      factors[i] = 1 / softmaxRow(S + i * sStride, length: length, blocks: blocks).sum
    }
    multiplyRows(
      rows: count, width: D, length: length, a: S, rowStride: sStride, step: 1, b: values,
      bStep: D, c: output, cStride: D, accumulate: false)
    for i in 0..<count {
      for d in stride(from: i * D, to: (i + 1) * D, by: 16) {
        output.store(output.load(d) * Vector(repeating: factors[i]), d)
      }
    }
  }
}
