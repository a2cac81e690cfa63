/// What a model computes with: matrix products, and everything else. The two are chosen apart,
/// because a study may ask for OpenBLAS products.
package struct KernelSet: Sendable {
  /// The instruction set of the operations: `"avx512"`, `"avx2"` or `"baseline"`. It decides speed
  /// and no bit, so it is not part of any identity.
  package let instructions: String
  package let products: any Products
  package let operations: any Operations

  package init(instructions: String, products: any Products, operations: any Operations) {
    self.instructions = instructions
    self.products = products
    self.operations = operations
  }
}
