// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func gatherEmbedding(
    _ x: FloatView, table: FloatView, shape: PanelShape, tokens: Span<Int32>
  ) {
    let (V, C) = (shape.rows, shape.columns)
    precondition(C.isMultiple(of: PanelShape.panelWidth))
    let x = Floats(x, atLeast: tokens.count * C)
    let table = Floats(table, atLeast: shape.count)
    for row in tokens.indices {
      let token = Int(tokens[row])
      precondition(token >= 0 && token < V)
      for c in stride(from: 0, to: C, by: 32) {
        let source = table + (c * V + token * 32)
        x.store(source.load(0), row * C + c)
        x.store(source.load(16), row * C + c + 16)
      }
    }
  }

  ///     x_i             = E[tokens_i]
  ///     dE[tokens_i]   += dx_i
  package func addEmbeddingGradient(
    _ dTable: FloatView, dx: FloatView, shape: PanelShape, tokens: Span<Int32>
  ) {
    let (V, C) = (shape.rows, shape.columns)
    precondition(C.isMultiple(of: PanelShape.panelWidth))
    let dx = Floats(dx, atLeast: tokens.count * C)
    let dTable = Floats(dTable, atLeast: shape.count)
    for row in tokens.indices {
      let token = Int(tokens[row])
      precondition(token >= 0 && token < V)
      for c in stride(from: 0, to: C, by: 32) {
        let target = dTable + (c * V + token * 32)
        target.store(target.load(0) + dx.load(row * C + c), 0)
        target.store(target.load(16) + dx.load(row * C + c + 16), 16)
      }
    }
  }
}
