internal import KernelInterface

/// Products that keep an account of their time.
struct TimedProducts: Products {
  let inner: any Products
  let ledger: OperationLedger

  var name: String { inner.name }

  func multiply(
    _ y: FloatView, x: FloatView, w: FloatView, shape: PanelShape, rows: Int, accumulate: Bool
  ) {
    ledger.time("multiply", shape: shape, operations: operations(shape, rows)) {
      inner.multiply(y, x: x, w: w, shape: shape, rows: rows, accumulate: accumulate)
    }
  }

  func addWeightGradient(
    _ dw: FloatView, x: FloatView, dy: FloatView, shape: PanelShape, rows: Int,
    scratch: FloatView
  ) {
    ledger.time("weight gradient", shape: shape, operations: operations(shape, rows)) {
      inner.addWeightGradient(dw, x: x, dy: dy, shape: shape, rows: rows, scratch: scratch)
    }
  }

  func transpose(_ wt: FloatView, w: FloatView, shape: PanelShape) {
    ledger.time("transpose") { inner.transpose(wt, w: w, shape: shape) }
  }

  private func operations(_ shape: PanelShape, _ rows: Int) -> Double {
    2 * Double(rows) * Double(shape.rows) * Double(shape.columns)
  }
}
