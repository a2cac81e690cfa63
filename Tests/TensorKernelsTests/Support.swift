import KernelInterface
import TensorKernels
import Testing

/// SplitMix64 (Steele, Lea & Flood 2014): the tests' own numbers, apart from what they test.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }

  mutating func doubles(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &self) }
  }

  mutating func integers(_ count: Int, below limit: Int) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: 0..<Int32(limit), using: &self) }
  }
}

/// Where the memory of a test lies.
enum Placement {
  /// Floats between a boundary of 64 bytes and the start of each view that a test makes.
  @TaskLocal static var offset = 0
}

func view(_ values: [Float]) -> FloatView {
  let view = FloatBuffer(count: Placement.offset + values.count).all[Placement.offset...]
  view.copy(from: values)
  return view
}
func view(_ values: [Double]) -> FloatView { view(values.map { Float($0) }) }
func zeros(_ count: Int) -> FloatView { view([Float](repeating: 0, count: count)) }
/// What a kernel must overwrite: anything but zero.
func junk(_ count: Int) -> FloatView { view([Float](repeating: .nan, count: count)) }

func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }

/// A dense matrix with its rows moved apart to `paddedWidth(columns)`; `filler` between them.
func padded(_ dense: [Float], columns: Int, filler: Float = 0) -> FloatView {
  let stride = paddedWidth(columns)
  var out = [Float](repeating: filler, count: dense.count / columns * stride)
  for i in dense.indices { out[i / columns * stride + i % columns] = dense[i] }
  return view(out)
}

/// The inverse of `padded`.
func dense(_ matrix: FloatView, columns: Int) -> [Float] {
  let stride = paddedWidth(columns)
  let all = matrix.array
  return (0..<all.count / stride).flatMap { all[$0 * stride..<$0 * stride + columns] }
}

func panels(_ dense: [Float], _ shape: PanelShape) -> FloatView {
  let out = zeros(shape.count)
  shape.pack(out, from: dense)
  return out
}

/// Largest difference, relative to the largest expected magnitude.
func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.reduce(1e-30) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) {
    let difference = abs($1.0 - $1.1)
    return difference.isNaN ? .infinity : max($0, difference / scale)
  }
}

/// Kernels are held to their definitions within 1e-4, relative to the largest element.
func expectClose(
  _ found: [Float], _ expected: [Double], tolerance: Double = 1e-4, _ what: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = relativeDifference(doubles(found), expected)
  #expect(difference <= tolerance, what, sourceLocation: sourceLocation)
}

/// Definitions are held to central differences: step 1e-5, relative 1e-6.
func expectGradient(
  _ gradient: [Double], of loss: ([Double]) -> Double, at x: [Double],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let h = 1e-5
  let numeric = x.indices.map { i -> Double in
    var (above, below) = (x, x)
    above[i] += h
    below[i] -= h
    return (loss(above) - loss(below)) / (2 * h)
  }
  let difference = relativeDifference(gradient, numeric)
  #expect(difference <= 1e-6, sourceLocation: sourceLocation)
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

/// Every instruction set that this machine runs.
let kernelSets: [KernelSet] = Kernels.available.compactMap { Kernels.named($0) }
let active = Kernels.active.operations
