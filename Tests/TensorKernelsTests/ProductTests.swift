// swift-format-ignore-file: AlwaysUseLowerCamelCase
import KernelInterface
@testable import TensorKernels
import Testing

struct ProductSize: Sendable, CustomTestStringConvertible {
  let M: Int
  let K: Int
  let N: Int
  var shape: PanelShape { PanelShape(rows: K, columns: N) }
  var testDescription: String { "\(M)×\(K)×\(N)" }

  static let odd = [
    ProductSize(M: 1, K: 1, N: 1), ProductSize(M: 5, K: 7, N: 33), ProductSize(M: 13, K: 48, N: 48),
    ProductSize(M: 37, K: 100, N: 97), ProductSize(M: 131, K: 270, N: 40),
    ProductSize(M: 24, K: 520, N: 64), ProductSize(M: 2, K: 16, N: 16),
  ]
}

@Suite("products")
struct ProductTests {
  static let backends: [any Products] =
    [Kernels.active.products] + [try? OpenBLASProducts()].compactMap(\.self)

  @Test("both backends compute X·W, with and without what was there", arguments: ProductSize.odd)
  func multiply(size: ProductSize) {
    var random = SplitMix(1)
    let (M, K, N) = (size.M, size.K, size.N)
    let (x, w, y) = (random.floats(M * K), random.floats(K * N), random.floats(M * N))
    let expected = Definition.product(doubles(x), doubles(w), M: M, K: K, N: N)
    for products in Self.backends {
      let out = junk(M * paddedWidth(N))
      // What stands in the padding of x must not matter.
      let input = padded(x, columns: K, filler: 1e30)
      products.multiply(
        out, x: input, w: panels(w, size.shape), shape: size.shape, rows: M, accumulate: false)
      expectClose(dense(out, columns: N), expected)
      #expect(out.array.allSatisfy { $0.isFinite }, "padding columns are zero")

      let sum = padded(y, columns: N)
      products.multiply(
        sum, x: input, w: panels(w, size.shape), shape: size.shape, rows: M, accumulate: true)
      expectClose(dense(sum, columns: N), zip(expected, doubles(y)).map { $0 + $1 })
    }
  }

  @Test("both backends add XᵀdY to the gradient", arguments: ProductSize.odd)
  func weightGradient(size: ProductSize) {
    var random = SplitMix(2)
    let (M, K, N) = (size.M, size.K, size.N)
    let (x, dy, before) = (random.floats(M * K), random.floats(M * N), random.floats(K * N))
    let expected = Definition.productBackward(
      doubles(x), [Double](repeating: 0, count: K * N), dY: doubles(dy), M: M, K: K, N: N
    ).dW
    for products in Self.backends {
      let dw = panels(before, size.shape)
      products.addWeightGradient(
        dw, x: padded(x, columns: K, filler: 1e30), dy: padded(dy, columns: N), shape: size.shape,
        rows: M, scratch: junk(weightGradientScratch))
      expectClose(size.shape.unpack(dw), zip(expected, doubles(before)).map { $0 + $1 })
      #expect(dw.array.reduce(0, +).isFinite)
      let inPanels = dw.array.filter { $0 != 0 }.count
      #expect(inPanels <= K * N, "padding columns stay zero")
    }
  }

  @Test("transposed panels are the panels of the transpose", arguments: ProductSize.odd)
  func transpose(size: ProductSize) {
    var random = SplitMix(3)
    let shape = size.shape
    let w = random.floats(size.K * size.N)
    for products in Self.backends {
      let out = junk(shape.transposed.count)
      products.transpose(out, w: panels(w, shape), shape: shape)
      let expected = zeros(shape.transposed.count)
      shape.transposed.pack(expected, from: w, transposed: true)
      #expect(out.array == expected.array)
    }
  }

  @Test("the tiles agree with OpenBLAS at training shapes")
  func againstOpenBLAS() throws {
    var random = SplitMix(4)
    let (M, K, N) = (512, 384, 1024)
    let shape = PanelShape(rows: K, columns: N)
    let (x, w) = (view(random.floats(M * K)), view(random.floats(shape.count)))
    let (ours, theirs) = (junk(M * N), junk(M * N))
    Kernels.active.products.multiply(ours, x: x, w: w, shape: shape, rows: M, accumulate: false)
    try OpenBLASProducts().multiply(theirs, x: x, w: w, shape: shape, rows: M, accumulate: false)
    expectClose(ours.array, doubles(theirs.array), tolerance: 1e-5)
  }

  @Test("an element is one chain of fused multiply-adds in index order")
  func law() {
    var random = SplitMix(5)
    let (M, K, N) = (31, 300, 50)
    let shape = PanelShape(rows: K, columns: N)
    let (x, w) = (random.floats(M * K), random.floats(K * N))
    let out = junk(M * paddedWidth(N))
    Kernels.active.products.multiply(
      out, x: padded(x, columns: K), w: panels(w, shape), shape: shape, rows: M, accumulate: false)
    let chains = (0..<M * N).map { i -> Float in
      var sum: Float = 0
      for k in 0..<K { sum = sum.addingProduct(x[i / N * K + k], w[k * N + i % N]) }
      return sum
    }
    #expect(bits(dense(out, columns: N)) == bits(chains))
  }

  @Test("no rows are no work")
  func noRows() {
    let shape = PanelShape(rows: 4, columns: 4)
    for products in Self.backends {
      let dw = zeros(shape.count)
      products.multiply(
        zeros(0), x: zeros(0), w: zeros(shape.count), shape: shape, rows: 0, accumulate: false)
      products.addWeightGradient(
        dw, x: zeros(0), dy: zeros(0), shape: shape, rows: 0, scratch: zeros(weightGradientScratch))
      #expect(dw.array.allSatisfy { $0 == 0 })
    }
  }

  @Test("a view that is too short is refused")
  func tooShort() async {
    await #expect(processExitsWith: .failure) {
      let shape = PanelShape(rows: 32, columns: 32)
      Kernels.active.products.multiply(
        FloatBuffer(count: 63).all, x: FloatBuffer(count: 64).all,
        w: FloatBuffer(count: shape.count).all, shape: shape, rows: 2, accumulate: false)
    }
  }

  @Test("a library that is missing, or is another one, is said in the system's words")
  func missingLibrary() {
    func missing(_ name: String) -> String? {
      switch OpenBLASLibrary.open(name) {
      case .success: nil
      case .failure(let missing): missing.words
      }
    }
    #expect(missing("libnosuch.so.0")?.contains("libnosuch.so.0: cannot open shared") == true)
    #expect(missing("libc.so.6") == "it lacks a function that OpenBLAS has")
  }

  @Test("the libraries say who they are")
  func names() throws {
    #expect(try ProductsChoice.tiles.kernels().products.name == "tiles")
    #expect(try ProductsChoice.openblas.kernels().products.name == "openblas")
    #expect(OpenBLASProducts.configuration.contains("OpenBLAS"))
    #expect(Kernels.available.contains("baseline"))
    #expect(Kernels.named("sse9") == nil)
    for name in Kernels.available { #expect(Kernels.named(name)?.instructions == name) }
  }
}
