import Foundation
import KernelInterface
import Reproducibility
import RunStore
import TensorKernels

/// What computes on this machine, written beside results: it decides speed, and with OpenBLAS bits.
enum ArithmeticNote {
  /// Names the core type whose kernels OpenBLAS takes, whatever the processor could do.
  static let coreTypeVariable = "OPENBLAS_CORETYPE"

  /// The machine's fingerprint with the kernels in force, and for an order with OpenBLAS products the
  /// library's version and core type.
  static func fingerprint(of order: WorkOrder, environment: [String: String]) -> JSONObject {
    var machine = MachineFingerprint.current
    machine["kernels"] = .string(Kernels.active.instructions)
    if usesOpenBLAS(order) {
      machine["openblas"] = .string(OpenBLASProducts.configuration)
      machine["openblas_coretype"] = coreType(environment).map { .string($0) }
    }
    return machine
  }

  /// A warning where OpenBLAS computes and the environment holds it to a core type; nil otherwise.
  ///
  /// - Throws: where OpenBLAS is to compute and is not installed.
  static func warning(
    usesOpenBLAS: Bool, environment: [String: String]
  ) throws(CommandFault) -> String? {
    guard usesOpenBLAS else { return nil }
    try requireOpenBLAS()
    guard let type = coreType(environment) else { return nil }
    return """
      warning: \(coreTypeVariable)=\(type) holds OpenBLAS to that core's kernels
        why:  bits and speed are those of that core type, not of this processor
        help: unset \(coreTypeVariable), or keep it to compare machines: results record it
      """
  }

  /// - Throws: what to do where OpenBLAS is not installed.
  static func requireOpenBLAS() throws(CommandFault) {
    do {
      _ = try OpenBLASProducts()
    } catch {
      throw CommandFault(
        what: "OpenBLAS cannot be opened, and its products are asked for", why: error.words,
        help: "apt-get install libopenblas0, or ask for the products \"tiles\"", exit: .runFailed)
    }
  }

  /// What the variable says; nil when it is not set.
  static func coreType(_ environment: [String: String]) -> String? {
    environment[coreTypeVariable].flatMap { $0.isEmpty ? nil : $0 }
  }

  static func usesOpenBLAS(_ order: WorkOrder) -> Bool {
    order.configuration["model"]?["products"]?.string == ProductsChoice.openblas.rawValue
  }
}
