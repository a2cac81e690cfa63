package import KernelInterface

extension VectorOperations {
  package func gatherRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int) {
    precondition(width > 0 && width.isMultiple(of: 16))
    let y = Floats(y, atLeast: rows.count * width)
    let limit = x.count / width
    let x = Floats(x, atLeast: limit * width)
    for i in rows.indices {
      let row = Int(rows[i])
      precondition(row >= 0 && row < limit)
      (y + i * width).copy(from: x + row * width, count: width)
    }
  }

  package func addRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int) {
    precondition(width > 0 && width.isMultiple(of: 16))
    let limit = y.count / width
    let y = Floats(y, atLeast: limit * width)
    let x = Floats(x, atLeast: rows.count * width)
    for i in rows.indices {
      let row = Int(rows[i])
      precondition(row >= 0 && row < limit)
      addRow(y + row * width, x + i * width, width: width)
    }
  }

  package func add(_ y: FloatView, x: FloatView, scale: Float) {
    let count = y.count
    let y = Floats(y, atLeast: count)
    let x = Floats(x, atLeast: count)
    forEachVector(count) { i, lanes in
      let sum = y.load(i, lanes: lanes)
        .adding(Vector(repeating: scale), times: x.load(i, lanes: lanes))
      y.store(sum, i, lanes: lanes)
    }
  }

  package func exponential(_ y: FloatView, x: FloatView) {
    let count = y.count
    let y = Floats(y, atLeast: count)
    let x = Floats(x, atLeast: count)
    forEachVector(count) { i, lanes in y.store(exp16(x.load(i, lanes: lanes)), i, lanes: lanes) }
  }

  package func logarithm(_ y: FloatView, x: FloatView) {
    let count = y.count
    let y = Floats(y, atLeast: count)
    let x = Floats(x, atLeast: count)
    forEachVector(count) { i, lanes in y.store(log16(x.load(i, lanes: lanes)), i, lanes: lanes) }
  }
}
