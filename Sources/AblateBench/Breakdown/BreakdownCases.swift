internal import KernelInterface

/// The hot paths once more, with every kernel timed.
enum BreakdownCases {
  /// One breakdown of each path: of the round that took least, so that a neighbour's spell shows in
  /// none.
  static func breakdowns(_ kernels: [KernelSet], rounds: Int, deadline: Double?) -> [Breakdown] {
    kernels.flatMap { kernels in
      paths.map { path in
        let ledger = OperationLedger()
        let contender = path(
          KernelSet(
            instructions: kernels.instructions,
            products: TimedProducts(inner: kernels.products, ledger: ledger),
            operations: TimedOperations(inner: kernels.operations, ledger: ledger)))
        return breakdown(contender, ledger, rounds: rounds, deadline: deadline)
      }
    }
  }

  private static let paths: [@Sendable (KernelSet) -> Contender] = [
    { TrainingCases.step(.oneMillion, sequences: 64, length: 64, $0) },
    { TrainingCases.step(.standard, sequences: 32, length: 40, $0) },
    { SamplingCases.sampling(.oneMillion, prompts: 8, completions: 8, $0) },
    { SamplingCases.sampling(.standard, prompts: 8, completions: 16, $0) },
    { PolicyStepCases.standard($0) },
  ]

  private static func breakdown(
    _ contender: Contender, _ ledger: OperationLedger, rounds: Int, deadline: Double?
  ) -> Breakdown {
    for part in contender.parts { part.run() }
    func once() -> Breakdown {
      ledger.clear()
      let start = ThreadClock.wallSeconds
      for part in contender.parts { part.run() }
      return Breakdown(
        name: contender.name, products: contender.products,
        seconds: ThreadClock.wallSeconds - start, lines: ledger.lines)
    }
    var best = once()
    for _ in 1..<max(2, rounds * 3) {
      if let deadline, ThreadClock.wallSeconds > deadline { break }
      let next = once()
      if next.seconds < best.seconds { best = next }
    }
    return best
  }
}
