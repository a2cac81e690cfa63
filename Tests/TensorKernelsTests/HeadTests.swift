// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation
import KernelInterface
import TensorKernels
import Testing

@Suite("head")
struct HeadTests {
  @Test(
    "log-probabilities, entropies and their gradients follow the definition",
    arguments: [(1, 1.0), (2, 0.6), (16, 1.0), (97, 0.7), (160, 2.0)])
  func logSoftmax(V: Int, temperature: Double) {
    var random = SplitMix(UInt64(V))
    let W = 6
    let z = random.floats(W * V, -8...8)
    let targets = random.integers(W, below: V)
    let (c, e) = (random.floats(W), random.floats(W))
    // The padding holds a huge logit, which must not count.
    let logits = padded(z, columns: V, filler: 1e6)
    let (logP, entropies, logSums) = (junk(W), junk(W), junk(W))
    active.logSoftmax(
      logProbabilities: logP, entropies: entropies, logSums: logSums, logits: logits,
      vocabulary: V, targets: targets.span, temperature: Float(temperature))
    let rows = (0..<W).map { doubles(Array(z[$0 * V..<($0 + 1) * V])) }
    let expected = rows.map { Definition.logSoftmax($0, temperature: temperature) }
    for i in 0..<W {
      #expect(abs(Double(logP[i]) - expected[i][Int(targets[i])]) <= 1e-5)
      #expect(abs(Double(entropies[i]) - Definition.entropy(expected[i])) <= 1e-5)
    }
    for entropyGradient in [view(e), nil] {
      let gradient = view(logits.array)
      active.logSoftmaxBackward(
        logits: gradient, vocabulary: V, targets: targets.span, logSums: logSums,
        entropies: entropies, logProbabilityGradient: view(c), entropyGradient: entropyGradient,
        temperature: Float(temperature))
      let found = dense(gradient, columns: V)
      let wanted = (0..<W).flatMap { i in
        Definition.logSoftmaxBackward(
          rows[i], temperature: temperature, target: Int(targets[i]), c: Double(c[i]),
          e: entropyGradient == nil ? 0 : Double(e[i]))
      }
      let scale = max(1e-2, wanted.reduce(0) { max($0, abs($1)) })
      #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= 1e-4 * scale })
      let stride = paddedWidth(V)
      let padding = gradient.array.enumerated().filter { $0.offset % stride >= V }
      #expect(padding.allSatisfy { $0.element == 0 })
    }
  }

  /// Draws from the distribution whose probabilities are given.
  private func draw(
    _ probabilities: [Double], topP: Float, uniform: Float, temperature: Float = 1
  ) -> Int {
    // The padding holds a huge logit here, too.
    let z = padded(
      probabilities.map { Float(log($0)) * temperature }, columns: probabilities.count, filler: 50)
    return Int(
      active.draw(
        logits: z, vocabulary: probabilities.count, temperature: temperature, topP: topP,
        uniform: uniform, scratch: junk(2 * paddedWidth(probabilities.count))
      ).token)
  }

  /// Cumulative in vocabulary order: 0.1, 0.3, 0.8, 1.
  @Test("the whole distribution is inverted in order of the vocabulary")
  func inversion() {
    let p = [0.1, 0.2, 0.5, 0.2]
    let expected: [(Float, Int)] = [
      (0, 0), (0.09, 0), (0.11, 1), (0.29, 1), (0.31, 2), (0.79, 2), (0.81, 3), (0.9999999, 3),
    ]
    for (uniform, token) in expected {
      #expect(draw(p, topP: 1, uniform: uniform) == token)
      #expect(draw(p, topP: 1, uniform: uniform, temperature: 0.5) == token)
    }
  }

  /// By falling probability: token 2 (0.5), tokens 1 and 3 (0.2 each, the smaller first), 0 (0.1).
  /// topP 0.6 keeps {2, 1} of mass 0.7: in vocabulary order token 1 up to 0.2 / 0.7 = 0.2857.
  /// topP 0.4 keeps {2}. topP 0.85 keeps {2, 1, 3} of mass 0.9: 1 up to 0.2222, 2 up to 0.7778.
  @Test("the nucleus is the smallest set that reaches topP, ties by index")
  func nucleus() {
    let p = [0.1, 0.2, 0.5, 0.2]
    for uniform: Float in [0, 0.5, 0.999] { #expect(draw(p, topP: 0.4, uniform: uniform) == 2) }
    let expected: [(Float, Float, Int)] = [
      (0.6, 0, 1), (0.6, 0.28, 1), (0.6, 0.29, 2), (0.6, 0.999, 2),
      (0.85, 0.22, 1), (0.85, 0.225, 2), (0.85, 0.77, 2), (0.85, 0.78, 3), (0.85, 0.999, 3),
      (1e-6, 0.5, 2),
    ]
    for (topP, uniform, token) in expected {
      #expect(draw(p, topP: topP, uniform: uniform) == token, "\(topP) \(uniform)")
    }
  }

  @Test("a distribution with equal probabilities keeps the first of them")
  func ties() {
    let p = [Double](repeating: 1.0 / 40, count: 40)
    // 0.24 of the mass: ten tokens, tokens 0 to 9.
    let tokens = Set((0..<400).map { draw(p, topP: 0.24, uniform: Float($0) / 400) })
    #expect(tokens == Set(0..<10))
  }

  @Test("the nucleus agrees with sorting", arguments: 0..<32 as Range<UInt64>)
  func againstSorting(seed: UInt64) {
    var random = SplitMix(seed)
    let V = Int.random(in: 1...200, using: &random)
    let z = random.floats(V, -4...4).map { ($0 * 4).rounded() / 4 }  // many ties
    let topP = Float.random(in: 0.05...0.99, using: &random)
    let p = Definition.logSoftmax(doubles(z), temperature: 0.8).map { exp($0) }
    let order = (0..<V).sorted { z[$0] != z[$1] ? z[$0] > z[$1] : $0 < $1 }
    var kept: Set<Int> = []
    var mass = 0.0
    for token in order where mass < Double(topP) {
      kept.insert(token)
      mass += p[token]
    }
    // Where the edge falls within rounding of topP, either answer is right.
    guard abs(mass - Double(topP)) > 1e-5 else { return }
    let cut = order.prefix(kept.count - 1).reduce(0) { $0 + p[$1] }
    guard abs(cut - Double(topP)) > 1e-5 else { return }
    for _ in 0..<50 {
      let uniform = Float(random.next() >> 40) * 0x1p-24
      let token = Int(
        active.draw(
          logits: padded(z, columns: V), vocabulary: V, temperature: 0.8, topP: topP,
          uniform: uniform, scratch: junk(2 * paddedWidth(V))
        ).token)
      var cumulative = 0.0
      let expected = (0..<V).first { candidate in
        guard kept.contains(candidate) else { return false }
        cumulative += p[candidate] / mass
        return cumulative > Double(uniform)
      }
      #expect(kept.contains(token))
      if let expected, abs(cumulative - Double(uniform)) > 1e-5 {
        let before = cumulative - p[expected] / mass
        if abs(before - Double(uniform)) > 1e-5 { #expect(token == expected) }
      }
    }
  }

  @Test("the sampler's log-probability has the trainer's bits", arguments: 0..<16 as Range<UInt64>)
  func sameBits(seed: UInt64) {
    var random = SplitMix(seed)
    let V = Int.random(in: 1...300, using: &random)
    let temperature = Float.random(in: 0.3...1.5, using: &random)
    let z = random.floats(V, -10...10)
    let drawn = active.draw(
      logits: padded(z, columns: V, filler: 77), vocabulary: V, temperature: temperature,
      topP: 0.9, uniform: Float.random(in: 0..<1, using: &random),
      scratch: junk(2 * paddedWidth(V)))
    let logP = junk(1)
    active.logSoftmax(
      logProbabilities: logP, entropies: junk(1), logSums: junk(1),
      logits: padded(z, columns: V, filler: -3), vocabulary: V, targets: [drawn.token].span,
      temperature: temperature)
    #expect(logP[0].bitPattern == drawn.logProbability.bitPattern)
  }
}
