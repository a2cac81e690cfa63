internal import KernelInterface
package import TransformerLM

/// Floating-point operations that the mathematics of a model asks for, two for a multiply-add.
///
/// Matrix products and attention only; norms, activations and softmaxes are time, not work. Padding
/// and what a backward pass computes anew are not counted either: a fraction of the peak reached by
/// doing more than necessary would be no achievement.
package struct OperationCount: Sendable {
  /// Weights of the blocks' matrices, `L · (C · qkv + Q · C + 3 · C · F)`.
  let blockWeights: Double
  /// Weights of the output projection, `V · C`, whether or not it is the embedding.
  let headWeights: Double
  /// Multiplications and additions for one row attending one key in all layers: `4 · Q · L`, for
  /// score and value.
  let perPair: Double

  package init(_ s: ModelShape) {
    let queries = s.heads * s.headWidth
    let projection = queries + 2 * s.keyValueHeads * s.headWidth
    blockWeights = Double(
      s.layers * (s.width * projection + queries * s.width + 3 * s.width * s.feedForward))
    headWeights = Double(s.vocabulary * s.width)
    perPair = Double(4 * queries * s.layers)
  }

  /// A forward pass of `rows` tokens of which `scored` reach the vocabulary:
  /// `2 · rows · blockWeights + 2 · scored · headWeights + pairs · perPair`.
  ///
  /// - Parameter pairs: keys attended, summed over the rows.
  package func forward(rows: Int, scored: Int, pairs: Int) -> Double {
    2 * Double(rows) * blockWeights + 2 * Double(scored) * headWeights + Double(pairs) * perPair
  }

  package func forward(_ batch: PackedBatch) -> Double {
    let pairs = batch.segments.reduce(0) { sum, segment in
      sum + segment.ownCount * segment.prefixCount + Self.causalPairs(segment.ownCount)
    }
    return forward(rows: batch.rows, scored: batch.wanted.count, pairs: pairs)
  }

  /// Forward and backward; each product has two gradients of its own size.
  package func training(_ batch: PackedBatch) -> Double { 3 * forward(batch) }

  /// Completions of `new` tokens for each of `prompts` prompts, the prompt run once for its
  /// completions; the last token of a completion is drawn and not fed.
  package func sampling(prompts: Int, prompt: Int, completions: Int, new: Int) -> Double {
    let fed = new - 1
    let pairs = Self.causalPairs(prompt) + completions * (fed * prompt + Self.causalPairs(fed))
    return Double(prompts)
      * forward(rows: prompt + completions * fed, scored: 1 + completions * fed, pairs: pairs)
  }

  /// Keys that the rows of a sequence attend, each itself and all before: `n (n + 1) / 2`.
  static func causalPairs(_ rows: Int) -> Int { rows * (rows + 1) / 2 }
}
