// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func addBias(_ y: FloatView, bias: FloatView, rows: Int) {
    let N = bias.count
    let stride = paddedWidth(N)
    let y = Floats(y, atLeast: rows * stride)
    let bias = Floats(bias, atLeast: N)
    for row in 0..<rows {
      let y = y + row * stride
      forEachVector(N) { n, lanes in
        y.store(y.load(n, lanes: lanes) + bias.load(n, lanes: lanes), n, lanes: lanes)
      }
    }
  }

  ///     y_n      = (x · W)_n + bias_n
  ///     dbias_n += Σ_rows dy_n
  package func addBiasGradient(_ dBias: FloatView, dy: FloatView, rows: Int) {
    let N = dBias.count
    let stride = paddedWidth(N)
    let dBias = Floats(dBias, atLeast: N)
    let dy = Floats(dy, atLeast: rows * stride)
    for row in 0..<rows {
      let dy = dy + row * stride
      forEachVector(N) { n, lanes in
        dBias.store(dBias.load(n, lanes: lanes) + dy.load(n, lanes: lanes), n, lanes: lanes)
      }
    }
  }
}
