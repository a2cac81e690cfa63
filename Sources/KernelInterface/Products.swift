/// The matrix products of a training step and of sampling: where four fifths of the time go, and
/// what a study's `"products"` setting chooses.
///
/// Row-major matrices have rows `paddedWidth(columns)` apart. What lies in the padding columns of
/// an input is read but multiplied by nothing; in an output it is overwritten with zeros, or left
/// as it was when accumulating.
package protocol Products: Sendable {
  /// What a study calls it, part of a work item's identity: `"tiles"` or `"openblas"`.
  var name: String { get }

  /// `Y = X · W`, or `Y += X · W`.
  ///
  /// - Parameters:
  ///   - y: `[M, N]`; apart from `x` and `w`.
  ///   - x: `[M, K]`.
  ///   - w: panels of `shape` `[K, N]`.
  ///   - rows: `M`, at least 0.
  func multiply(
    _ y: FloatView, x: FloatView, w: FloatView, shape: PanelShape, rows: Int, accumulate: Bool)

  /// `dW += Xᵀ · dY`: the weight gradient of `Y = X · W`, rows taken in order.
  ///
  /// - Parameters:
  ///   - dw: panels of `shape` `[K, N]`.
  ///   - x: `[M, K]`.  dy: `[M, N]`, zero in its padding columns.
  ///   - rows: `M`, at least 0.
  ///   - scratch: `weightGradientScratch` elements, apart from all else.
  func addWeightGradient(
    _ dw: FloatView, x: FloatView, dy: FloatView, shape: PanelShape, rows: Int,
    scratch: FloatView)

  /// The panels of `Wᵀ` from the panels of `W`, for `dX = dY · Wᵀ`.
  ///
  /// - Parameters:
  ///   - wt: panels of `shape.transposed`, overwritten.
  ///   - w: panels of `shape`.
  func transpose(_ wt: FloatView, w: FloatView, shape: PanelShape)
}

/// Elements of scratch space that `addWeightGradient` needs, whatever the shape.
package let weightGradientScratch = 128 * PanelShape.panelWidth
