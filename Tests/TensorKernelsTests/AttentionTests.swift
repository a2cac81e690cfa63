// swift-format-ignore-file: AlwaysUseLowerCamelCase
import KernelInterface
import TensorKernels
import Testing

/// A packed batch for attention, small enough for the definition.
struct AttentionCase: Sendable, CustomTestStringConvertible {
  let heads: HeadShape
  let segments: [Segment]
  let rows: Int
  var keys: Int { segments.map(\.keyCount).max() ?? 1 }
  var testDescription: String {
    "\(heads.heads)/\(heads.keyValueHeads) heads of \(heads.headWidth), \(rows) rows"
  }

  init(heads: Int, keyValueHeads: Int, D: Int, segments: [Segment]) {
    self.heads = HeadShape(heads: heads, keyValueHeads: keyValueHeads, headWidth: D)
    self.segments = segments
    rows = segments.map { $0.ownStart + $0.ownCount }.max() ?? 0
  }

  static let all = [
    AttentionCase(heads: 1, keyValueHeads: 1, D: 16, segments: [Segment(ownStart: 0, ownCount: 1)]),
    AttentionCase(
      heads: 4, keyValueHeads: 2, D: 32,
      segments: [Segment(ownStart: 0, ownCount: 37), Segment(ownStart: 37, ownCount: 5)]),
    // A prompt of 13 rows and three rollouts of it, one of them empty.
    AttentionCase(
      heads: 6, keyValueHeads: 2, D: 48,
      segments: [
        Segment(ownStart: 0, ownCount: 13),
        Segment(prefixStart: 0, prefixCount: 13, ownStart: 13, ownCount: 20),
        Segment(prefixStart: 0, prefixCount: 13, ownStart: 33, ownCount: 0),
        Segment(prefixStart: 0, prefixCount: 13, ownStart: 33, ownCount: 4),
      ]),
    AttentionCase(
      heads: 3, keyValueHeads: 3, D: 64, segments: [Segment(ownStart: 0, ownCount: 70)]),
  ]

  /// Rows that each row attends; rows outside every segment attend nothing.
  var seen: [[Int]] {
    var seen = [[Int]](repeating: [], count: rows)
    for s in segments {
      for i in 0..<s.ownCount {
        seen[s.ownStart + i] =
          Array(s.prefixStart..<s.prefixStart + s.prefixCount)
          + Array(s.ownStart...s.ownStart + i)
      }
    }
    return seen
  }

  /// Columns of one head taken out of a matrix with rows of `width`.
  static func columns(_ x: [Float], width: Int, from start: Int, D: Int) -> [Double] {
    (0..<x.count / width).flatMap { row in
      (0..<D).map { Double(x[row * width + start + $0]) }
    }
  }

  func scratch() -> FloatView { junk(attentionScratch(keys: keys, headWidth: heads.headWidth)) }

  func forward(_ qkv: [Float], _ kernels: any Operations = active) -> (
    output: [Float], logSums: [Float]
  ) {
    let (output, logSums) = (zeros(rows * heads.queryWidth), zeros(rows * heads.heads))
    kernels.attend(
      output, logSums: logSums, qkv: view(qkv), segments: segments.span, heads: heads,
      scratch: scratch())
    return (output.array, logSums.array)
  }

  func backward(_ qkv: [Float], dOutput: [Float], _ kernels: any Operations = active) -> [Float] {
    let (output, logSums) = forward(qkv, kernels)
    let gradient = junk(rows * heads.projectionWidth)
    kernels.attendBackward(
      gradient, dOutput: view(dOutput), output: view(output), logSums: view(logSums),
      qkv: view(qkv), segments: segments.span, heads: heads, rows: rows, scratch: scratch())
    return gradient.array
  }
}

@Suite("attention")
struct AttentionTests {
  @Test("forward and backward follow the definition", arguments: AttentionCase.all)
  func definition(attention: AttentionCase) {
    var random = SplitMix(11)
    let heads = attention.heads
    let (D, width) = (heads.headWidth, heads.projectionWidth)
    let qkv = random.floats(attention.rows * width)
    let dOutput = random.floats(attention.rows * heads.queryWidth)
    let (output, _) = attention.forward(qkv)
    let gradient = attention.backward(qkv, dOutput: dOutput)

    for group in 0..<heads.keyValueHeads {
      let k = AttentionCase.columns(qkv, width: width, from: heads.keyColumn(group), D: D)
      let v = AttentionCase.columns(qkv, width: width, from: heads.valueColumn(group), D: D)
      var dk = [Double](repeating: 0, count: k.count)
      var dv = dk
      for head in group * heads.group..<(group + 1) * heads.group {
        let q = AttentionCase.columns(qkv, width: width, from: heads.queryColumn(head), D: D)
        let dO = AttentionCase.columns(dOutput, width: heads.queryWidth, from: head * D, D: D)
        let found = AttentionCase.columns(output, width: heads.queryWidth, from: head * D, D: D)
        expectClose(
          found.map { Float($0) },
          Definition.attention(q: q, k: k, v: v, D: D, seen: attention.seen), "output")
        let expected = Definition.attentionBackward(
          q: q, k: k, v: v, D: D, seen: attention.seen, dO: dO)
        let dq = AttentionCase.columns(
          gradient, width: width, from: heads.queryColumn(head), D: D)
        // A row that sees only itself has a query gradient of zero up to rounding.
        let scale = max(1e-3, expected.dq.reduce(0) { max($0, abs($1)) })
        #expect(zip(dq, expected.dq).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "queries")
        dk = zip(dk, expected.dk).map { $0 + $1 }
        dv = zip(dv, expected.dv).map { $0 + $1 }
      }
      let foundK = AttentionCase.columns(gradient, width: width, from: heads.keyColumn(group), D: D)
      let foundV = AttentionCase.columns(
        gradient, width: width, from: heads.valueColumn(group), D: D)
      let scale = max(1e-3, dk.reduce(0) { max($0, abs($1)) })
      #expect(zip(foundK, dk).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "keys")
      expectClose(foundV.map { Float($0) }, dv, "values")
    }
  }

  @Test("a rollout after a shared prompt has the bits of the whole sequence alone")
  func sharedPrefix() {
    var random = SplitMix(12)
    let heads = HeadShape(heads: 4, keyValueHeads: 2, headWidth: 32)
    let width = heads.projectionWidth
    for (prompt, own) in [(1, 1), (13, 20), (16, 33), (40, 7)] {
      let qkv = random.floats((prompt + 2 * own) * width)
      let shared = AttentionCase(
        heads: 4, keyValueHeads: 2, D: 32,
        segments: [
          Segment(ownStart: 0, ownCount: prompt),
          Segment(prefixStart: 0, prefixCount: prompt, ownStart: prompt, ownCount: own),
          Segment(prefixStart: 0, prefixCount: prompt, ownStart: prompt + own, ownCount: own),
        ]
      ).forward(qkv)
      let alone = AttentionCase(
        heads: 4, keyValueHeads: 2, D: 32,
        segments: [Segment(ownStart: 0, ownCount: prompt + own)]
      ).forward(Array(qkv[..<(prompt * width)] + qkv[((prompt + own) * width)...]))
      let out = heads.queryWidth
      #expect(
        bits(Array(shared.output[((prompt + own) * out)...]))
          == bits(Array(alone.output[(prompt * out)...])))
      #expect(
        bits(Array(shared.output[..<(prompt * out)]))
          == bits(Array(alone.output[..<(prompt * out)])))
    }
  }

  @Test(
    "decoding one position at a time has the bits of the whole sequence",
    arguments: [(4, 2, 16), (6, 2, 48), (5, 1, 64), (3, 3, 32), (30, 1, 16)])
  func decoding(heads: Int, keyValueHeads: Int, D: Int) {
    var random = SplitMix(UInt64(heads))
    let shape = HeadShape(heads: heads, keyValueHeads: keyValueHeads, headWidth: D)
    let (prompt, length) = (19, 55)
    let (width, out) = (shape.projectionWidth, shape.queryWidth)
    let qkv = random.floats(length * width)
    let whole = AttentionCase(
      heads: heads, keyValueHeads: keyValueHeads, D: D,
      segments: [Segment(ownStart: 0, ownCount: length)]
    ).forward(qkv).output

    // Slot 2 takes the prompt at once; slot 0 goes on from it as its prefix. The cache holds what no
    // number is where nothing was stored: decoding must not look there.
    let cache = CacheShape(slots: 3, positions: 60, heads: shape)
    let (keys, values) = (junk(cache.count), junk(cache.count))
    let scratch = junk(attentionScratch(cache))
    func decode(_ rows: Range<Int>, _ places: [CacheRow]) -> [Float] {
      let part = view(Array(qkv[rows.lowerBound * width..<rows.upperBound * width]))
      let output = junk(rows.count * out)
      active.store(keys: keys, values: values, cache: cache, qkv: part, places: places.span)
      active.attendCache(
        output, qkv: part, keys: keys, values: values, cache: cache, places: places.span,
        scratch: scratch)
      return output.array
    }
    func stretch(_ rows: Range<Int>) -> [Float] {
      decode(rows, rows.map { CacheRow(slot: 2, position: $0) })
    }
    #expect(bits(stretch(0..<prompt)) == bits(Array(whole[..<(prompt * out)])))
    for row in prompt..<length {
      let place = CacheRow(
        slot: 0, position: row - prompt, prefixSlot: 2, prefixCount: prompt)
      let expected = Array(whole[row * out..<(row + 1) * out])
      #expect(bits(decode(row..<row + 1, [place])) == bits(expected))
    }
    // Slot 2 is as it was: its own continuation agrees too, in one stretch and one by one.
    #expect(bits(stretch(prompt..<length)) == bits(Array(whole[(prompt * out)...])))
    for row in prompt..<length {
      #expect(bits(stretch(row..<row + 1)) == bits(Array(whole[row * out..<(row + 1) * out])))
    }
  }

  @Test(
    "a group of completions has the bits of each whole sequence alone",
    arguments: [(4, 4, 16), (4, 2, 32), (6, 2, 64), (7, 1, 16)], [1, 15, 16, 21])
  func decodingGroup(heads: (all: Int, keyValue: Int, D: Int), prompt: Int) {
    var random = SplitMix(UInt64(heads.all * 100 + prompt))
    let shape = HeadShape(heads: heads.all, keyValueHeads: heads.keyValue, headWidth: heads.D)
    let (width, out) = (shape.projectionWidth, shape.queryWidth)
    // More completions than are held at once, of unlike lengths.
    let lengths = (0..<cacheRowsTogether + 4).map { 1 + $0 * 5 % 23 }
    let start = random.floats(prompt * width)
    let rest = lengths.map { random.floats($0 * width) }
    let whole = zip(lengths, rest).map { length, rest in
      AttentionCase(
        heads: heads.all, keyValueHeads: heads.keyValue, D: heads.D,
        segments: [Segment(ownStart: 0, ownCount: prompt + length)]
      ).forward(start + rest).output
    }
    let cache = CacheShape(slots: lengths.count + 1, positions: 24, heads: shape)
    let (keys, values) = (junk(cache.count), junk(cache.count))
    let scratch = junk(attentionScratch(cache))
    func decode(_ qkv: [Float], _ places: [CacheRow]) -> [Float] {
      let output = junk(places.count * out)
      active.store(keys: keys, values: values, cache: cache, qkv: view(qkv), places: places.span)
      active.attendCache(
        output, qkv: view(qkv), keys: keys, values: values, cache: cache, places: places.span,
        scratch: scratch)
      return output.array
    }
    _ = decode(start, (0..<prompt).map { CacheRow(slot: lengths.count, position: $0) })
    for position in 0..<(lengths.max() ?? 0) {
      let live = lengths.indices.filter { lengths[$0] > position }
      let found = decode(
        live.flatMap { rest[$0][position * width..<(position + 1) * width] },
        live.map {
          CacheRow(
            slot: $0, position: position, prefixSlot: lengths.count, prefixCount: prompt)
        })
      let row = prompt + position
      #expect(
        bits(found) == bits(live.flatMap { whole[$0][row * out..<(row + 1) * out] }),
        "position \(position)")
    }
  }

  @Test("the rows of a decoding batch do not know of each other")
  func decodingBatch() {
    var random = SplitMix(14)
    let shape = HeadShape(heads: 4, keyValueHeads: 2, headWidth: 32)
    let cache = CacheShape(slots: 4, positions: 48, heads: shape)
    let (keys, values) = (view(random.floats(cache.count)), view(random.floats(cache.count)))
    let places =
      [(3, 40), (0, 2), (1, 31), (2, 15), (2, 16)].map { CacheRow(slot: $0.0, position: $0.1) }
      + [(0, 5), (3, 8), (1, 1)].map {
        CacheRow(slot: $0.0, position: $0.1, prefixSlot: 2, prefixCount: 13)
      }
    let qkv = random.floats(places.count * shape.projectionWidth)
    let scratch = junk(attentionScratch(cache))
    func decode(_ rows: Range<Int>) -> [Float] {
      let output = junk(rows.count * shape.queryWidth)
      let width = shape.projectionWidth
      let part = Array(qkv[rows.lowerBound * width..<rows.upperBound * width])
      active.attendCache(
        output, qkv: view(part), keys: keys, values: values, cache: cache,
        places: Array(places[rows]).span, scratch: scratch)
      return output.array
    }
    #expect(bits(decode(0..<8)) == bits((0..<8).flatMap { decode($0..<$0 + 1) }))
  }

  @Test("a place outside the cache is refused")
  func outside() async {
    await #expect(processExitsWith: .failure) {
      let shape = HeadShape(heads: 1, keyValueHeads: 1, headWidth: 16)
      let cache = CacheShape(slots: 1, positions: 16, heads: shape)
      Kernels.active.operations.store(
        keys: FloatBuffer(count: cache.count).all, values: FloatBuffer(count: cache.count).all,
        cache: cache, qkv: FloatBuffer(count: 48).all,
        places: [CacheRow(slot: 0, position: 16)].span)
    }
  }
}
