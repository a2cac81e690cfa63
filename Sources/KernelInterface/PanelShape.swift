/// Where the elements of a weight matrix `W [K, N]` lie in memory: in panels of 32 columns,
/// `[⌈N/32⌉][K][32]`, so that a product reads its weights in one forward sweep.
///
/// The columns that fill the last panel up to 32 are always zero: kernels rely on it and keep it.
package struct PanelShape: Sendable, Hashable {
  /// Columns of a panel: two 512-bit registers.
  package static let panelWidth = 32

  /// K: the inputs.
  package let rows: Int
  /// N: the outputs.
  package let columns: Int

  package init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0)
    self.rows = rows
    self.columns = columns
  }

  package var panels: Int { (columns + Self.panelWidth - 1) / Self.panelWidth }

  /// Elements in memory, padding included.
  package var count: Int { panels * Self.panelWidth * rows }

  /// The shape of `Wᵀ`.
  package var transposed: PanelShape { PanelShape(rows: columns, columns: rows) }

  /// Where the element of a row and a column lies.
  package func index(row: Int, column: Int) -> Int {
    (column / Self.panelWidth * rows + row) * Self.panelWidth + column % Self.panelWidth
  }

  /// Fills columns of the panels from a dense row-major matrix.
  ///
  /// - Parameters:
  ///   - panels: `count` elements.
  ///   - dense: `[K, n]`, or with `transposed` `[n, K]` (how safetensors of the Qwen2 family
  ///     store a linear layer), where `n` is the number of `columns` filled.
  ///   - columns: which columns of `W`; all of them if not said.
  ///   - column: the place in `W` of column `i` of `dense`, where they do not follow one another.
  package func pack(
    _ panels: FloatView, from dense: [Float], transposed: Bool = false,
    columns filled: Range<Int>? = nil, column place: ((Int) -> Int)? = nil
  ) {
    let filled = filled ?? 0..<columns
    precondition(panels.count == count && dense.count == rows * filled.count)
    panels.withMutableSpan { span in
      for n in 0..<filled.count {
        let column = place?(n) ?? filled.lowerBound + n
        for k in 0..<rows {
          span[index(row: k, column: column)] =
            transposed ? dense[n * rows + k] : dense[k * filled.count + n]
        }
      }
    }
  }

  /// The inverse of `pack`: a dense row-major copy of columns of the panels.
  package func unpack(
    _ panels: FloatView, transposed: Bool = false, columns taken: Range<Int>? = nil,
    column place: ((Int) -> Int)? = nil
  ) -> [Float] {
    let taken = taken ?? 0..<columns
    precondition(panels.count == count)
    var dense = [Float](repeating: 0, count: rows * taken.count)
    panels.withSpan { span in
      for n in 0..<taken.count {
        let column = place?(n) ?? taken.lowerBound + n
        for k in 0..<rows {
          dense[transposed ? n * rows + k : k * taken.count + n] =
            span[index(row: k, column: column)]
        }
      }
    }
    return dense
  }
}
