internal import KernelInterface
internal import TensorKernels

/// Times the kernels, the trainer and a whole trial on this core.
///
/// It measures and returns values; who called prints them. One thread does everything, so that a
/// figure is one core's.
package enum Benchmark {
  /// - Parameters:
  ///   - progress: told in a line what begins.
  /// - Throws: ``BenchFault`` when the request cannot be carried out; what the items of a trial throw.
  package static func run(
    _ request: BenchRequest, progress: (String) -> Void
  ) throws -> BenchReport {
    try check(request)
    let start = ThreadClock.wallSeconds
    let deadline = request.secondsBudget.map { start + $0 }
    progress("peak of fused multiply-adds")
    let peak = FusedPeak(Kernels.active.operations)
    let peaks = (0..<max(5, request.rounds)).map { _ in peak.measure() }
    let race = Race(peak: peak, rounds: request.rounds, deadline: deadline)
    let kernels = try request.products.choices.map { try $0.kernels() }
    var sections: [BenchReport.Section] = []
    var skipped: [BenchCase] = []
    for (index, name) in request.cases.enumerated() {
      if index > 0, let deadline, ThreadClock.wallSeconds > deadline {
        skipped.append(name)
        continue
      }
      progress(name.summary)
      ThreadClock.forgetPeakResident()
      var section = BenchReport.Section(name: name)
      switch name {
      case .products: section.figures = race.run(ProductCases.contenders(kernels))
      case .train: section.figures = race.run(TrainingCases.contenders(kernels))
      case .sample: section.figures = race.run(SamplingCases.contenders(kernels))
      case .grpo: section.figures = race.run(PolicyStepCases.contenders(kernels))
      case .breakdown:
        section.breakdowns = BreakdownCases.breakdowns(
          kernels, rounds: request.rounds, deadline: deadline)
      case .growth: section.growth = GrowthCases.measure(race, kernels[0])
      case .trial:
        if let recipe = request.recipe {
          section.trial = try TrialCase(recipe).run(progress: progress)
        }
      }
      section.peakResidentBytes = ThreadClock.peakResidentBytes
      sections.append(section)
    }
    return BenchReport(
      instructions: Kernels.active.instructions,
      openblas: request.products == .tiles ? nil : OpenBLASProducts.configuration,
      peaks: peaks, sections: sections, skipped: skipped,
      seconds: ThreadClock.wallSeconds - start)
  }

  private static func check(_ request: BenchRequest) throws(BenchFault) {
    if request.rounds < 1 {
      throw BenchFault(
        what: "\(request.rounds) rounds", why: "a figure needs at least one timing",
        help: "ask for 1 round or more; 5 give a median worth trusting")
    }
    if let budget = request.secondsBudget, !(budget > 0) {
      throw BenchFault(
        what: "a budget of \(budget) seconds", why: "no round could begin",
        help: "give more than 0 seconds, or no budget")
    }
    if request.cases.contains(.trial) && request.recipe == nil {
      throw BenchFault(
        what: "the case 'trial' has no recipe", why: "a trial is what a recipe says",
        help: "name one, or leave the case out")
    }
  }
}
