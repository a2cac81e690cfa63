internal import KernelInterface
internal import TransformerLM

/// Time for a token against one size of the work at a time, everything else fixed. Where nothing but
/// arithmetic counts, it grows as the operations do.
enum GrowthCases {
  struct Axis: Sendable {
    var name: String
    /// What is timed, for the reader of the table.
    var work: String
    var values: [Int]
    var contender: @Sendable (Int, KernelSet) -> Contender
  }

  /// Rows of a training step on every axis: what a work item's tape holds, so that only the size in
  /// question changes.
  private static let rows = 512

  static let axes = [
    Axis(
      name: "width", work: "training, 4 layers, sequences of 64, feed-forward 4 × width",
      values: [64, 128, 256, 512]
    ) { width, kernels in
      training(shape(width: width, layers: 4, context: 64), length: 64, kernels)
    },
    Axis(
      name: "depth", work: "training, width 128, sequences of 64", values: [1, 2, 4, 8]
    ) { layers, kernels in
      training(shape(width: 128, layers: layers, context: 64), length: 64, kernels)
    },
    Axis(
      name: "length", work: "training, width 128, 4 layers", values: [64, 128, 256, 512]
    ) { length, kernels in
      training(shape(width: 128, layers: 4, context: length), length: length, kernels)
    },
    Axis(
      name: "group size",
      work: "policy steps of 64 completions, width 128, 4 layers, prompt 64, new 32",
      values: [1, 2, 4, 8, 16, 32]
    ) { group, kernels in
      PolicyStepCases.step(
        shape(width: 128, layers: 4, context: 128), name: "group size \(group)",
        prompts: 64 / group, completions: group, prompt: 64, new: 32, seesReference: false, kernels)
    },
  ]

  /// Heads of 32 channels, all with keys of their own.
  private static func shape(width: Int, layers: Int, context: Int) -> ModelShape {
    ModelShape(
      vocabulary: 96, width: width, layers: layers, heads: width / 32, headWidth: 32,
      feedForward: 4 * width, context: context, attentionBias: false)
  }

  private static func training(
    _ shape: ModelShape, length: Int, _ kernels: KernelSet
  ) -> Contender {
    TrainingCases.step(
      shape, name: "\(length)", sequences: rows / length, length: length, kernels)
  }

  static func measure(_ race: Race, _ kernels: KernelSet) -> [Growth] {
    axes.map { axis in
      let figures = race.run(axis.values.map { axis.contender($0, kernels) })
        .filter { !$0.isPart }
      return Growth(
        axis: axis.name, work: axis.work,
        points: zip(axis.values, figures).map { value, figure in
          let tokens = figure.tokens ?? 1
          return Growth.Point(
            value: value, secondsPerToken: figure.medianSeconds / tokens,
            operationsPerToken: (figure.operations ?? 0) / tokens)
        })
    }
  }
}
