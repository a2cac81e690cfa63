// swift-format-ignore-file: AlwaysUseLowerCamelCase
import KernelInterface
import Testing

@Suite("buffers and panels")
struct BufferTests {
  @Test("a buffer is zero, aligned to 64 bytes, and keeps what is written")
  func buffer() {
    for count in [0, 1, 15, 16, 1000] {
      let buffer = FloatBuffer(count: count)
      #expect(buffer.all.array == [Float](repeating: 0, count: count))
      #expect(unsafe UInt(bitPattern: buffer.base) % 64 == 0)
    }
    let buffer = FloatBuffer([1, 2, 3, 4, 5])
    buffer[1..<4].fill(9)
    buffer[0] = -1
    #expect(buffer.all.array == [-1, 9, 9, 9, 5])
    buffer[1..<3].copy(from: buffer[3..<5])
    #expect(buffer.all.array == [-1, 9, 5, 9, 5])
    #expect(buffer.all[2...][1] == 9)
  }

  @Test("a view outside its buffer is refused")
  func outside() async {
    await #expect(processExitsWith: .failure) { _ = FloatBuffer(count: 4)[2..<5] }
    await #expect(processExitsWith: .failure) { FloatBuffer(count: 4)[4] = 1 }
  }

  @Test(
    "unpack is the inverse of pack, for whole matrices and for columns of them",
    arguments: [(1, 1), (3, 32), (5, 33), (7, 100)])
  func panels(K: Int, N: Int) {
    var random = SplitMix(UInt64(N))
    let shape = PanelShape(rows: K, columns: N)
    let w = random.floats(K * N)
    let panels = zeros(shape.count)
    shape.pack(panels, from: w)
    #expect(shape.unpack(panels) == w)
    #expect(panels.array.filter { $0 != 0 }.count == w.filter { $0 != 0 }.count)
    for k in 0..<K {
      for n in 0..<N { #expect(panels[shape.index(row: k, column: n)] == w[k * N + n]) }
    }
    // The transposed form is the same matrix read the other way.
    let flipped = shape.unpack(panels, transposed: true)
    #expect(flipped == (0..<N).flatMap { n in (0..<K).map { w[$0 * N + n] } })
    // Columns one by one, and in reversed places.
    let again = zeros(shape.count)
    for n in 0..<N {
      shape.pack(again, from: (0..<K).map { w[$0 * N + n] }, columns: n..<n + 1)
    }
    #expect(again.array == panels.array)
    let reversed = zeros(shape.count)
    shape.pack(reversed, from: w, column: { N - 1 - $0 })
    #expect(shape.unpack(reversed, column: { N - 1 - $0 }) == w)
    #expect(reversed[shape.index(row: 0, column: N - 1)] == w[0])
  }

  @Test("power by squaring")
  func powers() {
    // 0.5 is exact at every step: 0.5^10 = 1 / 1024.
    let step = AdamWStep(
      step: 10, learningRate: 1, beta1: 0.5, beta2: 0.25, epsilon: 0, weightDecay: 0,
      gradientScale: 1)
    #expect(step.correction1 == Float(1 / (1 - 1.0 / 1024)))
    #expect(step.correction2 == Float(1 / (1 - 1.0 / 1_048_576)))
    #expect(AdamWStep.clipScale(norm: 4, limit: 1) == 0.25)
    #expect(AdamWStep.clipScale(norm: 0.5, limit: 1) == 1)
  }
}
