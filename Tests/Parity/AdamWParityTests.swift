import Foundation
import KernelInterface
import Reproducibility
import Testing

@testable import TransformerLM

/// Our optimizer beside `torch.optim.AdamW` with `torch.nn.utils.clip_grad_norm_`.
@Suite("AdamW of PyTorch", .comparesWithPython, .reportsErrors)
struct AdamWParityTests {
  static let steps = 100
  static let shape = ModelShape(
    vocabulary: 21, width: 32, layers: 1, heads: 2, feedForward: 16, context: 16,
    tiedEmbeddings: false)

  struct Variant: Sendable, CustomTestStringConvertible {
    var name: String
    var settings: AdamWSettings
    var testDescription: String { name }
  }

  static let variants: [Variant] = [
    Variant(
      name: "plain",
      settings: AdamWSettings(beta2: 0.999, weightDecay: 0, clipNorm: 1e9)),
    Variant(name: "clipped", settings: AdamWSettings(weightDecay: 0, clipNorm: 1)),
    Variant(
      name: "decayed",
      settings: AdamWSettings(
        beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, clipNorm: 1)),
  ]

  /// Falls from 10⁻² to 10⁻³, so that the step of the moment counts.
  static func learningRate(_ step: Int) -> Float { 1e-2 * pow(10, -Float(step) / Float(steps)) }

  /// A made-up gradient, `[layout.count]` by name: normal, its scale anywhere from 10⁻³ to 10⁻¹, so
  /// that a norm of 1 cuts some steps and leaves others.
  static func gradient(_ step: Int) -> [(tensor: NamedTensor, values: [Float])] {
    var random = RandomStream(Seed(3).derive("gradient").derive(step))
    let scale = pow(10, -1 - 2 * random.uniform())
    return ParameterLayout(shape).tensors(of: shape).map { tensor in
      (tensor, (0..<tensor.shape.reduce(1, *)).map { _ in Float(scale * random.normal()) })
    }
  }

  struct Run: Sendable {
    var norms: [Double]
    var last: [(name: String, values: [Float])]
  }

  static func run(_ variant: Variant) -> Run {
    let p = ModelParameters.lively(shape, seed: 1)
    let optimizer = AdamW(shape, settings: variant.settings)
    let g = Gradient(shape)
    let norms = (0..<steps).map { step in
      g.clear()
      for (tensor, values) in gradient(step) { tensor.write(values, to: g.values.all) }
      return Double(optimizer.update(p, g, learningRate: learningRate(step)))
    }
    return Run(norms: norms, last: p.named)
  }

  static let answers = Result { () throws -> (json: JSONValue, tensors: [String: [Float]]) in
    let exchange = try Exchange()
    let p = ModelParameters.lively(shape, seed: 1)
    var tensors = p.layout.named(p.values.all, of: shape, prefix: "start.")
    for step in 0..<steps {
      tensors += gradient(step).map {
        Safetensors.Tensor(
          name: "gradient.\(step).\($0.tensor.name)", shape: $0.tensor.shape, values: $0.values)
      }
    }
    for variant in variants {
      try exchange.write("\(variant.name).safetensors", tensors: tensors)
    }
    try exchange.write(
      "cases.json",
      .array(
        variants.map { variant in
          let s = variant.settings
          return [
            "name": .string(variant.name), "beta1": .number(Double(s.beta1)),
            "beta2": .number(Double(s.beta2)), "epsilon": .number(Double(s.epsilon)),
            "weight_decay": .number(Double(s.weightDecay)),
            "clip_norm": .number(Double(s.clipNorm)),
            "learning_rates": JSONValue((0..<steps).map(learningRate)),
          ]
        }))
    try Python.run("adamw.py", on: exchange.path(""))
    return (try exchange.json("answers.json"), try exchange.tensors("answers.safetensors"))
  }

  @Test("a hundred steps lead to their parameters", arguments: variants)
  func parameters(variant: Variant) throws {
    let theirs = try Self.answers.get().tensors
    for (name, values) in Self.run(variant).last {
      Agreement.expect(
        Agreement.relative(values, theirs["\(variant.name).\(name)"]), within: 1e-5,
        "AdamW parameters after 100 steps", "\(variant.name) \(name)")
    }
  }

  @Test("the norm that is clipped by is theirs, above the limit and below", arguments: variants)
  func norms(variant: Variant) throws {
    let theirs = try Self.answers.get().json[variant.name]?.numbers ?? []
    let ours = Self.run(variant).norms
    Agreement.expect(Agreement.mixed(ours, theirs), within: 1e-6, "gradient norm", variant.name)
    let clipped = ours.count { $0 > 1 }
    #expect(clipped > 20 && clipped < 80, "\(clipped) of 100 steps clip at 1")
  }
}
