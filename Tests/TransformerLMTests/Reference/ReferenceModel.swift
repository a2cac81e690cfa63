// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation

@testable import TransformerLM

/// The model as its definition reads: one sequence at a time, plain loops, no cache, no packing.
struct ReferenceModel<S: Scalar> {
  let shape: ModelShape
  /// By Qwen2 name, row-major `[out, in]`.
  let weights: [String: [S]]

  /// Σ over scored tokens of `c · log p + e · H`; token `i` is scored from the tokens before it.
  func loss(
    _ tokens: [Int32], scoring: Range<Int>, temperature: Double, c: [Double], e: [Double]
  ) -> S {
    var loss = S(constant: 0)
    let logs = logProbabilities(tokens, scoring: scoring, temperature: temperature)
    for (i, index) in scoring.enumerated() {
      var entropy = S(constant: 0)
      for log in logs[i] { entropy = entropy - log.exponential * log }
      loss =
        loss + S(constant: c[i]) * logs[i][Int(tokens[index])] + S(constant: e[i]) * entropy
    }
    return loss
  }

  /// Log-probabilities of the whole vocabulary for each scored token.
  func logProbabilities(_ tokens: [Int32], scoring: Range<Int>, temperature: Double) -> [[S]] {
    let E = weight("model.embed_tokens.weight")
    let projection = shape.tiedEmbeddings ? E : weight("lm_head.weight")
    let C = shape.width
    var x = tokens.map { Array(E[Int($0) * C..<(Int($0) + 1) * C]) }
    for l in 0..<shape.layers { x = block("model.layers.\(l).", x) }
    return scoring.map { index in
      let normal = norm(x[index - 1], weight("model.norm.weight"))
      let logits = linear(projection, normal).map { $0 / S(constant: temperature) }
      var sum = S(constant: 0)
      for logit in logits { sum = sum + logit.exponential }
      let logSum = sum.logarithm
      return logits.map { $0 - logSum }
    }
  }

  private func weight(_ name: String) -> [S] { weights[name] ?? [] }

  private func block(_ prefix: String, _ x: [[S]]) -> [[S]] {
    func w(_ name: String) -> [S] { weight(prefix + name) }
    let D = shape.headWidth
    let group = shape.heads / shape.keyValueHeads
    let normal = x.map { norm($0, w("input_layernorm.weight")) }
    func project(_ letter: String) -> [[S]] {
      normal.map { row in
        let product = linear(w("self_attn.\(letter)_proj.weight"), row)
        return shape.attentionBias ? plus(product, w("self_attn.\(letter)_proj.bias")) : product
      }
    }
    let q = project("q").enumerated().map { rotate($1, position: $0) }
    let k = project("k").enumerated().map { rotate($1, position: $0) }
    let v = project("v")
    let middle = x.indices.map { t in
      var attended: [S] = []
      for h in 0..<shape.heads {
        let own = h / group * D
        let scores = (0...t).map { s in
          (dot(q[t][h * D..<h * D + D], k[s][own..<own + D])
            / S(constant: Double(D).squareRoot())).exponential
        }
        var sum = S(constant: 0)
        for score in scores { sum = sum + score }
        for i in 0..<D {
          var value = S(constant: 0)
          for s in 0...t { value = value + scores[s] / sum * v[s][own + i] }
          attended.append(value)
        }
      }
      return plus(x[t], linear(w("self_attn.o_proj.weight"), attended))
    }
    return middle.map { row in
      let normal = norm(row, w("post_attention_layernorm.weight"))
      let gate = linear(w("mlp.gate_proj.weight"), normal)
      let up = linear(w("mlp.up_proj.weight"), normal)
      let one = S(constant: 1)
      let hidden = zip(gate, up).map { g, u in
        g / (one + (S(constant: 0) - g).exponential) * u
      }
      return plus(row, linear(w("mlp.down_proj.weight"), hidden))
    }
  }

  private func norm(_ x: [S], _ gain: [S]) -> [S] {
    let mean = dot(x[...], x[...]) / S(constant: Double(x.count))
    let root = (mean + S(constant: 1e-6)).root
    return zip(x, gain).map { $0 / root * $1 }
  }

  /// Pairs element `i` of a head with element `i + D/2`.
  private func rotate(_ x: [S], position: Int) -> [S] {
    let half = shape.headWidth / 2
    var y = x
    for start in stride(from: 0, to: x.count, by: shape.headWidth) {
      for i in 0..<half {
        let angle = Double(position) * pow(shape.ropeBase, -Double(i) / Double(half))
        let (c, s) = (S(constant: cos(angle)), S(constant: sin(angle)))
        y[start + i] = x[start + i] * c - x[start + half + i] * s
        y[start + half + i] = x[start + half + i] * c + x[start + i] * s
      }
    }
    return y
  }

  private func linear(_ w: [S], _ x: [S]) -> [S] {
    stride(from: 0, to: w.count, by: x.count).map { dot(w[$0..<$0 + x.count], x[...]) }
  }

  private func plus(_ a: [S], _ b: [S]) -> [S] { zip(a, b).map { $0 + $1 } }

  private func dot(_ a: ArraySlice<S>, _ b: ArraySlice<S>) -> S {
    var sum = S(constant: 0)
    for (x, y) in zip(a, b) { sum = sum + x * y }
    return sum
  }
}
