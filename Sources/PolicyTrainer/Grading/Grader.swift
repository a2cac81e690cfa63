import ReasoningTasks
package import Reproducibility
package import TransformerLM

/// Lets a solver attempt every problem of a pool.
///
/// - Source: arXiv:2504.00829, section 3.3: each probe model runs several times on each problem; the
///   number of attempts is not given there (4 in DeepDistill, arXiv:2504.17565).
package final class Grader {
  private let collector: RolloutCollector
  private let settings: AttemptSettings

  package init(collector: RolloutCollector, settings: AttemptSettings) {
    self.collector = collector
    self.settings = settings
  }

  /// Pass rates of the policy on the entries, in their order.
  ///
  /// - Parameter seed: problem i draws from `seed.derive(i)`, whatever the size of the pool.
  package func grade(
    _ entries: [PoolEntry], solver: String, policy: ModelParameters, seed: Seed,
    on bench: any WorkBench
  ) throws -> Grades {
    var rates: [PassRate] = []
    // In blocks, for the sake of progress and a stop; a problem's numbers do not depend on its block.
    for start in stride(from: 0, to: entries.count, by: 64) {
      if bench.isStopRequested { throw WorkStopped(step: start) }
      let block = entries[start..<min(start + 64, entries.count)]
      let groups = collector.collect(
        block.enumerated().map { offset, entry in
          RolloutCollector.Request(
            entry: entry,
            prompt: GuidedPrompt(shown: entry.prompt, update: entry.prompt, note: nil),
            count: settings.count, cap: settings.maxTokens[entry.problem.domain],
            seed: seed.derive(start + offset))
        }, from: policy, temperature: settings.temperature, topP: settings.topP)
      rates += groups.map { group in
        PassRate(
          score: group.rollouts.reduce(0) { $0 + $1.verdict.score }, attempts: settings.count)
      }
      bench.report(
        WorkProgress(
          step: rates.count, steps: entries.count,
          values: [("solved", rates.reduce(0) { $0 + $1.value } / Double(rates.count))]))
    }
    return Grades(solver: solver, problems: entries.map(\.problem.id), rates: rates)
  }
}
