// swift-format-ignore-file: AlwaysUseLowerCamelCase
import Foundation
import KernelInterface
import Reproducibility
import Testing

@testable import TransformerLM

@Suite("Sampler")
struct SamplerTests {
  static let shapes: [ModelShape] = [.tiny, .grouped, .untied]

  /// Requests of all kinds: long and short prompts, one stream and many, own lengths, forced tokens.
  static func requests(_ shape: ModelShape, seed: UInt64) -> [SampleRequest] {
    Group.random(9, shape: shape, seed: seed).enumerated().map { index, group in
      let root = Seed(seed).derive("request/\(index)")
      return SampleRequest(
        prompt: group.prompt, streams: (0..<[1, 7, 3][index % 3]).map { root.derive($0) },
        maxNewTokens: index % 4 == 0 ? 5 : nil,
        forcedPrefix: index % 2 == 0 ? [] : Array(group.completions[0].prefix(4)))
    }
  }

  static func rule(
    _ temperature: Float = 1, topP: Float = 1, longest: Int = 24, end: Int32 = 2
  ) -> SamplingRule {
    SamplingRule(temperature: temperature, topP: topP, maxNewTokens: longest, endToken: end)
  }

  @Test(
    "log-probabilities are the trainer's, bit for bit",
    arguments: [(0.6, 0.95), (1, 1), (1.7, 0.5)] as [(Float, Float)], 0..<3 as Range<UInt64>)
  func agreement(setting: (temperature: Float, topP: Float), seed: UInt64) {
    for shape in Self.shapes {
      let p = ModelParameters.lively(shape, seed: seed)
      let requests = Self.requests(shape, seed: seed)
      let completions = Sampler(shape, slots: 8).sample(
        p, requests, rule: Self.rule(setting.temperature, topP: setting.topP))
      let tape = TrainingTape(shape, rows: 2000)
      var tokens = 0
      for (request, completions) in zip(requests, completions) {
        var shared = PackedBatch()
        let ranges = shared.appendGroup(
          prompt: request.prompt, completions: completions.map(\.tokens))
        tape.forward(p, shared, temperature: setting.temperature)
        let together = tape.logProbabilities
        for (completion, range) in zip(completions, ranges) {
          #expect(completion.logProbabilities.bits == Array(together[range]).bits)
          var alone = PackedBatch()
          let sequence = request.prompt + completion.tokens
          alone.appendSequence(sequence, scoring: request.prompt.count..<sequence.count)
          tape.forward(p, alone, temperature: setting.temperature)
          #expect(completion.logProbabilities.bits == tape.logProbabilities.bits)
          tokens += completion.tokens.count
        }
      }
      #expect(tokens > 50, "too few tokens to tell")
    }
  }

  @Test("completions do not depend on slots or neighbours", arguments: 0..<4 as Range<UInt64>)
  func slots(seed: UInt64) {
    for shape in Self.shapes {
      let p = ModelParameters.lively(shape, seed: seed)
      let requests = Self.requests(shape, seed: seed)
      let rule = Self.rule(1.2, topP: 0.9)
      let whole = Sampler(shape, slots: 64).sample(p, requests, rule: rule)
      for slots in [1, 4, 7] {
        let sampler = Sampler(shape, slots: slots)
        #expect(sampler.sample(p, requests, rule: rule) == whole, "\(slots) slots, seed \(seed)")
        // Again with the same memory, in the other order and one by one.
        let reversed = sampler.sample(p, requests.reversed(), rule: rule)
        #expect(reversed.reversed() == whole)
        #expect(requests.flatMap { sampler.sample(p, [$0], rule: rule) } == whole)
      }
    }
  }

  @Test(
    "ten thousand drawn tokens have the trainer's log-probabilities, however they were drawn and packed"
  )
  func tenThousandTokens() {
    var drawn = 0
    for shape in Self.shapes {
      let p = ModelParameters.lively(shape, seed: 11)
      let tape = TrainingTape(shape, rows: 4000)
      // Six sets of requests in one call: some rows leave early, others take their place.
      let requests = (20..<26).flatMap { Self.requests(shape, seed: $0) }
      for slots in [1, 7, 64] {
        let completions = Sampler(shape, slots: slots).sample(
          p, requests, rule: Self.rule(1.1, topP: 0.95, longest: 30))
        #expect(Set(completions.joined().map(\.isFinished)).count == 2, "some end before others")
        let samples = zip(requests, completions)
        for (request, completions) in samples {
          let forced = request.forcedPrefix.count
          for completion in completions { drawn += max(0, completion.tokens.count - forced) }
        }
        // All prompts in one batch, each once for all of its completions.
        var shared = PackedBatch()
        let ranges = samples.map { request, completions in
          shared.appendGroup(prompt: request.prompt, completions: completions.map(\.tokens))
        }
        tape.forward(p, shared, temperature: 1.1)
        for (completions, ranges) in zip(completions, ranges) {
          for (completion, range) in zip(completions, ranges) {
            #expect(completion.logProbabilities.bits == Array(tape.logProbabilities[range]).bits)
          }
        }
        // Each completion with a prompt of its own, a request at a time.
        for (request, completions) in samples {
          var apart = PackedBatch()
          let ranges = completions.map {
            apart.appendSequence(prompt: request.prompt, response: $0.tokens)
          }
          tape.forward(p, apart, temperature: 1.1)
          for (completion, range) in zip(completions, ranges) {
            #expect(completion.logProbabilities.bits == Array(tape.logProbabilities[range]).bits)
          }
        }
      }
    }
    #expect(drawn >= 10_000, "\(drawn) tokens")
  }

  @Test("equal streams draw equal completions, other streams others")
  func streams() {
    let p = ModelParameters.lively(.tiny, seed: 1)
    let (a, b) = (Seed(1).derive("a"), Seed(1).derive("b"))
    let found = Sampler(.tiny, slots: 4).sample(
      p, [SampleRequest(prompt: [1, 2, 3], streams: [a, b, a])], rule: Self.rule(2, end: 99))[0]
    #expect(found[0] == found[2])
    #expect(found[0].tokens != found[1].tokens)
  }

  @Test("tokens come as often as the model says")
  func frequencies() {
    let shape = ModelShape.tiny
    let p = ModelParameters.lively(shape, seed: 6)
    let N = 20_000
    let prompt: [Int32] = [5, 6, 7]
    let found = Sampler(shape, slots: 4).sample(
      p, [SampleRequest(prompt: prompt, streams: (0..<N).map { Seed(3).derive($0) })],
      rule: Self.rule(1.5, longest: 1))[0]
    var batch = PackedBatch()
    batch.appendGroup(prompt: prompt, completions: (0..<21).map { [$0] })
    let tape = TrainingTape(shape, rows: 8)
    tape.forward(p, batch, temperature: 1.5)
    var counts = [Double](repeating: 0, count: shape.vocabulary)
    for completion in found { counts[Int(completion.tokens[0])] += 1 }
    for (count, log) in zip(counts, tape.logProbabilities) {
      let expected = Double(N) * exp(Double(log))
      // Five standard deviations of a Poisson count, and room for the rarest.
      #expect(abs(count - expected) < 5 * expected.squareRoot() + 5)
    }
  }

  @Test("a nucleus of half the mass holds the likeliest tokens only")
  func nucleus() {
    let shape = ModelShape.tiny
    let p = ModelParameters.lively(shape, seed: 6)
    let prompt: [Int32] = [5, 6, 7]
    let found = Sampler(shape, slots: 4).sample(
      p, [SampleRequest(prompt: prompt, streams: (0..<500).map { Seed(3).derive($0) })],
      rule: Self.rule(1.5, topP: 0.5, longest: 1))[0]
    var batch = PackedBatch()
    batch.appendGroup(prompt: prompt, completions: (0..<21).map { [$0] })
    let tape = TrainingTape(shape, rows: 8)
    tape.forward(p, batch, temperature: 1.5)
    let ranked = tape.logProbabilities.enumerated().sorted { $0.element > $1.element }
    var mass = 0.0
    var allowed: Set<Int32> = []
    for (token, log) in ranked where mass < 0.5 {
      mass += exp(Double(log))
      allowed.insert(Int32(token))
    }
    #expect(Set(found.map { $0.tokens[0] }) == allowed)
  }

  @Test("a completion ends with the end token or at its length, and says which")
  func ends() {
    let shape = ModelShape.tiny
    let p = ModelParameters.lively(shape, seed: 8)
    let streams = (0..<60).map { Seed(8).derive($0) }
    let found = Sampler(shape, slots: 16).sample(
      p, [SampleRequest(prompt: [1], streams: streams)], rule: Self.rule(3, longest: 12))[0]
    #expect(Set(found.map(\.isFinished)).count == 2, "both endings must occur")
    for completion in found {
      #expect(completion.tokens.count == completion.logProbabilities.count)
      #expect(completion.isFinished == (completion.tokens.last == 2))
      #expect(!completion.tokens.dropLast().contains(2))
      #expect(completion.isFinished || completion.tokens.count == 12)
    }
  }

  @Test("prompt and completion never exceed the context")
  func context() {
    let shape = ModelShape.grouped
    let p = ModelParameters.lively(shape, seed: 9)
    let prompts = [1, 20, 38, 39].map { [Int32](repeating: 3, count: $0) }
    let found = Sampler(shape, slots: 2).sample(
      p, prompts.map { SampleRequest(prompt: $0, streams: [Seed(1)]) },
      rule: Self.rule(1, longest: 1000, end: 99))
    #expect(found.map { $0[0].tokens.count } == [39, 20, 2, 1])
    #expect(found.allSatisfy { !$0[0].isFinished })
  }

  @Test("forced tokens begin every completion and count towards its length")
  func forced() {
    let shape = ModelShape.tiny
    let p = ModelParameters.lively(shape, seed: 10)
    func sample(_ forced: [Int32], longest: Int) -> [Completion] {
      Sampler(shape, slots: 3).sample(
        p,
        [SampleRequest(prompt: [4, 4], streams: [Seed(1), Seed(2)], forcedPrefix: forced)],
        rule: Self.rule(1, longest: longest))[0]
    }
    for completion in sample([7, 8, 9], longest: 10) {
      #expect(completion.tokens.starts(with: [7, 8, 9]) && completion.tokens.count > 3)
    }
    // Cut at the longest length; nothing is drawn.
    #expect(sample([7, 8, 9], longest: 2).map(\.tokens) == [[7, 8], [7, 8]])
    #expect(sample([7, 8, 9], longest: 3).allSatisfy { !$0.isFinished && $0.tokens.count == 3 })
    // Ended by the end token among them.
    for completion in sample([7, 2, 9], longest: 10) {
      #expect(completion.tokens == [7, 2] && completion.isFinished)
      #expect(completion.logProbabilities.allSatisfy { $0 < 0 })
    }
    // What was drawn freely and what was forced have the same log-probabilities and continuation.
    let free = Sampler(shape, slots: 3).sample(
      p, [SampleRequest(prompt: [4, 4], streams: [Seed(5)])], rule: Self.rule(1, end: 99))[0][0]
    let forced = Sampler(shape, slots: 3).sample(
      p,
      [
        SampleRequest(
          prompt: [4, 4], streams: [Seed(5)], forcedPrefix: Array(free.tokens.prefix(6)))
      ], rule: Self.rule(1, end: 99))[0][0]
    #expect(forced == free)
  }

  @Test("no request and no stream give no completion")
  func nothing() {
    let p = ModelParameters.lively(.tiny, seed: 1)
    let sampler = Sampler(.tiny, slots: 2)
    #expect(sampler.sample(p, [], rule: Self.rule()).isEmpty)
    let mixed = sampler.sample(
      p,
      [
        SampleRequest(prompt: [1], streams: []), SampleRequest(prompt: [1], streams: [Seed(1)]),
        SampleRequest(prompt: [1], streams: []),
      ], rule: Self.rule())
    #expect(mixed.map(\.count) == [0, 1, 0])
  }
}
