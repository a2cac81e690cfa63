/// A block of 32-bit floats that lives until its last view is gone: one arena of parameters,
/// one activation, one cache.
///
/// Zero-initialised, aligned to 64 bytes (a cache line, and a 512-bit register), and followed by
/// `slack` zeros, so that a kernel may load sixteen floats at the last element.
@safe
package final class FloatBuffer {
  /// Elements past `count` that kernels may read, and overwrite with anything.
  static let slack = 64

  package let count: Int

  /// The first element. Only kernels and `FloatView` touch it, after checking their bounds.
  @unsafe package let base: UnsafeMutablePointer<Float>

  package init(count: Int) {
    precondition(count >= 0)
    self.count = count
    let elements = (count + Self.slack + 15) / 16 * 16
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: elements * MemoryLayout<Float>.stride, alignment: 64)
    unsafe base = bytes.bindMemory(to: Float.self, capacity: elements)
    unsafe base.initialize(repeating: 0, count: elements)
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    all.copy(from: values)
  }

  deinit { unsafe base.deallocate() }

  /// The whole buffer.
  package var all: FloatView { FloatView(buffer: self, offset: 0, count: count) }

  /// The elements of `range`.
  package subscript(range: Range<Int>) -> FloatView { all[range] }

  package subscript(index: Int) -> Float {
    get { all[index] }
    set { all[index] = newValue }
  }
}

/// Columns rounded up to whole 16-wide vectors: the distance from one row to the next in every
/// row-major matrix that kernels read or write.
package func paddedWidth(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }
