import KernelInterface

/// The operations, on vectors of sixteen floats. Compiled once for each instruction set; the
/// source is the same and so are the bits.
///
/// Without stored properties, and no type of this module is compared or hashed: helper functions
/// that the compiler makes for such uses are shared between modules by name, and the linker could
/// keep the copy with AVX-512 instructions for everybody.
package struct VectorOperations: Operations {
  package init() {}
}
