import Reproducibility
package import StudyLanguage
package import TransformerLM

/// `optimizer`: AdamW and its schedule.
package struct OptimizerSettings: Sendable {
  package static func schema(
    learningRate: Double, learningRateSource: String, beta2: Double, beta2Source: String,
    weightDecay: Double, weightDecaySource: String
  ) -> RecordSchema {
    RecordSchema(
      "optimizer",
      keys: [
        Key(
          "learning_rate", .schedule(.closed(0, 10)), default: .number(learningRate),
          source: learningRateSource, doc: "Step size of AdamW."),
        Key(
          "beta1", .number(.closed(0, 0.9999)), default: 0.9,
          source: "Kingma & Ba 2015, arXiv:1412.6980, section 2", doc: "Decay of the first moment."),
        Key(
          "beta2", .number(.closed(0, 0.99999)), default: .number(beta2), source: beta2Source,
          doc: "Decay of the second moment."),
        Key(
          "epsilon", .number(.open(above: 0, through: 1)), default: 1e-8,
          source: "Kingma & Ba 2015, arXiv:1412.6980, section 2",
          doc: "Added to the root of the second moment."),
        Key(
          "weight_decay", .number(.closed(0, 10)), default: .number(weightDecay),
          source: weightDecaySource, doc: "Decoupled decay, times the learning rate, each step."),
        Key(
          "clip_norm", .number(.open(above: 0, through: 1e9)), default: 1,
          source: "verl's and DeepScaleR's default; arXiv:2504.00829 does not say",
          doc: "Largest norm of the whole gradient."),
      ])
  }

  package let learningRate: Schedule
  package let adamW: AdamWSettings

  package init(_ settings: Settings) {
    learningRate = settings.schedule("learning_rate")
    adamW = AdamWSettings(
      beta1: Float(settings.number("beta1")), beta2: Float(settings.number("beta2")),
      epsilon: Float(settings.number("epsilon")),
      weightDecay: Float(settings.number("weight_decay")),
      clipNorm: Float(settings.number("clip_norm")))
  }
}
