internal import KernelInterface
internal import Reproducibility
internal import TransformerLM

/// Whole training steps on sequences of equal length: forward, backward, clipping, AdamW, transposed
/// copies. Every token is scored.
enum TrainingCases {
  static func contenders(_ kernels: [KernelSet]) -> [Contender] {
    let sizes: [(BenchModel, sequences: Int, length: Int)] = [
      (.oneMillion, 64, 64), (.tenMillion, 16, 64), (.standard, 32, 40),
    ]
    return sizes.flatMap { size in
      kernels.map { step(size.0, sequences: size.sequences, length: size.length, $0) }
    }
  }

  static func step(
    _ model: BenchModel, sequences: Int, length: Int, _ kernels: KernelSet
  ) -> Contender {
    step(
      model.shape, name: "\(model.rawValue), \(sequences) × \(length)", sequences: sequences,
      length: length, kernels)
  }

  static func step(
    _ shape: ModelShape, name: String, sequences: Int, length: Int, _ kernels: KernelSet
  ) -> Contender {
    let step = TrainingStep(shape, sequences: sequences, length: length, kernels)
    return Contender(name, products: kernels.products.name, work: step.work, run: step.run)
  }
}

/// A model with a fixed batch and everything that a step of supervised training needs.
private final class TrainingStep {
  let work: Work
  private let parameters: ModelParameters
  private let tape: TrainingTape
  private let gradient: Gradient
  private let optimizer: AdamW
  /// The batch, cut to what the tape holds.
  private var batches: [PackedBatch] = []
  private let slope: Float

  init(_ shape: ModelShape, sequences: Int, length: Int, _ kernels: KernelSet) {
    parameters = ModelParameters(shape, seed: Seed(1))
    tape = TrainingTape(shape, rows: BenchModel.tapeRows, kernels: kernels)
    gradient = Gradient(shape)
    optimizer = AdamW(shape, kernels: kernels)
    slope = -1 / Float(sequences * length)
    var random = RandomStream(Seed(1).derive("bench/tokens"))
    var batch = PackedBatch()
    for _ in 0..<sequences {
      if batch.rows + length > tape.rowCapacity {
        batches.append(batch)
        batch.removeAll()
      }
      batch.appendSequence(
        randomTokens(length + 1, vocabulary: shape.vocabulary, &random), scoring: 1..<length + 1)
    }
    batches.append(batch)
    let count = OperationCount(shape)
    let bytes = ByteCount(shape)
    work = Work(
      operations: batches.reduce(0) { $0 + count.training($1) },
      bytes: batches.reduce(bytes.update) { $0 + bytes.training($1) },
      tokens: Double(sequences * length))
  }

  func run() {
    gradient.clear()
    for batch in batches {
      tape.forward(parameters, batch, temperature: 1)
      tape.backward(
        parameters, batch,
        logProbabilityGradient: [Float](repeating: slope, count: batch.wanted.count),
        into: gradient)
    }
    _ = optimizer.update(parameters, gradient, learningRate: 1e-3)
  }
}

/// Tokens of the whole vocabulary with equal chances.
func randomTokens(_ count: Int, vocabulary: Int, _ random: inout RandomStream) -> [Int32] {
  (0..<count).map { _ in Int32(random.integer(in: 0...vocabulary - 1)) }
}
