/// Everything in a training step and in sampling that is not a matrix product, one call for a
/// whole batch of rows.
///
/// Every implementation gives the same bits: an output element that is a sum is one chain of
/// fused multiply-adds in index order; the sums inside a normalisation or softmax run in sixteen
/// lanes (column mod 16) that are folded in halves. Nothing calls the C mathematics library.
/// Row-major matrices have rows `paddedWidth(columns)` apart. A view may be longer than what its
/// operation touches; it must not be shorter. Unless it is said, arguments do not overlap.
package protocol Operations: Sendable {
  // MARK: Normalisation

  /// RMSNorm `y = x / rms(x) · gain`, row by row.
  ///
  /// - Parameters:
  ///   - y: `[M, C]`; may be `x`.  x: `[M, C]`, `C` a multiple of 16.  gain: `[C]`.
  ///   - rstd: `[M]`, receives `1 / rms(x)` for the backward pass.
  ///   - epsilon: added to the mean square; unitless.
  /// - Source: Zhang & Sennrich 2019, arXiv:1910.07467, eq. 4.
  func rmsNorm(
    _ y: FloatView, rstd: FloatView, x: FloatView, gain: FloatView, rows: Int, epsilon: Float)

  /// Adds the gradients of `rmsNorm` to `dx` `[M, C]` and `dGain` `[C]`.
  func rmsNormBackward(
    _ dx: FloatView, dGain: FloatView, dy: FloatView, x: FloatView, gain: FloatView,
    rstd: FloatView, rows: Int)

  // MARK: Bias

  /// `y += bias` in every row; `y` `[M, N]`, `bias` `[N]`.
  func addBias(_ y: FloatView, bias: FloatView, rows: Int)

  /// `dBias += Σ_rows dy`, rows in order; `dy` `[M, N]`, `dBias` `[N]`.
  func addBiasGradient(_ dBias: FloatView, dy: FloatView, rows: Int)

  // MARK: Positions

  /// Rotates queries and keys of the joint projection in place (rotary positions, the halves of a
  /// head paired), and scales the queries.
  ///
  /// - Parameters:
  ///   - qkv: `[M, heads.projectionWidth]`.
  ///   - positions: `[M]`, each below the table's length.
  ///   - table: `[T, D]`, from `RotaryTable`.
  ///   - queryScale: usually `1/√D`; 1 leaves them.
  ///   - inverse: the transposed rotation, which is the backward pass; the scale stays.
  /// - Source: Su et al. 2021, arXiv:2104.09864, eq. 34.
  func rotate(
    _ qkv: FloatView, positions: Span<Int32>, heads: HeadShape, table: FloatView,
    queryScale: Float, inverse: Bool)

  // MARK: Gated unit

  /// SwiGLU: `h = silu(gate) · up`.
  ///
  /// - Parameters:
  ///   - h: `[M, F]`, `F` (`width`) a multiple of 16.
  ///   - gateUp: `[M, 2F]`, in blocks of 16 gates and 16 ups.
  /// - Source: Shazeer 2020, arXiv:2002.05202, eq. 6.
  func swiGLU(_ h: FloatView, gateUp: FloatView, rows: Int, width: Int)

  /// Turns `gateUp` into its gradient, from `dh`, and computes `h` anew, so that the forward
  /// pass need not keep it. `h` may be `dh`.
  func swiGLUBackward(
    _ gateUp: FloatView, h: FloatView, dh: FloatView, rows: Int, width: Int)

  // MARK: Embedding

  /// `x[i] = E[tokens[i]]`; `x` `[M, C]`, `C` a multiple of 32, `table` panels of `shape` `[V, C]`.
  func gatherEmbedding(
    _ x: FloatView, table: FloatView, shape: PanelShape, tokens: Span<Int32>)

  /// `dE[tokens[i]] += dx[i]`, in order of `i`.
  func addEmbeddingGradient(
    _ dTable: FloatView, dx: FloatView, shape: PanelShape, tokens: Span<Int32>)

  // MARK: Attention

  /// Causal attention of every segment's own rows over its prefix and itself.
  ///
  /// - Parameters:
  ///   - output: `[M, H·D]`; own rows of segments are overwritten, no others.
  ///   - logSums: `[M, H]`: log Σ exp of the scores, for the backward pass.
  ///   - qkv: `[M, heads.projectionWidth]`, rotated, queries scaled.
  ///   - scratch: `attentionScratch(keys:headWidth:)` for the longest segment.
  func attend(
    _ output: FloatView, logSums: FloatView, qkv: FloatView, segments: Span<Segment>,
    heads: HeadShape, scratch: FloatView)

  /// Gradient of `attend` with respect to `qkv`; overwrites `dqkv` in all `rows` rows. Segments are
  /// taken last to first; a shared prefix collects from each of them.
  func attendBackward(
    _ dqkv: FloatView, dOutput: FloatView, output: FloatView, logSums: FloatView, qkv: FloatView,
    segments: Span<Segment>, heads: HeadShape, rows: Int, scratch: FloatView)

  /// Stores keys and values of decoding rows; `places[i]` is where row `i` of `qkv` goes.
  func store(
    keys: FloatView, values: FloatView, cache: CacheShape, qkv: FloatView,
    places: Span<CacheRow>)

  /// Attention of decoding rows over what `places` says, a row's own place included, so `store` goes
  /// first. Rows of one slot at successive positions that stand together (a prompt), and rows that
  /// stand together and share a prefix (a group of completions), are computed together. The bits are
  /// those of `attend` in either case.
  ///
  /// - Parameter scratch: `attentionScratch(cache)` elements.
  func attendCache(
    _ output: FloatView, qkv: FloatView, keys: FloatView, values: FloatView, cache: CacheShape,
    places: Span<CacheRow>, scratch: FloatView)

  // MARK: Head

  /// Log-probability of each row's target and entropy under `softmax(z / temperature)`.
  ///
  /// - Parameters:
  ///   - logits: `z` `[W, V]`, kept as it is; any `V`, padding columns have probability 0.
  ///   - targets: `[W]`, each in `0..<vocabulary`.
  ///   - logProbabilities, entropies: `[W]`, in nats.
  ///   - logSums: `[W]`: log Σ exp(z / temperature), for the backward pass.
  func logSoftmax(
    logProbabilities: FloatView, entropies: FloatView, logSums: FloatView, logits: FloatView,
    vocabulary: Int, targets: Span<Int32>, temperature: Float)

  /// Turns `logits` into the gradient of `Σ_i c_i log p_i(target_i) + e_i H_i`:
  /// `dz_j = (c (1[j = target] − p_j) − e p_j (log p_j + H)) / temperature`; padding columns
  /// become zero.
  ///
  /// - Parameters:
  ///   - logProbabilityGradient: `c` `[W]`.  entropyGradient: `e` `[W]`, or nothing for all zero.
  func logSoftmaxBackward(
    logits: FloatView, vocabulary: Int, targets: Span<Int32>, logSums: FloatView,
    entropies: FloatView, logProbabilityGradient: FloatView, entropyGradient: FloatView?,
    temperature: Float)

  /// Draws one token of one row by inverting the cumulative distribution of
  /// `softmax(z / temperature)` in order of the vocabulary, after cutting it to its nucleus.
  ///
  /// The nucleus is the smallest set of most probable tokens whose mass reaches `topP`; of equal
  /// probabilities the smaller index comes first. The log-probability is that of the whole
  /// distribution, and has the bits that `logSoftmax` gives.
  ///
  /// - Parameters:
  ///   - logits: `[V]`, kept.  temperature: above 0.  topP: in (0, 1]; 1 cuts nothing.
  ///   - uniform: in [0, 1).
  ///   - scratch: `2 * paddedWidth(vocabulary)` elements.
  /// - Source: Holtzman et al. 2020, arXiv:1904.09751, section 3.1.
  func draw(
    logits: FloatView, vocabulary: Int, temperature: Float, topP: Float, uniform: Float,
    scratch: FloatView
  ) -> Draw

  // MARK: Rows and vectors

  /// `y[i] = x[rows[i]]`; both with rows of `width` columns, a multiple of 16.
  func gatherRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int)

  /// `y[rows[i]] += x[i]`, in order of `i`.
  func addRows(_ y: FloatView, x: FloatView, rows: Span<Int32>, width: Int)

  /// `y += scale · x`, element by element.
  func add(_ y: FloatView, x: FloatView, scale: Float)

  /// `exp(x)` for `x` in [−87, 88], clamped outside; `y` may be `x`.
  func exponential(_ y: FloatView, x: FloatView)

  /// `log(x)` for normal `x > 0`; `y` may be `x`.
  func logarithm(_ y: FloatView, x: FloatView)

  // MARK: Optimizer

  /// Σ g², summed in `Double` over blocks of 1024.
  func squaredNorm(_ g: FloatView) -> Double

  /// One step of AdamW on a range of parameters; gradients are kept.
  ///
  /// - Source: Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2.
  func adamW(
    _ parameters: FloatView, gradient: FloatView, firstMoment: FloatView, secondMoment: FloatView,
    step: AdamWStep)

  // MARK: Speed of light

  /// Runs independent chains of fused multiply-adds in registers alone, which is as fast as this core
  /// can multiply: what every other operation is measured against.
  ///
  /// - Parameter sums: 16 elements; the first two are read as factor and summand (a factor in
  ///   [0, 1) keeps the chains finite), then the chains' sum overwrites them.
  /// - Returns: floating-point operations done, two for a multiply-add.
  func multiplyAddChains(_ sums: FloatView, rounds: Int) -> Int
}

/// A sampled token and its log-probability before the nucleus was cut.
package struct Draw: Sendable, Hashable {
  package let token: Int32
  package let logProbability: Float

  package init(token: Int32, logProbability: Float) {
    self.token = token
    self.logProbability = logProbability
  }
}
