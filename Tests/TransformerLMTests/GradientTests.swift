import Foundation
import KernelInterface
import Testing

@testable import TransformerLM

/// Three rungs: central differences of the definition, the definition's exact gradient, the kernels.
@Suite("Gradient of the whole model")
struct GradientTests {
  static let shapes: [ModelShape] = [.tiny, .grouped, .untied]
  static let groups = [
    Group(prompt: [3, 9, 4, 1], completions: [[7, 2, 2, 5, 1], [8], [6, 6, 20]]),
    Group(
      prompt: [11],
      completions: [[12, 13, 14, 15, 16, 17, 18, 19, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
  ]
  static let temperature = 0.8

  /// The loss that `TrainingTape.gradient` makes up, by the definition: sequence by sequence.
  static func loss<S: Scalar>(_ model: ReferenceModel<S>) -> S {
    let count = PackedBatch(groups).wanted.count
    let c = coefficients(count, seed: 5, "c").map(Double.init)
    let e = coefficients(count, seed: 5, "e").map(Double.init)
    var loss = S(constant: 0)
    var token = 0
    for group in groups {
      for completion in group.completions {
        let range = token..<token + completion.count
        let start = group.prompt.count
        loss =
          loss
          + model.loss(
            group.prompt + completion, scoring: start..<start + completion.count,
            temperature: temperature, c: Array(c[range]), e: Array(e[range]))
        token = range.upperBound
      }
    }
    return loss
  }

  /// The definition's gradient, tensor by tensor in canonical order.
  static func exactGradient(_ p: ModelParameters) -> [(name: String, values: [Double])] {
    let tape = ScalarTape()
    var variables: [String: [Value]] = [:]
    for (name, values) in p.named { variables[name] = values.map { tape.variable(Double($0)) } }
    let gradient = tape.gradient(of: loss(ReferenceModel(shape: p.shape, weights: variables)))
    return p.named.map { name, _ in
      (name, (variables[name] ?? []).map { $0.index.map { gradient[$0] } ?? 0 })
    }
  }

  @Test("the definition's gradient is that of its central differences", arguments: shapes)
  func definition(shape: ModelShape) {
    let p = ModelParameters.lively(shape, seed: 1)
    let exact = Self.exactGradient(p)
    var weights: [String: [Double]] = [:]
    for (name, values) in p.named { weights[name] = values.map(Double.init) }
    let h = 1e-5
    for (name, gradient) in exact {
      // Along the gradient itself, where the slope is its norm: one number that sees all entries.
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(norm > 0, "\(name) has no gradient, so nothing is tested")
      func loss(at step: Double) -> Double {
        var moved = weights
        moved[name] = zip(weights[name] ?? [], gradient).map { $0 + step * $1 / norm }
        return Self.loss(ReferenceModel(shape: shape, weights: moved))
      }
      let slope = (loss(at: h) - loss(at: -h)) / (2 * h)
      #expect(abs(slope - norm) <= 1e-6 * norm, "\(name): \(slope) against \(norm)")
    }
  }

  @Test("the kernels' gradient is the definition's", arguments: shapes)
  func kernels(shape: ModelShape) {
    let p = ModelParameters.lively(shape, seed: 1)
    let tape = TrainingTape(shape, rows: 64)
    let g = tape.gradient(
      p, Self.groups, cuts: [2], temperature: Float(Self.temperature))
    for ((name, exact), (_, found)) in zip(Self.exactGradient(p), g.named) {
      let norm = exact.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let error = zip(exact, found).reduce(0) { $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1)) }
        .squareRoot()
      #expect(error <= 1e-4 * norm, "\(name): relative error \(error / norm)")
    }
  }

  @Test("log-probabilities and entropies are the definition's", arguments: shapes)
  func forward(shape: ModelShape) {
    let p = ModelParameters.lively(shape, seed: 2)
    var weights: [String: [Double]] = [:]
    for (name, values) in p.named { weights[name] = values.map(Double.init) }
    let model = ReferenceModel(shape: shape, weights: weights)
    let tape = TrainingTape(shape, rows: 64)
    var batch = PackedBatch()
    let sequence: [Int32] = [4, 8, 15, 16, 20, 3, 2, 1, 0, 19]
    let range = batch.appendSequence(sequence, scoring: 3..<8)
    tape.forward(p, batch, temperature: 1.3)
    let logs = model.logProbabilities(sequence, scoring: 3..<8, temperature: 1.3)
    #expect(range == 0..<5 && tape.logProbabilities.count == 5 && tape.entropies.count == 5)
    for i in range {
      let expected = logs[i][Int(sequence[3 + i])]
      let entropy = -logs[i].reduce(0) { $0 + exp($1) * $1 }
      #expect(abs(Double(tape.logProbabilities[i]) - expected) < 2e-5 * max(1, -expected))
      #expect(abs(Double(tape.entropies[i]) - entropy) < 2e-5)
    }
  }
}
