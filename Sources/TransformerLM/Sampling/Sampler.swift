// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface
internal import Reproducibility
internal import TensorKernels

/// Draws completions of prompts, many at once.
///
/// A prompt is run once; its keys and values stand in a slot of their own, and its completions attend
/// them as their prefix. All live completions advance together; a finished one leaves its slot to the
/// next. Since a row's arithmetic does not see the other rows, and its random numbers are looked up by
/// stream and position, neither the number of slots nor the other requests change a bit of a
/// completion. Memory grows to what the largest call needs and is kept.
package final class Sampler {
  package let shape: ModelShape
  /// Completions that advance together.
  package let slots: Int

  let forward: CachedForward
  private var live: LiveRows
  private var freeSlots: [Int] = []
  private var prompts = PromptSlots()
  private let promptLogits: FloatBuffer
  private let drawScratch: FloatBuffer
  private let forcedScores: FloatBuffer

  /// - Parameters:
  ///   - shape: valid, see ``ModelShape/validate()``.
  ///   - slots: at least 1; each takes `2 · layers · key-value heads · D` floats for every token of the
  ///     longest prompt or completion, and so does each prompt at work.
  ///   - kernels: what computes; the choice of products is part of a work item's identity.
  package init(_ shape: ModelShape, slots: Int, kernels: KernelSet = Kernels.active) {
    precondition(slots >= 1, "a sampler needs a slot")
    self.shape = shape
    self.slots = slots
    forward = CachedForward(shape, rows: slots, kernels: kernels)
    live = LiveRows(slots: slots, longest: shape.context)
    promptLogits = FloatBuffer(count: forward.dimensions.logitStride)
    drawScratch = FloatBuffer(count: 2 * forward.dimensions.logitStride)
    forcedScores = FloatBuffer(count: 3 * shape.context)
  }

  /// Completions of all requests, in the order of the requests and of their streams.
  ///
  /// A completion ends with the end token, at its longest length, or where prompt and completion
  /// fill the model's context.
  package func sample(
    _ p: ModelParameters, _ requests: [SampleRequest], rule: SamplingRule
  ) -> [[Completion]] {
    precondition(p.shape == shape, "the parameters have another shape than the sampler")
    precondition(rule.temperature > 0 && rule.topP > 0 && rule.topP <= 1, "a rule out of range")
    var results = requests.map { [Completion?](repeating: nil, count: $0.streams.count) }
    var waiting = WaitingLine(requests)
    // Each live completion may be the last one of a prompt of its own.
    let promptCount = max(1, min(slots, requests.count))
    forward.begin(
      slots: slots + promptCount, positions: longestPart(requests, rule))
    freeSlots.removeAll(keepingCapacity: true)
    freeSlots.append(contentsOf: (0..<slots).reversed())
    prompts.begin(first: slots, count: promptCount)
    live.removeAll()
    var prompt: PreparedPrompt?
    while true {
      while !freeSlots.isEmpty, let next = waiting.next() {
        let request = requests[next.request]
        if next.stream == 0 {
          prompt = prepare(p, request, rule, slot: prompts.take(users: request.streams.count))
        }
        if let prompt { begin(next, request, prompt, rule, &results) }
      }
      if live.isEmpty { break }
      forward.run(
        p, tokens: live.tokens, positions: live.positions, places: live.places,
        scored: 0..<live.count)
      advance(rule, &results)
    }
    return results.map { $0.compactMap(\.self) }
  }

  /// Most rows that a call keeps in one slot: of a prompt with its forced tokens, or of a completion.
  private func longestPart(_ requests: [SampleRequest], _ rule: SamplingRule) -> Int {
    requests.reduce(1) { longest, request in
      let limit = limit(request, rule)
      return max(
        longest, limit, request.prompt.count + min(request.forcedPrefix.count, limit))
    }
  }

  /// Tokens that a completion may have.
  private func limit(_ request: SampleRequest, _ rule: SamplingRule) -> Int {
    let longest = request.maxNewTokens ?? rule.maxNewTokens
    precondition(longest >= 1, "a completion has room for a token")
    precondition(
      !request.prompt.isEmpty && request.prompt.count < shape.context,
      "a prompt of \(request.prompt.count) tokens in a context of \(shape.context)")
    return min(longest, shape.context - request.prompt.count)
  }

  // MARK: Beginning

  /// A prompt with its forced tokens, in a slot of the cache.
  private struct PreparedPrompt {
    var slot: Int
    var limit: Int
    /// Rows in the cache.
    var rows: Int
    var forced: [Int32]
    var forcedLogProbabilities: [Float]
    /// Whether the forced tokens are the whole completion, and whether by the end token.
    var isWhole: Bool
    var isFinished: Bool
  }

  /// Runs a prompt and its forced tokens; leaves the logits after them in `promptLogits`.
  private func prepare(
    _ p: ModelParameters, _ request: SampleRequest, _ rule: SamplingRule, slot: Int
  ) -> PreparedPrompt {
    let limit = limit(request, rule)
    var forced = Array(request.forcedPrefix.prefix(limit))
    var isFinished = false
    if let end = forced.firstIndex(of: rule.endToken) {
      forced.removeSubrange((end + 1)...)
      isFinished = true
    }
    let isWhole = isFinished || forced.count == limit
    let fed = request.prompt + (isWhole ? forced.dropLast() : forced)
    let d = forward.dimensions
    forward.run(
      p, tokens: fed, positions: (0..<fed.count).map(Int32.init),
      places: (0..<fed.count).map { CacheRow(slot: slot, position: $0) },
      scored: request.prompt.count - 1..<fed.count)
    let scored = fed.count - request.prompt.count + 1
    promptLogits.all.copy(
      from: forward.logits[(scored - 1) * d.logitStride..<scored * d.logitStride])
    return PreparedPrompt(
      slot: slot, limit: limit, rows: fed.count, forced: forced,
      forcedLogProbabilities: score(forced, temperature: rule.temperature), isWhole: isWhole,
      isFinished: isFinished)
  }

  /// Log-probabilities of the forced tokens from the logits of the run before.
  private func score(_ forced: [Int32], temperature: Float) -> [Float] {
    let (f, d) = (forced.count, forward.dimensions)
    if f == 0 { return [] }
    forward.operations.logSoftmax(
      logProbabilities: forcedScores[0..<f], entropies: forcedScores[f..<2 * f],
      logSums: forcedScores[2 * f..<3 * f], logits: forward.logits[0..<f * d.logitStride],
      vocabulary: d.V, targets: forced.span, temperature: temperature)
    return forcedScores[0..<f].array
  }

  /// Draws a completion's first token after the forced ones, and gives it a slot if it goes on.
  private func begin(
    _ place: WaitingLine.Place, _ request: SampleRequest, _ prompt: PreparedPrompt,
    _ rule: SamplingRule, _ results: inout [[Completion?]]
  ) {
    var completion = Completion(
      tokens: prompt.forced, logProbabilities: prompt.forcedLogProbabilities,
      isFinished: prompt.isFinished)
    let stream = request.streams[place.stream]
    if !prompt.isWhole {
      let draw = draw(
        promptLogits.all, rule, uniform: stream.uniform(at: UInt64(prompt.forced.count)))
      completion.tokens.append(draw.token)
      completion.logProbabilities.append(draw.logProbability)
      completion.isFinished = draw.token == rule.endToken
      if !completion.isFinished && completion.tokens.count < prompt.limit,
        let slot = freeSlots.popLast()
      {
        live.append(
          LiveRows.Owner(place: place, stream: stream, limit: prompt.limit), completion,
          slot: slot, prefixSlot: prompt.slot, prefixCount: prompt.rows)
        return
      }
    }
    results[place.request][place.stream] = completion
    prompts.release(prompt.slot)
  }

  // MARK: Advancing

  /// Draws the next token of every live row; the finished ones hand their slots back.
  private func advance(_ rule: SamplingRule, _ results: inout [[Completion?]]) {
    let V = forward.dimensions.logitStride
    for row in 0..<live.count {
      let draw = draw(
        forward.logits[row * V..<(row + 1) * V], rule, uniform: live.uniform(row))
      live.add(draw, to: row)
      let isFinished = draw.token == rule.endToken
      if isFinished || live.isFull(row) {
        let place = live.owners[row].place
        results[place.request][place.stream] = live.completion(row, isFinished: isFinished)
        freeSlots.append(live.places[row].slot)
        prompts.release(live.places[row].prefixSlot)
        live.markDone(row)
      }
    }
    live.removeDone()
  }

  private func draw(_ logits: FloatView, _ rule: SamplingRule, uniform: Float) -> Draw {
    forward.operations.draw(
      logits: logits, vocabulary: forward.dimensions.V, temperature: rule.temperature,
      topP: rule.topP, uniform: uniform, scratch: drawScratch.all)
  }
}
