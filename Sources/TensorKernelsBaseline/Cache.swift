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
      let q = qkv + row * heads.projectionWidth
      let out = output + row * heads.queryWidth
      let start = place.slot * cache.slotStride
      if count == 1 {
        attendPosition(
          length: place.position + 1, cache: cache, q: q, keys: keys + start,
          values: values + start, output: out, S: S)
      } else {
        for head in 0..<heads.heads {
          let at = start + head / heads.group * cache.headStride
          attendHead(
            rows: count, first: place.position, D: D, q: q + head * D,
            qStride: heads.projectionWidth, keys: keys + at, values: values + at,
            output: out + head * D, outputStride: heads.queryWidth, logSums: nil,
            logSumStride: 0, S: S)
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

/// One position of one slot, several heads side by side: one head alone is a few short chains, each
/// waiting for itself. The bits of `attendHead`, whose chains are the same.
///
/// - Parameters:
///   - q, output: `[H·D]`.
///   - keys, values: of the slot, its heads `cache.headStride` apart.
private func attendPosition(
  length: Int, cache: CacheShape, q: Floats, keys: Floats, values: Floats, output: Floats,
  S: Floats
) {
  let heads = cache.heads.heads
  var head = 0
  while head &+ 4 <= heads {
    HeadTile<4>.attend(
      head: head, length: length, cache: cache, q: q, keys: keys, values: values, output: output,
      S: S)
    head &+= 4
  }
  if head < heads && heads >= 4 {
    // Over heads that are done already, to the same bits.
    return HeadTile<4>.attend(
      head: heads &- 4, length: length, cache: cache, q: q, keys: keys, values: values,
      output: output, S: S)
  }
  while head < heads {
    HeadTile<1>.attend(
      head: head, length: length, cache: cache, q: q, keys: keys, values: values, output: output,
      S: S)
    head &+= 1
  }
}

/// `R` query heads of one position.
private enum HeadTile<let R: Int> {
  @inline(never)
  static func attend(
    head: Int, length: Int, cache: CacheShape, q: Floats, keys: Floats, values: Floats,
    output: Floats, S: Floats
  ) {
    let D = cache.heads.headWidth
    let blocks = (length &+ 15) >> 4
    let sStride = blocks &* 16
    // Where each head's keys and values begin.
    var place = InlineArray<R, Int>(repeating: 0)
    for r in 0..<R {
      unsafe place[unchecked: r] = (head &+ r) / cache.heads.group &* cache.headStride
    }
    let q = q + head &* D
    let output = output + head &* D
    scores(blocks: blocks, D: D, q: q, keys: keys, place: place, S: S, sStride: sStride)
    var factors = InlineArray<R, Float>(repeating: 0)
    for r in 0..<R {
      let row = softmaxRow(S + r &* sStride, length: length, blocks: blocks)
      unsafe factors[unchecked: r] = 1 / row.sum
    }
    for d in stride(from: 0, to: D, by: 16) {
      var sums = InlineArray<R, Vector>(repeating: .zero)
      for j in 0..<length {
        for r in 0..<R {
          let weight = Vector(repeating: S[r &* sStride &+ j])
          unsafe sums[unchecked: r] = sums[unchecked: r]
            .addingProduct(weight, values.load(place[unchecked: r] &+ j &* D &+ d))
        }
      }
      for r in 0..<R {
        unsafe output.store(
          sums[unchecked: r] * Vector(repeating: factors[unchecked: r]), r &* D &+ d)
      }
    }
  }

  /// `S[R, 16 · blocks]`, each row from keys of its own.
  @inline(always)
  private static func scores(
    blocks: Int, D: Int, q: Floats, keys: Floats, place: InlineArray<R, Int>, S: Floats,
    sStride: Int
  ) {
    for block in 0..<blocks {
      var sums = InlineArray<R, Vector>(repeating: .zero)
      let keys = keys + block &* D &* 16
      for d in 0..<D {
        for r in 0..<R {
          let x = Vector(repeating: q[r &* D &+ d])
          unsafe sums[unchecked: r] = sums[unchecked: r]
            .addingProduct(x, keys.load(place[unchecked: r] &+ d &* 16))
        }
      }
      for r in 0..<R { unsafe S.store(sums[unchecked: r], r &* sStride &+ block &* 16) }
    }
  }
}
