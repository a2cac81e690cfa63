// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import KernelInterface
internal import Reproducibility

/// Matrix products by themselves, at the sizes of the three models.
///
/// Weights lie in panels for every library, as the trainer keeps them; what OpenBLAS spends on
/// unpacking them is part of its time, because a training step pays it.
enum ProductCases {
  static func contenders(_ kernels: [KernelSet]) -> [Contender] {
    sizes.flatMap { size in kernels.map { contender(size, $0.products) } }
  }

  private enum Kind {
    /// `Y = X · W`.
    case multiply
    /// `dW += Xᵀ · dY`.
    case weightGradient
  }

  /// `M` rows of `K` inputs to `N` outputs.
  private struct Size {
    var M: Int
    var K: Int
    var N: Int
    var kind = Kind.multiply
    var name: String
  }

  private static let sizes = [
    Size(M: 4096, K: 128, N: 256, name: "1M queries, keys, values"),
    Size(M: 4096, K: 128, N: 128, name: "1M attention output"),
    Size(M: 4096, K: 128, N: 1024, name: "1M gate and up"),
    Size(M: 4096, K: 512, N: 128, name: "1M down"),
    Size(M: 4096, K: 384, N: 2048, name: "10M gate and up"),
    Size(M: 1, K: 128, N: 1024, name: "1M decoding"),
    Size(M: 8, K: 128, N: 1024, name: "1M decoding"),
    Size(M: 16, K: 128, N: 1024, name: "1M decoding"),
    Size(M: 64, K: 128, N: 1024, name: "1M decoding"),
    Size(M: 256, K: 128, N: 1024, name: "1M decoding"),
    Size(M: 4096, K: 128, N: 1024, kind: .weightGradient, name: "1M gate and up"),
    Size(M: 4096, K: 128, N: 128, kind: .weightGradient, name: "1M attention output"),
    Size(M: 4096, K: 512, N: 128, kind: .weightGradient, name: "1M down"),
    Size(M: 1024, K: 64, N: 192, name: "standard queries, keys, values"),
    Size(M: 1024, K: 64, N: 352, name: "standard gate and up"),
    Size(M: 1024, K: 176, N: 64, name: "standard down"),
    Size(M: 128, K: 64, N: 352, name: "standard decoding"),
    Size(M: 1024, K: 64, N: 352, kind: .weightGradient, name: "standard gate and up"),
  ]

  private static func contender(_ size: Size, _ products: any Products) -> Contender {
    let shape = PanelShape(rows: size.K, columns: size.N)
    let x = filled(size.M * paddedWidth(size.K), "x")
    let y = filled(size.M * paddedWidth(size.N), "y")
    let w = FloatBuffer(count: shape.count)
    shape.pack(w.all, from: filled(size.K * size.N, "w").all.array)
    let work = Work(operations: 2 * Double(size.M) * Double(size.K) * Double(size.N))
    switch size.kind {
    case .multiply:
      return Contender(
        "\(size.name), \(size.M) × \(size.N) × \(size.K)", products: products.name, work: work
      ) {
        products.multiply(
          y.all, x: x.all, w: w.all, shape: shape, rows: size.M, accumulate: false)
      }
    case .weightGradient:
      let scratch = FloatBuffer(count: weightGradientScratch)
      // Small, so that the sums stay finite through any number of repetitions.
      return Contender(
        "\(size.name), weight gradient \(size.K) × \(size.N) over \(size.M)",
        products: products.name, work: work
      ) {
        products.addWeightGradient(
          w.all, x: x.all, dy: y.all, shape: shape, rows: size.M, scratch: scratch.all)
      }
    }
  }

  /// Numbers in [0, 1) / 1024.
  private static func filled(_ count: Int, _ name: String) -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    var random = RandomStream(Seed(1).derive("bench/products").derive(name))
    for index in 0..<count { buffer[index] = Float(random.uniform() / 1024) }
    return buffer
  }
}
