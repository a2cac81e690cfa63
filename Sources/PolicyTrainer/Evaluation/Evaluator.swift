import ReasoningTasks
package import Reproducibility
import StudyLanguage
package import TransformerLM

/// Scores a policy on the held-out suites.
package final class Evaluator {
  package let suites: [Suite]
  private let settings: EvaluationSettings
  private let collector: RolloutCollector

  package init(suites: [Suite], settings: EvaluationSettings, collector: RolloutCollector) {
    self.suites = suites
    self.settings = settings
    self.collector = collector
  }

  /// avg@k on every suite.
  ///
  /// - Parameters:
  ///   - isFinal: whether each problem gets the attempts of the end or those of a look in between.
  ///   - seed: root of the trial's evaluations; all arms of a seed share it, so that at a given step
  ///     they are judged with the same random numbers.
  package func evaluate(
    _ policy: ModelParameters, step: Int, isFinal: Bool, seed: Seed
  ) -> [SuiteScore] {
    suites.map { suite in
      let attempts = isFinal ? suite.attempts.atEnd : suite.attempts.during
      let root = seed.derive("evaluation/\(suite.name)/\(step)")
      let groups = collector.collect(
        suite.entries.enumerated().map { index, entry in
          RolloutCollector.Request(
            entry: entry,
            prompt: GuidedPrompt(shown: entry.prompt, update: entry.prompt, note: nil),
            count: attempts, cap: suite.maxTokens, seed: root.derive(index))
        }, from: policy, temperature: settings.temperature, topP: settings.topP)
      let rollouts = groups.flatMap(\.rollouts)
      let count = Double(max(1, rollouts.count))
      return SuiteScore(
        suite: suite.name, step: step, attempts: attempts,
        // A program counts when it passes every test: a share of tests is a reward, not a score.
        correct: groups.map { $0.rollouts.count { $0.verdict.score == 1 } },
        meanLength: rollouts.reduce(0) { $0 + Double($1.tokens.count) } / count,
        truncated: Double(rollouts.count(where: \.isTruncated)) / count)
    }
  }
}
