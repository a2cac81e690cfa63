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
          .copyRow(from: source + heads.valueColumn(head), width: D)
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
    let S = Floats(scratch, atLeast: attentionScratch(cache))
    var row = 0
    while row < places.count {
      let place = places[row]
      let q = qkv + row * heads.projectionWidth
      let out = output + row * heads.queryWidth
      let count = sequence(from: row, in: places)
      if count > 1 {
        cache.check(place)
        cache.check(CacheRow(slot: place.slot, position: place.position + count - 1))
        for head in 0..<heads.heads {
          let at = cache.start(place.slot, query: head)
          attendHead(
            rows: count, first: place.position, D: D, q: q + head * D,
            qStride: heads.projectionWidth, keys: keys + at, values: values + at,
            output: out + head * D, outputStride: heads.queryWidth, logSums: nil,
            logSumStride: 0, S: S)
        }
        row += count
      } else {
        let count = group(from: row, in: places)
        for row in row..<row + count { cache.check(places[row]) }
        SharedPrefix(
          cache: cache, prefixSlot: place.prefixSlot, prefixCount: place.prefixCount,
          rows: count, q: q, keys: keys, values: values, output: out, S: S
        ).attend { unsafe places[unchecked: row + $0] }
        row += count
      }
    }
  }

  /// How many rows from `start` on follow one another in one slot and have no prefix.
  private func sequence(from start: Int, in places: Span<CacheRow>) -> Int {
    let first = places[start]
    var count = 1
    while start + count < places.count {
      let next = places[start + count]
      guard next.slot == first.slot, next.position == first.position + count,
        first.prefixCount == 0, next.prefixCount == 0
      else { break }
      count += 1
    }
    return count
  }

  /// How many rows from `start` on share a prefix, at most as many as are held at once.
  private func group(from start: Int, in places: Span<CacheRow>) -> Int {
    let first = places[start]
    if first.prefixCount == 0 { return 1 }
    var count = 1
    while start + count < places.count && count < cacheRowsTogether {
      let next = places[start + count]
      guard next.prefixSlot == first.prefixSlot, next.prefixCount == first.prefixCount else {
        break
      }
      count += 1
    }
    return count
  }
}

extension CacheShape {
  func check(_ place: CacheRow) {
    precondition(place.slot >= 0 && place.slot < slots)
    precondition(place.position >= 0 && place.position < positions)
    precondition(place.prefixCount >= 0 && place.prefixCount <= positions)
    precondition(place.prefixCount == 0 || (place.prefixSlot >= 0 && place.prefixSlot < slots))
  }

  /// Where the keys of a slot that a query head attends begin, and its values.
  @inline(always)
  func start(_ slot: Int, query head: Int) -> Int {
    slot &* slotStride &+ head / heads.group &* headStride
  }
}

/// Decoding rows that share a prefix and go on in slots of their own.
///
/// Every chain is that of `attendHead`: a row's scores stand by its keys, first the prefix's, then its
/// own; so do the weights of its values. What is shared is the work: a tile of rows runs over the
/// prefix, which is read once for all of them.
private struct SharedPrefix {
  let cache: CacheShape
  let prefixSlot: Int
  let prefixCount: Int
  let rows: Int
  /// `[rows, projectionWidth]`.
  let q: Floats
  let keys: Floats
  let values: Floats
  /// `[rows, H·D]`.
  let output: Floats
  /// Scores, `[rows, H, stride]`.
  let S: Floats

  /// - Parameter place: of a row.
  @inline(always)
  func attend(_ place: (Int) -> CacheRow) {
    let heads = cache.heads
    let (H, D) = (heads.heads, heads.headWidth)
    var longest = 0
    for row in 0..<rows { longest = max(longest, place(row).position &+ 1) }
    // Own scores are stored in whole vectors from the end of the prefix on.
    let stride = paddedWidth(prefixCount &+ longest &+ 15)
    let factors = S + rows &* H &* stride
    if prefixCount > 0 {
      for head in 0..<H {
        scores(
          rows: rows, blocks: (prefixCount &+ 15) >> 4, D: D, q: q + head &* D,
          qStride: heads.projectionWidth, keys: keys + cache.start(prefixSlot, query: head),
          S: S + head &* stride, sStride: H &* stride)
      }
    }
    for row in 0..<rows {
      let place = place(row)
      let S = S + row &* H &* stride
      let q = q + row &* heads.projectionWidth
      forEachTile(of: H) { head, size in
        let own = OwnPart(cache: cache, slot: place.slot, head: head, length: place.position &+ 1)
        let S = S + (head &* stride &+ prefixCount)
        switch size {
        case .four: HeadTile<4>.scores(own, q: q + head &* D, keys: keys, S: S, stride: stride)
        case .two: HeadTile<2>.scores(own, q: q + head &* D, keys: keys, S: S, stride: stride)
        case .one: HeadTile<1>.scores(own, q: q + head &* D, keys: keys, S: S, stride: stride)
        }
      }
      let length = prefixCount &+ place.position &+ 1
      for head in 0..<H {
        factors[row &* H &+ head] =
          1 / softmaxRow(S + head &* stride, length: length, blocks: 0).sum
      }
    }
    if prefixCount > 0 {
      for head in 0..<H {
        multiplyRows(
          rows: rows, width: D, length: prefixCount, a: S + head &* stride,
          rowStride: H &* stride, step: 1, b: values + cache.start(prefixSlot, query: head),
          bStep: D, c: output + head &* D, cStride: heads.queryWidth, accumulate: false)
      }
    }
    for row in 0..<rows {
      let place = place(row)
      let output = output + row &* heads.queryWidth
      let factors = factors + row &* H
      let S = S + row &* H &* stride
      forEachTile(of: H) { head, size in
        let own = OwnPart(cache: cache, slot: place.slot, head: head, length: place.position &+ 1)
        let S = S + (head &* stride &+ prefixCount)
        let output = output + head &* D
        let factors = factors + head
        let goesOn = prefixCount > 0
        switch size {
        case .four:
          HeadTile<4>.outputs(
            own, S: S, stride: stride, values: values, goesOn: goesOn, factors: factors,
            output: output)
        case .two:
          HeadTile<2>.outputs(
            own, S: S, stride: stride, values: values, goesOn: goesOn, factors: factors,
            output: output)
        case .one:
          HeadTile<1>.outputs(
            own, S: S, stride: stride, values: values, goesOn: goesOn, factors: factors,
            output: output)
        }
      }
    }
  }
}

/// Heads side by side: one alone is a few short chains, each waiting for itself.
private enum TileSize { case four, two, one }

/// Calls `body(first head, how many)` until all heads have had their turn.
@inline(always)
private func forEachTile(of heads: Int, _ body: (Int, TileSize) -> Void) {
  var head = 0
  while head &+ 4 <= heads {
    body(head, .four)
    head &+= 4
  }
  if head &+ 2 <= heads {
    body(head, .two)
    head &+= 2
  }
  if head < heads { body(head, .one) }
}

/// What a row attends in a slot of its own: the first `length` positions, for heads from `head` on.
private struct OwnPart {
  let cache: CacheShape
  let slot: Int
  let head: Int
  let length: Int
}

/// `R` query heads of one row.
private enum HeadTile<let R: Int> {
  /// Where each head's keys and values begin.
  @inline(always)
  private static func places(_ own: OwnPart) -> InlineArray<R, Int> {
    var places = InlineArray<R, Int>(repeating: 0)
    for r in 0..<R {
      unsafe places[unchecked: r] = own.cache.start(own.slot, query: own.head &+ r)
    }
    return places
  }

  /// `S[R, length]`, rows `stride` apart, in whole vectors.
  ///
  /// - Parameter q: `[R, D]`.
  @inline(never)
  static func scores(_ own: OwnPart, q: Floats, keys: Floats, S: Floats, stride: Int) {
    let D = own.cache.heads.headWidth
    let places = places(own)
    for block in 0..<(own.length &+ 15) >> 4 {
      var sums = InlineArray<R, Vector>(repeating: .zero)
      let keys = keys + block &* D &* 16
      for d in 0..<D {
        for r in 0..<R {
          let x = Vector(repeating: q[r &* D &+ d])
          unsafe sums[unchecked: r] = sums[unchecked: r]
            .adding(x, times: keys.load(places[unchecked: r] &+ d &* 16))
        }
      }
      for r in 0..<R { unsafe S.store(sums[unchecked: r], r &* stride &+ block &* 16) }
    }
  }

  /// `output[r] = (output[r] + Σ_j S[r, j] v_j) · factor[r]`, without the first summand unless
  /// it goes on.
  ///
  /// - Parameter output: `[R, D]`.
  @inline(never)
  static func outputs(
    _ own: OwnPart, S: Floats, stride: Int, values: Floats, goesOn: Bool, factors: Floats,
    output: Floats
  ) {
    let D = own.cache.heads.headWidth
    let places = places(own)
    for d in Swift.stride(from: 0, to: D, by: 16) {
      var sums = InlineArray<R, Vector>(repeating: .zero)
      if goesOn {
        for r in 0..<R { unsafe sums[unchecked: r] = output.load(r &* D &+ d) }
      }
      for j in 0..<own.length {
        for r in 0..<R {
          let weight = Vector(repeating: S[r &* stride &+ j])
          unsafe sums[unchecked: r] = sums[unchecked: r]
            .adding(weight, times: values.load(places[unchecked: r] &+ j &* D &+ d))
        }
      }
      for r in 0..<R {
        unsafe output.store(
          sums[unchecked: r] * Vector(repeating: factors[r]), r &* D &+ d)
      }
    }
  }
}
