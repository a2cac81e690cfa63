/// A range of a `FloatBuffer`, as kernels take it: it keeps its buffer alive and has checked its
/// bounds once, when it was cut.
///
/// It stands where `Span` would if a class could hand out a mutable one: a training tape holds
/// dozens of buffers and cuts row ranges out of arenas, and a borrowed span can be neither stored
/// nor returned from a property in Swift 6.3 without an experimental feature. Two views may lie in
/// one buffer; an operation says which of its arguments may be the same.
@safe
package struct FloatView {
  let buffer: FloatBuffer
  let offset: Int
  package let count: Int

  init(buffer: FloatBuffer, offset: Int, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count)
    self.buffer = buffer
    self.offset = offset
    self.count = count
  }

  /// The first element; valid while the view is held.
  @unsafe package var pointer: UnsafeMutablePointer<Float> { unsafe buffer.base + offset }

  /// The elements of `range`, counted from the start of this view.
  package subscript(range: Range<Int>) -> FloatView {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FloatView(buffer: buffer, offset: offset + range.lowerBound, count: range.count)
  }

  /// From `start` to the end of this view.
  package subscript(range: PartialRangeFrom<Int>) -> FloatView { self[range.lowerBound..<count] }

  package subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count)
      return unsafe pointer[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count)
      unsafe pointer[index] = newValue
    }
  }

  /// The elements as values.
  package var array: [Float] { withSpan { span in span.indices.map { span[$0] } } }

  package func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try unsafe body(Span(_unsafeStart: UnsafePointer(pointer), count: count))
  }

  package func withMutableSpan<Result>(
    _ body: (inout MutableSpan<Float>) throws -> Result
  ) rethrows -> Result {
    var span = unsafe MutableSpan(_unsafeStart: pointer, count: count)
    return try body(&span)
  }

  package func fill(_ value: Float) { unsafe pointer.update(repeating: value, count: count) }

  /// Takes over the elements of a view of the same length; the two may overlap.
  package func copy(from source: FloatView) {
    precondition(source.count == count)
    unsafe pointer.update(from: source.pointer, count: count)
  }

  /// Takes over an array of the same length.
  package func copy(from source: [Float]) {
    precondition(source.count == count)
    withMutableSpan { span in
      for index in span.indices { span[index] = source[index] }
    }
  }
}
