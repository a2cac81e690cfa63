internal import CProcessor
import KernelInterface

/// Sixteen lanes: one 512-bit register, two of 256 bits, or four of 128.
typealias Vector = SIMD16<Float>

/// Unchecked access to floats, for the inside of a kernel.
///
/// The invariant that makes it sound: an operation begins with `extent(of:atLeast:)` for every
/// argument, and from then on only forms indices below those extents (or within a buffer's slack,
/// when it loads). The checks happen once a call instead of once an element, because inside the
/// tile they cost a factor of six. A `Floats` never outlives the call that made it, and the caller
/// holds the view, so the buffer is alive.
@safe
struct Floats {
  @unsafe let base: UnsafeMutablePointer<Float>

  @inline(always)
  init(_ base: UnsafeMutablePointer<Float>) { unsafe self.base = unsafe base }

  /// The start of a view, after checking that it holds `count` elements.
  @inline(always)
  init(_ view: FloatView, atLeast count: Int) {
    precondition(count >= 0 && view.count >= count, "a kernel's argument is too short")
    unsafe base = view.pointer
  }

  @inline(always)
  static func + (floats: Floats, offset: Int) -> Floats { unsafe Floats(floats.base + offset) }

  @inline(always)
  subscript(index: Int) -> Float {
    get { unsafe base[index] }
    nonmutating set { unsafe base[index] = newValue }
  }

  /// Sixteen elements from `index` on; no alignment needed.
  @inline(always)
  func load(_ index: Int) -> Vector {
    unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Vector.self)
  }

  @inline(always)
  func store(_ vector: Vector, _ index: Int) {
    unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: vector, as: Vector.self)
  }

  /// Asks for the cache line at an index, which will be written soon.
  @inline(always)
  func prefetchForWriting(_ index: Int) { unsafe ablate_prefetch_for_write(base + index) }

  /// Eight elements: half of a vector, for heads of width 16 whose halves are rotated.
  @inline(always)
  func loadHalf(_ index: Int) -> SIMD8<Float> {
    unsafe UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(always)
  func storeHalf(_ vector: SIMD8<Float>, _ index: Int) {
    unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: vector, as: SIMD8<Float>.self)
  }

  /// The first `lanes` elements from `index` on, zeros in the other lanes.
  @inline(always)
  func load(_ index: Int, lanes: Int) -> Vector {
    if lanes == 16 { return load(index) }
    var vector = Vector.zero
    for lane in 0..<lanes { vector[lane] = self[index + lane] }
    return vector
  }

  /// Stores the first `lanes` lanes and touches nothing behind them.
  @inline(always)
  func store(_ vector: Vector, _ index: Int, lanes: Int) {
    if lanes == 16 { return store(vector, index) }
    for lane in 0..<lanes { self[index + lane] = vector[lane] }
  }

  @inline(always)
  func copy(from source: Floats, count: Int) {
    unsafe base.update(from: source.base, count: count)
  }

  /// A row of whole vectors: for short ones, where a call costs more than the copy.
  @inline(always)
  func copyRow(from source: Floats, width: Int) {
    for index in stride(from: 0, to: width, by: 16) { store(source.load(index), index) }
  }

  @inline(always)
  func zero(count: Int) { unsafe base.update(repeating: 0, count: count) }
}

/// Calls `body(index, lanes)` for a vector at a time; only the last has fewer than 16 lanes.
@inline(always)
func forEachVector(_ count: Int, _ body: (Int, Int) -> Void) {
  var index = 0
  while index &+ 16 <= count {
    body(index, 16)
    index &+= 16
  }
  if index < count { body(index, count &- index) }
}
