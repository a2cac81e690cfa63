// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface

extension VectorOperations {
  package func logSoftmax(
    logProbabilities: FloatView, entropies: FloatView, logSums: FloatView, logits: FloatView,
    vocabulary V: Int, targets: Span<Int32>, temperature: Float
  ) {
    precondition(V > 0 && temperature > 0)
    let rowStride = paddedWidth(V)
    let logProbabilities = Floats(logProbabilities, atLeast: targets.count)
    let entropies = Floats(entropies, atLeast: targets.count)
    let logSums = Floats(logSums, atLeast: targets.count)
    let logits = Floats(logits, atLeast: targets.count * rowStride)
    for row in targets.indices {
      let target = Int(targets[row])
      precondition(target >= 0 && target < V)
      let z = logits + row * rowStride
      let softmax = TemperedSoftmax(z, V: V, temperature: temperature, exponentials: nil)
      logProbabilities[row] = softmax.logProbability(z[target])
      entropies[row] = softmax.entropy
      logSums[row] = softmax.maximum + softmax.logSum
    }
  }

  ///     log p_j = z_j / T − logSum
  ///     H       = −Σ_j p_j log p_j
  ///     dz_j    = (c (1[j = target] − p_j) − e p_j (log p_j + H)) / T
  package func logSoftmaxBackward(
    logits: FloatView, vocabulary V: Int, targets: Span<Int32>, logSums: FloatView,
    entropies: FloatView, logProbabilityGradient: FloatView, entropyGradient: FloatView?,
    temperature: Float
  ) {
    precondition(V > 0 && temperature > 0)
    let rowStride = paddedWidth(V)
    let rows = targets.count
    let inverse = 1 / temperature
    let logits = Floats(logits, atLeast: rows * rowStride)
    let logSums = Floats(logSums, atLeast: rows)
    let entropies = Floats(entropies, atLeast: rows)
    let c = Floats(logProbabilityGradient, atLeast: rows)
    let e = entropyGradient.map { Floats($0, atLeast: rows) }
    for row in targets.indices {
      let target = Int(targets[row])
      precondition(target >= 0 && target < V)
      let z = logits + row * rowStride
      // −p_j (c + e (log p_j + H)) / T, in this form because c and e are the same for all j.
      let slope = e.map { $0[row] } ?? 0
      let level = slope.isZero ? c[row] : c[row] + slope * entropies[row]
      for j in stride(from: 0, to: V, by: 16) {
        let logP = z.load(j) * Vector(repeating: inverse) - Vector(repeating: logSums[row])
        let weight = Vector(repeating: level).adding(Vector(repeating: slope), times: logP)
        let gradient = exp16(logP) * weight * Vector(repeating: -inverse)
        z.store(gradient.keeping(V &- j), j)
      }
      z[target] += c[row] * inverse
    }
  }
}

/// `softmax(z / T)` of one row: computed by this one piece of code for trainer and sampler, so that
/// their log-probabilities have the same bits.
struct TemperedSoftmax {
  /// `1 / T`.
  let inverse: Float
  /// Of `z / T`.
  let maximum: Float
  /// Σ exp(z_j / T − maximum), and its logarithm.
  let sum: Float
  let logSum: Float
  /// In nats.
  let entropy: Float

  /// - Parameters:
  ///   - z: `[V]`, followed by padding up to a multiple of 16.
  ///   - exponentials: receives `exp(z_j / T − maximum)`, zero in the padding, if given.
  @inline(always)
  init(_ z: Floats, V: Int, temperature: Float, exponentials: Floats?) {
    let inverse = 1 / temperature
    var largest = Vector(repeating: -.infinity)
    forEachVector(V) { j, count in
      let x = z.load(j) * Vector(repeating: inverse)
      largest = larger(largest, x.minusInfinity(from: count))
    }
    let maximum = foldedMaximum(largest)
    var sums = Vector.zero
    var moments = Vector.zero
    forEachVector(V) { j, count in
      let below = (z.load(j) * Vector(repeating: inverse) - Vector(repeating: maximum))
        .keeping(count)
      let e = exp16(below).keeping(count)
      exponentials?.store(e, j)
      sums += e
      moments = moments.adding(e, times: below)
    }
    self.inverse = inverse
    self.maximum = maximum
    sum = foldedSum(sums)
    logSum = naturalLog(sum)
    // H = −Σ p log p with log p_j = (z_j / T − maximum) − log Σ.
    entropy = logSum - foldedSum(moments) / sum
  }

  @inline(always)
  func logProbability(_ logit: Float) -> Float { (logit * inverse - maximum) - logSum }
}
