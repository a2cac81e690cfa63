internal import ReasoningTasks
package import TransformerLM

/// The models that are timed.
package enum BenchModel: String, CaseIterable, Sendable {
  /// What a `standard` trial trains; some 109,000 parameters.
  case standard
  /// 996,480 parameters.
  case oneMillion = "1M"
  /// 9.48 million parameters.
  case tenMillion = "10M"

  package var shape: ModelShape {
    switch self {
    case .standard:
      ModelShape(
        vocabulary: Vocabulary.standard.size, width: 64, layers: 2, heads: 4, headWidth: 16,
        feedForward: 176, context: 160)
    case .oneMillion:
      ModelShape(
        vocabulary: 96, width: 128, layers: 4, heads: 4, keyValueHeads: 2, headWidth: 32,
        feedForward: 512, context: 128, attentionBias: false)
    case .tenMillion:
      ModelShape(
        vocabulary: 96, width: 384, layers: 6, heads: 6, keyValueHeads: 2, headWidth: 64,
        feedForward: 1024, context: 128, attentionBias: false)
    }
  }

  /// Rows of the training tape: as many as a work item's.
  static let tapeRows = 1024
}
