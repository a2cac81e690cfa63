/// The size of a language model of the Qwen2 family: RMSNorm before each block, rotary positions,
/// grouped-query attention, SwiGLU, and an embedding that the two ends share or have each their own.
///
/// - Source: Yang et al. 2024, "Qwen2 technical report", arXiv:2407.10671, sections 2.2.1 and 2.2.3.
package struct ModelShape: Sendable, Hashable {
  /// Different tokens, `V`.
  package var vocabulary: Int
  /// Channels of the residual stream, `C`; a multiple of 32.
  package var width: Int
  /// Blocks of attention and feed-forward, `L`.
  package var layers: Int
  /// Query heads, `H`; a multiple of `keyValueHeads`.
  package var heads: Int
  /// Heads of keys and values, each shared by `H / keyValueHeads` query heads.
  package var keyValueHeads: Int
  /// Channels of a head, `D`; a multiple of 16. `H · D` need not be `C`.
  package var headWidth: Int
  /// Hidden channels of the feed-forward block, `F`; a multiple of 16.
  package var feedForward: Int
  /// Longest sequence in tokens, `T`.
  package var context: Int
  /// Base of the rotary frequencies `base^(−2i/D)`.
  package var ropeBase: Double
  /// Whether queries, keys and values have a bias, as in Qwen2.
  package var attentionBias: Bool
  /// Whether the output projection is the embedding, as in the small models of Qwen2, or a matrix of
  /// its own, as in the large ones.
  package var tiedEmbeddings: Bool

  package init(
    vocabulary: Int, width: Int, layers: Int, heads: Int, keyValueHeads: Int? = nil,
    headWidth: Int? = nil, feedForward: Int, context: Int, ropeBase: Double = 1000,
    attentionBias: Bool = true, tiedEmbeddings: Bool = true
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.layers = layers
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.headWidth = headWidth ?? (heads > 0 ? width / heads : 0)
    self.feedForward = feedForward
    self.context = context
    self.ropeBase = ropeBase
    self.attentionBias = attentionBias
    self.tiedEmbeddings = tiedEmbeddings
  }
}

extension ModelShape {
  /// Numbers that training changes; a shared embedding counts once, padding not at all.
  package var parameterCount: Int {
    let attention = width * queryKeyValueWidth + queryWidth * width
    let bias = attentionBias ? queryKeyValueWidth : 0
    let block = attention + bias + 3 * width * feedForward + 2 * width
    let ends = tiedEmbeddings ? 1 : 2
    return layers * block + width + ends * vocabulary * width
  }

  /// Columns of all query heads, `H · D`.
  var queryWidth: Int { heads * headWidth }
  /// Columns of all key heads, and of all value heads.
  var keyValueWidth: Int { keyValueHeads * headWidth }
  /// Columns of queries, keys and values side by side.
  var queryKeyValueWidth: Int { queryWidth + 2 * keyValueWidth }
}
