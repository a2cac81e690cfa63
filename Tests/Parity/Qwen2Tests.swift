// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation
import KernelInterface
import Reproducibility
import Testing

@testable import TransformerLM

/// Our model beside `Qwen2ForCausalLM` of Hugging Face `transformers`, in which somebody else wrote
/// down the same architecture.
@Suite("Qwen2 of transformers", .comparesWithPython, .reportsErrors)
struct Qwen2Tests {
  // MARK: Cases

  struct Variant: Sendable, CustomTestStringConvertible {
    var name: String
    var shape: ModelShape
    var testDescription: String { name }
  }

  /// Each end tied and not, one, two and four query heads a key-value head, with bias and without, two
  /// rotary bases, heads as wide in sum as the model and wider.
  static let variants: [Variant] = [
    Variant(
      name: "tied",
      shape: ModelShape(
        vocabulary: 61, width: 64, layers: 2, heads: 4, feedForward: 176, context: 64)),
    Variant(
      name: "untied",
      shape: ModelShape(
        vocabulary: 53, width: 64, layers: 3, heads: 4, keyValueHeads: 2, feedForward: 96,
        context: 64, ropeBase: 1e6, tiedEmbeddings: false)),
    Variant(
      name: "wide-heads",
      shape: ModelShape(
        vocabulary: 61, width: 64, layers: 2, heads: 4, keyValueHeads: 1, headWidth: 32,
        feedForward: 80, context: 64, ropeBase: 1e6, attentionBias: false)),
    Variant(
      name: "untied-wide-heads",
      shape: ModelShape(
        vocabulary: 122, width: 96, layers: 2, heads: 8, keyValueHeads: 4, headWidth: 16,
        feedForward: 112, context: 64, attentionBias: false, tiedEmbeddings: false)),
  ]

  /// What is asked about one variant, and our own answers.
  struct Case {
    let variant: Variant
    let p: ModelParameters
    let groups: [Group]
    let temperature: Float = 0.8
    let greedyPrompts: [[Int32]]
    let drawnTemperature: Float = 1.3

    var shape: ModelShape { variant.shape }

    init(_ variant: Variant, seed: UInt64) {
      self.variant = variant
      p = ModelParameters.lively(variant.shape, seed: seed)
      groups = Group.random(6, shape: variant.shape, seed: seed)
      greedyPrompts = Group.random(8, shape: variant.shape, seed: seed + 100).map(\.prompt)
    }

    var batch: PackedBatch { PackedBatch(groups) }

    /// Logits of every scored token, `[W, V]` without padding.
    func logits(_ p: ModelParameters) -> [Float] {
      let tape = TrainingTape(shape, rows: 600)
      tape.forward(p, batch, temperature: temperature)
      let stride = paddedWidth(shape.vocabulary)
      let padded = tape.head.logits.all.array
      return (0..<batch.wanted.count).flatMap {
        padded[$0 * stride..<$0 * stride + shape.vocabulary]
      }
    }

    var gradient: Gradient {
      TrainingTape(shape, rows: 600).gradient(
        p, groups, cuts: [groups.count], temperature: temperature)
    }

    /// The likeliest token at each step: a nucleus that holds nothing else.
    var greedy: [[Int32]] { sample(SamplingRule(topP: 1e-6, maxNewTokens: 24, endToken: 2)) }

    var drawn: [Completion] {
      Sampler(shape, slots: 8).sample(
        p,
        greedyPrompts.enumerated().map {
          SampleRequest(prompt: $1, streams: [Seed(7).derive($0), Seed(8).derive($0)])
        }, rule: SamplingRule(temperature: drawnTemperature, maxNewTokens: 24, endToken: 2)
      ).flatMap { $0 }
    }

    private func sample(_ rule: SamplingRule) -> [[Int32]] {
      Sampler(shape, slots: 8).sample(
        p, greedyPrompts.map { SampleRequest(prompt: $0, streams: [Seed(1)]) }, rule: rule
      ).map { $0[0].tokens }
    }

    var json: JSONValue {
      let W = batch.wanted.count
      var shape = self.shape.json.object ?? [:]
      shape["tied_embeddings"] = .bool(self.shape.tiedEmbeddings)
      let sequences = groups.flatMap { group in
        group.completions.map { Self.sequence(group.prompt, $0) }
      }
      let drawnSequences = zip(greedyPrompts.flatMap { [$0, $0] }, drawn).map {
        Self.sequence($0, $1.tokens)
      }
      return [
        "name": .string(variant.name), "shape": .object(shape), "sequences": .array(sequences),
        "temperature": .number(Double(temperature)),
        "c": JSONValue(coefficients(W, seed: 5, "c")),
        "e": JSONValue(coefficients(W, seed: 5, "e")),
        "greedy": [
          "prompts": .array(greedyPrompts.map { JSONValue($0) }), "longest": 24, "end": 2,
        ],
        "drawn": [
          "sequences": .array(drawnSequences), "temperature": .number(Double(drawnTemperature)),
        ],
      ]
    }

    private static func sequence(_ prompt: [Int32], _ completion: [Int32]) -> JSONValue {
      ["prompt": JSONValue(prompt), "completion": JSONValue(completion)]
    }
  }

  // MARK: Answers

  struct Answers: Sendable {
    /// `<variant>.logits`, `<variant>.gradient.<parameter>`, `<variant>.theirs.logits`.
    var tensors: [String: [Float]]
    var json: JSONValue
    /// For each variant, our logits of a model that they made and wrote.
    var theirs: [String: [Float]]
  }

  /// One run of the script for all variants and tests.
  static let answers = Result { () throws -> Answers in
    let exchange = try Exchange()
    let cases = variants.map { Case($0, seed: 1) }
    for one in cases {
      try one.p.writeSafetensors(to: exchange.path("\(one.variant.name).safetensors"))
    }
    try exchange.write("cases.json", .array(cases.map(\.json)))
    try Python.run("qwen2.py", on: exchange.path(""))
    var answers = Answers(
      tensors: try exchange.tensors("answers.safetensors"), json: try exchange.json("answers.json"),
      theirs: [:])
    for one in cases {
      let read = try ModelParameters(
        safetensors: exchange.path("\(one.variant.name).theirs.safetensors"), shape: one.shape)
      answers.theirs[one.variant.name] = one.logits(read)
    }
    return answers
  }

  // MARK: Tests

  @Test("logits are theirs, from the same file of weights", arguments: variants)
  func logits(variant: Variant) throws {
    let theirs = try Self.answers.get().tensors["\(variant.name).logits"]
    let one = Case(variant, seed: 1)
    Agreement.expect(
      Agreement.relative(one.logits(one.p), theirs),
      within: 2e-5, "Qwen2 logits", variant.name)
  }

  @Test("every parameter's gradient is theirs", arguments: variants)
  func gradient(variant: Variant) throws {
    let tensors = try Self.answers.get().tensors
    let gradient = Case(variant, seed: 1).gradient.named
    let theirs = tensors.keys.filter { $0.hasPrefix("\(variant.name).gradient.") }
    #expect(gradient.count == theirs.count)
    for (name, values) in gradient {
      Agreement.expect(
        Agreement.relative(values, tensors["\(variant.name).gradient.\(name)"]), within: 1e-4,
        "Qwen2 gradients", "\(variant.name) \(name)")
    }
  }

  @Test("greedy completions are theirs, token for token", arguments: variants)
  func greedy(variant: Variant) throws {
    let theirs = try Self.answers.get().json[variant.name]?["greedy"]?.array?.map(\.tokens)
    let ours = Case(variant, seed: 1).greedy
    #expect(ours == theirs)
    #expect(ours.contains { $0.count == 24 }, "no completion is long enough to tell")
  }

  @Test("tokens drawn at temperature 1.3 have their log-probabilities", arguments: variants)
  func drawn(variant: Variant) throws {
    let theirs = try Self.answers.get().json[variant.name]?["drawn"]?.array?.flatMap(\.numbers)
    let ours = Case(variant, seed: 1).drawn.flatMap(\.logProbabilities).map(Double.init)
    Agreement.expect(
      Agreement.mixed(ours, theirs ?? []), within: 2e-5, "Qwen2 log-probabilities of drawn tokens",
      variant.name)
  }

  @Test("a model that they made and wrote gives the same logits here", arguments: variants)
  func theirs(variant: Variant) throws {
    let answers = try Self.answers.get()
    let ours = try #require(answers.theirs[variant.name])
    Agreement.expect(
      Agreement.relative(ours, answers.tensors["\(variant.name).theirs.logits"]), within: 2e-5,
      "Qwen2 logits of their own file", variant.name)
  }
}
