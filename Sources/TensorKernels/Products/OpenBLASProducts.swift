// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import COpenBLAS
package import KernelInterface

/// Matrix products by OpenBLAS on one thread: the independent reference of the kernel tests, and a
/// choice for wide models.
///
/// Weights stay in panels, as everything else expects them, and are unpacked for each call: `K · N`
/// copies beside `M · K · N` multiplications. Results are within rounding of the tile kernels', not
/// equal to them, and may depend on `M`.
package struct OpenBLASProducts: Products {
  package var name: String { "openblas" }

  private let library: OpenBLASLibrary

  /// Version, core type and threading of the library, for a work item's fingerprint; "unknown" where it is
  /// not installed.
  package static let configuration: String = {
    guard let library = try? OpenBLASLibrary.opened.get(),
      let text = library.functions.get_config()
    else { return "unknown" }
    return unsafe String(cString: text)
  }()

  /// - Throws: when the library is not installed, or lacks a function.
  package init() throws(OpenBLASMissing) { library = try OpenBLASLibrary.opened.get() }

  package func multiply(
    _ y: FloatView, x: FloatView, w: FloatView, shape: PanelShape, rows: Int, accumulate: Bool
  ) {
    guard rows > 0 else { return }
    let K = shape.rows
    let N = paddedWidth(shape.columns)
    precondition(y.count >= rows * N && x.count >= rows * paddedWidth(K))
    unsafe withRowMajor(shape) { dense in
      unsafe copyPanels(w, shape: shape) { index, panel, count in
        unsafe (dense + index).update(from: panel, count: count)
      }
      unsafe library.functions.sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(N), Int32(K), 1, x.pointer,
        Int32(paddedWidth(K)), dense, Int32(N), accumulate ? 1 : 0, y.pointer, Int32(N))
    }
  }

  package func addWeightGradient(
    _ dw: FloatView, x: FloatView, dy: FloatView, shape: PanelShape, rows: Int, scratch: FloatView
  ) {
    guard rows > 0 else { return }
    let K = shape.rows
    let N = paddedWidth(shape.columns)
    precondition(dy.count >= rows * N && x.count >= rows * paddedWidth(K))
    unsafe withRowMajor(shape) { dense in
      unsafe library.functions.sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(K), Int32(N), Int32(rows), 1, x.pointer,
        Int32(paddedWidth(K)), dy.pointer, Int32(N), 0, dense, Int32(N))
      unsafe copyPanels(dw, shape: shape) { index, panel, count in
        for n in 0..<count { unsafe panel[n] += dense[index + n] }
      }
    }
  }

  package func transpose(_ wt: FloatView, w: FloatView, shape: PanelShape) {
    precondition(w.count >= shape.count && wt.count >= shape.transposed.count)
    let out = shape.transposed
    wt[0..<out.count].fill(0)
    for k in 0..<shape.rows {
      for n in 0..<shape.columns {
        wt[out.index(row: n, column: k)] = w[shape.index(row: k, column: n)]
      }
    }
  }

  /// Calls `body` with room for `W` as `[K, paddedWidth(N)]`, its contents undefined.
  private func withRowMajor(
    _ shape: PanelShape, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let count = shape.rows * paddedWidth(shape.columns)
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe body(start)
    }
  }

  /// Walks over the panels' rows: `body(place in the row-major matrix, row of a panel, columns)`.
  private func copyPanels(
    _ panels: FloatView, shape: PanelShape,
    _ body: (Int, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    precondition(panels.count >= shape.count)
    let N = paddedWidth(shape.columns)
    let width = PanelShape.panelWidth
    for panel in 0..<shape.panels {
      for k in 0..<shape.rows {
        unsafe body(
          k * N + panel * width, panels.pointer + (panel * shape.rows + k) * width,
          min(width, N - panel * width))
      }
    }
  }
}

/// OpenBLAS cannot be used here.
package struct OpenBLASMissing: Error, Sendable, Hashable {
  /// The system's.
  package var words: String
}

/// The library as this process found it: opened once, when it is first asked for.
struct OpenBLASLibrary: Sendable {
  let functions: ablate_openblas

  /// Debian's name for the library of whatever build (pthread, serial, openmp) is installed.
  static let opened = open("libopenblas.so.0")

  static func open(_ name: String) -> Result<OpenBLASLibrary, OpenBLASMissing> {
    var functions = ablate_openblas()
    if let words = unsafe ablate_open_openblas(name, &functions) {
      return unsafe .failure(OpenBLASMissing(words: String(cString: words)))
    }
    // Threads would change the order of summation, and a worker has one core.
    functions.set_num_threads(1)
    return .success(OpenBLASLibrary(functions: functions))
  }
}
