package import KernelInterface

extension VectorOperations {
  /// Chains that run side by side. A multiply-add takes four or five cycles and a core starts two
  /// in each, so eight to ten must be under way; more than fit the registers would spill.
  #if WIDE_REGISTERS
    private typealias Chains = InlineArray<16, Vector>
  #else
    private typealias Chains = InlineArray<6, Vector>
  #endif

  package func multiplyAddChains(_ sums: FloatView, rounds: Int) -> Int {
    let sums = Floats(sums, atLeast: 16)
    // Factor and summand come from memory, so that no chain can be computed in advance.
    let factor = Vector(repeating: sums[0])
    let summand = Vector(repeating: sums[1])
    var chains = Chains(repeating: .zero)
    for _ in 0..<rounds {
      for chain in 0..<Chains.count {
        unsafe chains[unchecked: chain] = summand.adding(chains[unchecked: chain], times: factor)
      }
    }
    var total = Vector.zero
    for chain in 0..<Chains.count { unsafe total += chains[unchecked: chain] }
    sums.store(total, 0)
    return 2 * 16 * Chains.count * rounds
  }
}
