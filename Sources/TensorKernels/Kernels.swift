internal import CProcessor
package import KernelInterface
internal import TensorKernelsAVX2
internal import TensorKernelsAVX512
internal import TensorKernelsBaseline

/// The kernels of this machine: one source, compiled for three instruction sets, of which the
/// processor's best is picked once. The choice decides speed and never a bit.
package enum Kernels {
  /// Instruction sets that this machine runs, best first; `"baseline"` (any x86-64, without fused
  /// multiply-add and so some eighty times slower) is always among them.
  package static let available: [String] = {
    var names = ["baseline"]
    if ablate_runs_x86_64_v3() != 0 { names.insert("avx2", at: 0) }
    if ablate_runs_x86_64_v4() != 0 { names.insert("avx512", at: 0) }
    return names
  }()

  /// The best kernels that this machine runs, with tile products.
  package static let active = named(available[0]) ?? baseline

  /// The kernels of an instruction set; nothing if this machine does not run it.
  package static func named(_ name: String) -> KernelSet? {
    guard available.contains(name) else { return nil }
    return switch name {
    case "avx512":
      KernelSet(
        instructions: name, products: TensorKernelsAVX512.TileProducts(),
        operations: TensorKernelsAVX512.VectorOperations())
    case "avx2":
      KernelSet(
        instructions: name, products: TensorKernelsAVX2.TileProducts(),
        operations: TensorKernelsAVX2.VectorOperations())
    default: baseline
    }
  }

  private static let baseline = KernelSet(
    instructions: "baseline", products: TensorKernelsBaseline.TileProducts(),
    operations: TensorKernelsBaseline.VectorOperations())
}

/// Which library computes matrix products: the values of a study's `"products"` setting.
package enum ProductsChoice: String, CaseIterable, Sendable {
  /// Our own tiles: the same bits on every machine and for every batch size.
  case tiles
  /// OpenBLAS on one thread: bits depend on its version and the processor.
  case openblas

  /// The best kernels of this machine with these products.
  package var kernels: KernelSet {
    switch self {
    case .tiles: Kernels.active
    case .openblas:
      KernelSet(
        instructions: Kernels.active.instructions, products: OpenBLASProducts(),
        operations: Kernels.active.operations)
    }
  }
}
