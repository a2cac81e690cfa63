internal import KernelInterface
internal import Reproducibility
internal import TransformerLM

/// Drawing completions that all run to their full length: no token ends them.
enum SamplingCases {
  static func contenders(_ kernels: [KernelSet]) -> [Contender] {
    let sizes: [(BenchModel, prompts: Int, completions: Int)] = [
      (.oneMillion, 8, 8), (.oneMillion, 1, 8), (.tenMillion, 8, 8), (.standard, 8, 16),
    ]
    return sizes.flatMap { size in
      kernels.map { sampling(size.0, prompts: size.prompts, completions: size.completions, $0) }
    }
  }

  static func sampling(
    _ model: BenchModel, prompts: Int, completions: Int, prompt: Int = 20, new: Int = 40,
    _ kernels: KernelSet
  ) -> Contender {
    let shape = model.shape
    let parameters = ModelParameters(shape, seed: Seed(1))
    let sampler = Sampler(shape, slots: prompts * completions, kernels: kernels)
    let requests = sampleRequests(
      prompts: prompts, length: prompt, completions: completions, shape: shape,
      seed: Seed(1).derive("bench/prompts"))
    let rule = SamplingRule(maxNewTokens: new, endToken: noToken)
    return Contender(
      "\(model.rawValue), \(prompts * completions) rows, prompt \(prompt), new \(new)",
      products: kernels.products.name,
      work: Work(
        operations: OperationCount(shape).sampling(
          prompts: prompts, prompt: prompt, completions: completions, new: new),
        tokens: Double(prompts * completions * new))
    ) { _ = sampler.sample(parameters, requests, rule: rule) }
  }
}

/// An end token that no vocabulary has.
let noToken: Int32 = -1

func sampleRequests(
  prompts: Int, length: Int, completions: Int, shape: ModelShape, seed: Seed
) -> [SampleRequest] {
  var random = RandomStream(seed)
  return (0..<prompts).map { prompt in
    SampleRequest(
      prompt: randomTokens(length, vocabulary: shape.vocabulary, &random),
      streams: (0..<completions).map { seed.derive("\(prompt)/\($0)") })
  }
}
