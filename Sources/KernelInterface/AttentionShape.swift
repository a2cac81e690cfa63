/// Heads of grouped-query attention and where they lie in a row of the joint projection:
/// `[H·D queries | H_kv·D keys | H_kv·D values]`.
package struct HeadShape: Sendable, Hashable {
  package let heads: Int
  package let keyValueHeads: Int
  /// D: a multiple of 16.
  package let headWidth: Int

  package init(heads: Int, keyValueHeads: Int, headWidth: Int) {
    precondition(keyValueHeads > 0 && heads > 0 && heads.isMultiple(of: keyValueHeads))
    precondition(headWidth > 0 && headWidth.isMultiple(of: 16))
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headWidth = headWidth
    // Stored, because kernels ask for them row by row, and a call would cost more than the answer.
    group = heads / keyValueHeads
    queryWidth = heads * headWidth
    projectionWidth = (heads + 2 * keyValueHeads) * headWidth
  }

  /// Query heads that share a key-value head.
  package let group: Int
  /// Width of the queries, and of the attention's output.
  package let queryWidth: Int
  /// Width of the joint projection.
  package let projectionWidth: Int
  /// Column of a head's query, key, value in the joint projection.
  package func queryColumn(_ head: Int) -> Int { head * headWidth }
  package func keyColumn(_ head: Int) -> Int { (heads + head) * headWidth }
  package func valueColumn(_ head: Int) -> Int { (heads + keyValueHeads + head) * headWidth }
}

/// Rows of a packed batch that attend to one another: a sequence, or with a prefix the
/// continuation of one.
///
/// Own row `i` attends the whole prefix and own rows `0...i`. Several segments may share a
/// prefix: the rollouts of one prompt, whose rows then exist once.
package struct Segment: Sendable, Hashable {
  package var prefixStart: Int
  package var prefixCount: Int
  package var ownStart: Int
  package var ownCount: Int

  package init(prefixStart: Int = 0, prefixCount: Int = 0, ownStart: Int, ownCount: Int) {
    precondition(prefixStart >= 0 && prefixCount >= 0 && ownStart >= 0 && ownCount >= 0)
    self.prefixStart = prefixStart
    self.prefixCount = prefixCount
    self.ownStart = ownStart
    self.ownCount = ownCount
  }

  /// Keys that the last own row attends.
  package var keyCount: Int { prefixCount + ownCount }
}

/// The keys and values of one layer, for decoding: `slots` sequences of at most `positions` rows.
///
/// Two views of `count` elements each. A slot's head holds its keys as `[positions/16][D][16]`
/// and its values as `[positions][D]`: the layouts in which training, too, computes attention,
/// and for that reason the bits agree.
package struct CacheShape: Sendable, Hashable {
  package let slots: Int
  /// Capacity of a slot, rounded up to a multiple of 16.
  package let positions: Int
  package let heads: HeadShape

  package init(slots: Int, positions: Int, heads: HeadShape) {
    precondition(slots > 0 && positions > 0)
    self.slots = slots
    self.positions = paddedWidth(positions)
    self.heads = heads
    headStride = self.positions * heads.headWidth
    slotStride = heads.keyValueHeads * headStride
  }

  /// Elements of the keys, and again of the values.
  package var count: Int { slots * slotStride }
  /// Elements from a slot to the next, and from a head to the next.
  package let slotStride: Int
  package let headStride: Int
}

/// Which place of a cache a row of a decoding batch fills, and what it attends: the first
/// `prefixCount` positions of the slot `prefixSlot`, then positions `0...position` of its own slot.
///
/// The completions of a prompt share it as their prefix, so its keys and values exist once.
package struct CacheRow: Sendable, Hashable {
  package var slot: Int
  package var position: Int
  /// Read only where there is a prefix.
  package var prefixSlot: Int
  package var prefixCount: Int

  package init(slot: Int, position: Int, prefixSlot: Int = 0, prefixCount: Int = 0) {
    self.slot = slot
    self.position = position
    self.prefixSlot = prefixSlot
    self.prefixCount = prefixCount
  }
}

/// Decoding rows whose scores are held at once: those of a group that shares its prompt.
package let cacheRowsTogether = 16

/// Elements of scratch space for attention over a cache.
package func attentionScratch(_ cache: CacheShape) -> Int {
  let heads = cache.heads
  let rows = cacheRowsTogether * heads.heads * (2 * cache.positions + 32)
  return max(rows, attentionScratch(keys: cache.positions, headWidth: heads.headWidth))
}

/// Elements of scratch space for attention over segments of at most `keys` keys
/// (`Segment.keyCount`).
package func attentionScratch(keys: Int, headWidth: Int) -> Int {
  // Keys and values in three layouts, their gradients, and scores of two blocks of up to 51 rows.
  let padded = paddedWidth(keys) + 16
  return 6 * padded * headWidth + 128 * padded + 1024
}
