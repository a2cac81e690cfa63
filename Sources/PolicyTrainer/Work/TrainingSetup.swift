import ReasoningTasks
import StudyLanguage
import TransformerLM
import KernelInterface
import TensorKernels

/// What every item that runs a model builds: vocabulary, verifier, tape, sampler.
struct TrainingSetup {
  let vocabulary: Vocabulary
  let verifier: Verifier
  let shape: ModelShape
  let kernels: KernelSet

  /// - Throws: ``WorkFault`` when the model's sizes do not fit together.
  init(model: Settings, tasks: Settings) throws(WorkFault) {
    let tasks = TaskSettings(tasks)
    vocabulary = .standard
    verifier = tasks.verifier
    let model = ModelSettings(model, vocabulary: vocabulary.size)
    do {
      try model.shape.validate()
    } catch {
      throw WorkFault(
        what: error.description, why: "the kernels work on whole blocks of channels",
        help: "change the sizes in 'model'")
    }
    shape = model.shape
    do {
      kernels = try model.products.kernels()
    } catch {
      throw WorkFault(
        what: "OpenBLAS cannot be opened: \(error.words)", why: "the model's products ask for it",
        help: "apt-get install libopenblas0, or ask for the products \"tiles\"")
    }
  }

  /// Rows of the tape: what stays in the cache of one core, and holds the largest group.
  func tape(atLeast rows: Int) -> TrainingTape {
    TrainingTape(shape, rows: max(512, rows), kernels: kernels)
  }

  func collector() -> RolloutCollector {
    RolloutCollector(
      sampler: Sampler(shape, slots: 128, kernels: kernels), vocabulary: vocabulary,
      verifier: verifier)
  }

  func optimizer(_ settings: AdamWSettings) -> AdamW {
    AdamW(shape, settings: settings, kernels: kernels)
  }

  /// Weights that an input item left.
  func parameters(
    _ input: String, _ file: String, on bench: any WorkBench
  ) throws -> ModelParameters {
    try ModelParameters(safetensors: bench.input(input, file: file), name: file, shape: shape)
  }

  /// Problems with their prompts as tokens.
  ///
  /// - Parameter caps: longest response of each domain, tokens.
  /// - Throws: ``WorkFault`` when a prompt leaves no room for such a response.
  func entries(
    _ problems: [Problem], caps: PerDomain,
    passRates: (Int) -> [(solver: String, rate: PassRate)] = { _ in [] }
  ) throws -> [PoolEntry] {
    try problems.enumerated().map { index, problem in
      let prompt = try vocabulary.encode(problem.prompt)
      let cap = caps[problem.domain]
      if prompt.count + cap > shape.context {
        throw WorkFault(
          what:
            "problem '\(problem.id)' has a prompt of \(prompt.count) tokens, its response a length cap of \(cap)",
          why: "together they must fit into the model's context of \(shape.context)",
          help: "raise 'model.context', lower the cap, or leave out longer problems")
      }
      return PoolEntry(problem: problem, prompt: prompt, passRates: passRates(index))
    }
  }
}
