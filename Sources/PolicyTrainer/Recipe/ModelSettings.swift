import Reproducibility
package import StudyLanguage
package import TensorKernels
package import TransformerLM

/// `model`: the size of every solver of a recipe.
package struct ModelSettings: Sendable {
  package static let schema = RecordSchema(
    "model",
    keys: [
      Key(
        "width", .integer(32...4096), default: 64, unit: "channels",
        source: "ours, the `standard` preset",
        doc: "Channels of the residual stream; a multiple of 32."),
      Key(
        "layers", .integer(1...128), default: 2, unit: "blocks",
        source: "ours, the `standard` preset", doc: "Blocks of attention and feed-forward."),
      Key(
        "heads", .integer(1...256), default: 4, unit: "heads",
        source: "ours, the `standard` preset", doc: "Query heads; a multiple of key_value_heads."),
      Key(
        "key_value_heads", .integer(1...256), default: 4, unit: "heads",
        source: "ours, the `standard` preset", doc: "Heads of keys and values."),
      Key(
        "head_width", .integer(16...256), default: 16, unit: "channels",
        source: "ours, the `standard` preset", doc: "Channels of a head; a multiple of 16."),
      Key(
        "feed_forward", .integer(16...16_384), default: 176, unit: "channels",
        source: "ours, the `standard` preset",
        doc: "Hidden channels of the SwiGLU block; a multiple of 16."),
      Key(
        "context", .integer(16...8192), default: 160, unit: "tokens", source: "ours",
        doc: "Longest prompt and response together."),
      Key(
        "rope_base", .number(.closed(1, 1e9)), default: 1000,
        source: "ours, the `standard` preset; Qwen2 has 1,000,000 for its long contexts",
        doc: "Base of the rotary frequencies."),
      Key(
        "attention_bias", .boolean, default: true,
        source: "Qwen2, arXiv:2407.10671, section 2.2",
        doc: "Whether queries, keys and values have a bias."),
      Key(
        "tied_embeddings", .boolean, default: true,
        source: "Qwen2, arXiv:2407.10671, table 1: its small models tie, from 7B on they do not",
        doc: "Whether the output projection is the embedding or a matrix of its own."),
      Key(
        "products", .choice(ProductsChoice.allCases.map(\.rawValue)), default: "tiles",
        source: "docs/determinism.md",
        doc: "Who multiplies matrices: our own tiles, with the same bits everywhere, or OpenBLAS."),
    ])

  package let shape: ModelShape
  package let products: ProductsChoice

  package init(_ settings: Settings, vocabulary: Int) {
    shape = ModelShape(
      vocabulary: vocabulary, width: settings.integer("width"),
      layers: settings.integer("layers"), heads: settings.integer("heads"),
      keyValueHeads: settings.integer("key_value_heads"),
      headWidth: settings.integer("head_width"), feedForward: settings.integer("feed_forward"),
      context: settings.integer("context"), ropeBase: settings.number("rope_base"),
      attentionBias: settings.boolean("attention_bias"),
      tiedEmbeddings: settings.boolean("tied_embeddings"))
    products = settings.choice("products", as: ProductsChoice.self)
  }
}
