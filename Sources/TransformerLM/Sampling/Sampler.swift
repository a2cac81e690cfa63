// swift-format-ignore-file: AlwaysUseLowerCamelCase
package import KernelInterface
internal import Reproducibility
internal import TensorKernels

/// Draws completions of prompts, many at once.
///
/// A prompt is run once and its keys and values copied to each of its completions. All live
/// completions advance together; a finished one leaves its slot to the next. Since a row's
/// arithmetic does not see the other rows, and its random numbers are looked up by stream and
/// position, neither the number of slots nor the other requests change a bit of a completion.
/// All memory is taken once.
package final class Sampler {
  package let shape: ModelShape
  /// Completions that advance together.
  package let slots: Int

  let forward: CachedForward
  private var live: LiveRows
  private var freeSlots: [Int] = []
  private let promptLogits: FloatBuffer
  private let drawScratch: FloatBuffer
  private let forcedScores: FloatBuffer

  /// - Parameters:
  ///   - shape: valid, see ``ModelShape/validate()``.
  ///   - slots: at least 1; each takes `2 · layers · key-value heads · D · context` floats.
  ///   - kernels: what computes; the choice of products is part of a work item's identity.
  package init(_ shape: ModelShape, slots: Int, kernels: KernelSet = Kernels.active) {
    precondition(slots >= 1, "a sampler needs a slot")
    self.shape = shape
    self.slots = slots
    forward = CachedForward(shape, slots: slots + 1, kernels: kernels)
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
    forward.begin(positions: longestSequence(requests, rule))
    freeSlots.removeAll(keepingCapacity: true)
    freeSlots.append(contentsOf: (0..<slots).reversed())
    live.removeAll()
    var prompt: PreparedPrompt?
    while true {
      while !freeSlots.isEmpty, let next = waiting.next() {
        if next.stream == 0 { prompt = prepare(p, requests[next.request], rule) }
        if let prompt { begin(next, requests[next.request], prompt, rule, &results) }
      }
      if live.isEmpty { break }
      forward.run(
        p, tokens: live.tokens, positions: live.positions, places: live.places,
        scored: 0..<live.count)
      advance(rule, &results)
    }
    return results.map { $0.compactMap(\.self) }
  }

  /// Rows of the longest possible sequence of a call, and its prompt's at least.
  private func longestSequence(_ requests: [SampleRequest], _ rule: SamplingRule) -> Int {
    requests.reduce(1) { max($0, $1.prompt.count + limit($1, rule)) }
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

  /// A prompt with its forced tokens, in the cache's last slot.
  private struct PreparedPrompt {
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
    _ p: ModelParameters, _ request: SampleRequest, _ rule: SamplingRule
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
      places: (0..<fed.count).map { CacheRow(slot: slots, position: $0) },
      scored: request.prompt.count - 1..<fed.count)
    let scored = fed.count - request.prompt.count + 1
    promptLogits.all.copy(
      from: forward.logits[(scored - 1) * d.logitStride..<scored * d.logitStride])
    return PreparedPrompt(
      limit: limit, rows: fed.count, forced: forced,
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
        forward.copySlot(slots, to: slot, positions: prompt.rows)
        live.append(
          LiveRows.Owner(place: place, stream: stream, limit: prompt.limit), completion,
          slot: slot, position: prompt.rows)
        return
      }
    }
    results[place.request][place.stream] = completion
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
