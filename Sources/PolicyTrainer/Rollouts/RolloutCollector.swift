package import ReasoningTasks
package import Reproducibility
package import TransformerLM

/// Draws completions from the policy and has them verified.
package final class RolloutCollector {
  private let sampler: Sampler
  private let vocabulary: Vocabulary
  private let verifier: Verifier

  package init(sampler: Sampler, vocabulary: Vocabulary, verifier: Verifier) {
    self.sampler = sampler
    self.vocabulary = vocabulary
    self.verifier = verifier
  }

  /// What to draw for one prompt.
  package struct Request: Sendable {
    package var entry: PoolEntry
    package var prompt: GuidedPrompt
    package var count: Int
    /// Length cap, tokens.
    package var cap: Int
    /// Root of the random numbers of this prompt; rollout i draws from `seed.derive(i)`.
    package var seed: Seed

    package init(entry: PoolEntry, prompt: GuidedPrompt, count: Int, cap: Int, seed: Seed) {
      self.entry = entry
      self.prompt = prompt
      self.count = count
      self.cap = cap
      self.seed = seed
    }
  }

  /// Groups of verified completions, in the order of the requests; rewards are still 0.
  ///
  /// - Parameters:
  ///   - temperature: divides the logits; > 0.
  ///   - topP: nucleus mass in (0, 1].
  package func collect(
    _ requests: [Request], from policy: ModelParameters, temperature: Double, topP: Double
  ) -> [PromptGroup] {
    let rule = SamplingRule(
      temperature: Float(temperature), topP: Float(topP),
      maxNewTokens: requests.map(\.cap).max() ?? 1, endToken: vocabulary.end)
    let samples = sampler.sample(
      policy,
      requests.map { request in
        SampleRequest(
          prompt: request.prompt.shown, streams: (0..<request.count).map(request.seed.derive),
          maxNewTokens: request.cap)
      }, rule: rule)
    return zip(requests, samples).map { request, completions in
      PromptGroup(
        entry: request.entry, prompt: request.prompt.shown, updatePrompt: request.prompt.update,
        guidance: request.prompt.note,
        rollouts: completions.map { rollout($0, of: request.entry.problem) })
    }
  }

  private func rollout(_ completion: Completion, of problem: Problem) -> Rollout {
    let verdict = verifier.verify(
      problem, completion: text(of: completion.tokens), isFinished: completion.isFinished)
    return Rollout(
      tokens: completion.tokens, logProbabilities: completion.logProbabilities,
      isFinished: completion.isFinished, behaviour: .current, verdict: verdict, reward: 0)
  }

  /// The completion as text, without its end token.
  package func text(of tokens: [Int32]) -> String {
    vocabulary.decode(tokens.last == vocabulary.end ? tokens.dropLast() : tokens[...])
  }
}
