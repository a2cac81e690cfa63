/// Philox4x32-10, a counter-based generator: the same counter and key always give the same block, so
/// any value of a stream can be had without the ones before it.
///
/// - Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
///   section 3.3; tested against the vectors of the authors' Random123 library.
package enum Philox {
  package typealias Block = SIMD4<UInt32>

  @inlinable
  package static func block(counter: Block, key: SIMD2<UInt32>) -> Block {
    var x = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(x.x) * 0xD251_1F53
      let b = UInt64(x.z) * 0xCD9E_8D57
      x = Block(
        UInt32(truncatingIfNeeded: b >> 32) ^ x.y ^ k.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ x.w ^ k.y, UInt32(truncatingIfNeeded: a))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }
}
