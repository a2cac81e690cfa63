/// What one step of AdamW multiplies with: the settings, the learning rate of the moment, and the
/// corrections for moments that started at zero.
package struct AdamWStep: Sendable, Hashable {
  package let learningRate: Float
  package let beta1: Float
  package let beta2: Float
  /// Added to the root of the second moment; unitless.
  package let epsilon: Float
  /// Decoupled: the parameter shrinks by `learningRate · weightDecay` of itself.
  package let weightDecay: Float
  /// Multiplies every gradient first; see `clipScale`.
  package let gradientScale: Float
  /// `1 / (1 − beta1^step)` and `1 / (1 − beta2^step)`.
  package let correction1: Float
  package let correction2: Float

  /// - Parameter step: counts from 1.
  package init(
    step: Int, learningRate: Float, beta1: Float, beta2: Float, epsilon: Float,
    weightDecay: Float, gradientScale: Float
  ) {
    precondition(step >= 1)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
    correction1 = Float(1 / (1 - power(Double(beta1), step)))
    correction2 = Float(1 / (1 - power(Double(beta2), step)))
  }

  /// The factor that brings a gradient of the given norm down to `limit`; 1 when it is smaller.
  package static func clipScale(norm: Float, limit: Float) -> Float {
    norm > limit ? limit / norm : 1
  }
}

/// `base^exponent` by squaring: multiplications only, so the bits are the same everywhere.
func power(_ base: Double, _ exponent: Int) -> Double {
  precondition(exponent >= 0)
  var result = 1.0
  var square = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
