// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface

/// Where each parameter lies in an arena: one block of floats that holds a whole model. Gradients
/// and the optimizer's moments use the same places in arenas of their own.
///
/// Matrices are kept as panels of `W [inputs, outputs]`; the projections of queries, keys and values
/// are one matrix, and so are gate and up, in alternating blocks of 16 columns.
struct ParameterLayout: Sendable {
  /// One matrix in the arena, and its transposed copy in the arena of copies.
  struct Matrix: Sendable {
    let shape: PanelShape
    let place: Range<Int>
    let transposedPlace: Range<Int>
  }

  struct Layer: Sendable {
    let attentionNorm: Range<Int>
    let queryKeyValue: Matrix
    let bias: Range<Int>?
    let output: Matrix
    let feedForwardNorm: Range<Int>
    let gateUp: Matrix
    let down: Matrix
  }

  let embedding: Matrix
  let layers: [Layer]
  let finalNorm: Range<Int>
  /// The output projection's own matrix `[V, C]`, rows as the embedding's; nil when it is the embedding.
  let head: Matrix?
  /// Every matrix, embedding first.
  let matrices: [Matrix]
  /// Elements of the arena, and of the arena of transposed copies, padding included.
  let count: Int
  let transposedCount: Int

  init(_ shape: ModelShape) {
    var parameters = Bump()
    var copies = Bump()
    func matrix(_ rows: Int, _ columns: Int) -> Matrix {
      let panels = PanelShape(rows: rows, columns: columns)
      return Matrix(
        shape: panels, place: parameters.take(panels.count),
        transposedPlace: copies.take(panels.transposed.count))
    }
    let C = shape.width
    embedding = matrix(shape.vocabulary, C)
    layers = (0..<shape.layers).map { _ in
      Layer(
        attentionNorm: parameters.take(C),
        queryKeyValue: matrix(C, shape.queryKeyValueWidth),
        bias: shape.attentionBias ? parameters.take(shape.queryKeyValueWidth) : nil,
        output: matrix(shape.queryWidth, C),
        feedForwardNorm: parameters.take(C),
        gateUp: matrix(C, 2 * shape.feedForward),
        down: matrix(shape.feedForward, C))
    }
    finalNorm = parameters.take(C)
    head = shape.tiedEmbeddings ? nil : matrix(shape.vocabulary, C)
    matrices =
      [embedding] + layers.flatMap { [$0.queryKeyValue, $0.output, $0.gateUp, $0.down] }
      + (head.map { [$0] } ?? [])
    count = parameters.end
    transposedCount = copies.end
  }

  /// What scores the vocabulary, `[V, C]`: a matrix of its own, or the embedding once more.
  var outputProjection: Matrix { head ?? embedding }

  /// Hands out ranges one after the other, each at a multiple of 64 elements: whole cache lines, and
  /// whole steps of a kernel that walks the arena.
  private struct Bump {
    var end = 0

    mutating func take(_ count: Int) -> Range<Int> {
      let start = end
      end += (count + 63) / 64 * 64
      return start..<start + count
    }
  }
}
