/// A place in the tree of random streams. A seed is a *path*, not a position in a sequence, so a new
/// consumer takes nobody else's numbers: `Seed(7).derive("stage/first").derive("step/12")`.
package struct Seed: Hashable, Sendable {
  /// What keys the generator.
  package let key: UInt64

  /// The root of a tree.
  package init(_ root: UInt64) {
    self.init(key: SHA256.digest(of: "ablate/\(root)").leadingBits)
  }

  private init(key: UInt64) { self.key = key }

  /// The seed below this one at a path. Equal paths give equal seeds; different paths, unrelated
  /// ones (64 bits of SHA-256 over parent and path).
  package func derive(_ path: String) -> Seed {
    Seed(key: SHA256.digest(of: "\(key)/\(path)").leadingBits)
  }

  /// The seed below this one at a number. For inner loops: one block of the generator instead of a
  /// digest; never equal to a path's seed except by chance of 2⁻⁶⁴.
  package func derive(_ index: Int) -> Seed {
    let block = Philox.block(
      counter: counter(UInt64(bitPattern: Int64(index)), of: .seeds), key: words)
    return Seed(key: UInt64(block.x) << 32 | UInt64(block.y))
  }

  /// One number of this seed's table, uniform on [0, 1) with 24 bits, whatever was drawn before.
  package func uniform(at index: UInt64) -> Float {
    Float(Philox.block(counter: counter(index, of: .table), key: words).x >> 8) * 0x1p-24
  }

  var words: SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// What the numbers of a seed are for; each purpose has counters of its own.
  enum Purpose: UInt32 {
    case stream = 0
    case table = 1
    case seeds = 2
  }

  func counter(_ index: UInt64, of purpose: Purpose) -> Philox.Block {
    Philox.Block(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      purpose.rawValue, 0)
  }
}
