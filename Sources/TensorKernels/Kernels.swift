internal import CProcessor
package import KernelInterface
internal import Synchronization
internal import TensorKernelsAVX2
internal import TensorKernelsAVX512
internal import TensorKernelsBaseline

/// The kernels of this machine: one source, compiled for three instruction sets, of which the
/// processor's best is picked once, unless another was asked for before. The choice decides speed
/// and never a bit.
package enum Kernels {
  /// Instruction sets that this machine runs, best first; `"baseline"` (any x86-64, without fused
  /// multiply-add and so some thirty times slower) is always among them.
  package static let available: [String] = {
    var names = ["baseline"]
    if ablate_runs_x86_64_v3() != 0 { names.insert("avx2", at: 0) }
    if ablate_runs_x86_64_v4() != 0 { names.insert("avx512", at: 0) }
    return names
  }()

  /// The kernels that everything uses, with tile products: the best that this machine runs, or those
  /// that were preferred.
  package static let active: KernelSet = {
    let name = preference.withLock { preference in
      preference.isTaken = true
      return preference.name
    }
    return named(name ?? available[0]) ?? baseline
  }()

  /// Makes another instruction set the active one, to time or compare it.
  ///
  /// Only the program's edge calls it, before anything has used ``active``: afterwards it is too late,
  /// because who holds kernels keeps them.
  ///
  /// - Returns: whether this machine runs it; if not, nothing changes.
  package static func prefer(_ name: String) -> Bool {
    guard available.contains(name) else { return false }
    preference.withLock { preference in
      precondition(!preference.isTaken, "the kernels are in use already")
      preference.name = name
    }
    return true
  }

  private static let preference = Mutex<(name: String?, isTaken: Bool)>((nil, false))

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
  ///
  /// - Throws: where they are OpenBLAS's and it is not installed.
  package func kernels() throws(OpenBLASMissing) -> KernelSet {
    switch self {
    case .tiles: Kernels.active
    case .openblas:
      KernelSet(
        instructions: Kernels.active.instructions, products: try OpenBLASProducts(),
        operations: Kernels.active.operations)
    }
  }
}
