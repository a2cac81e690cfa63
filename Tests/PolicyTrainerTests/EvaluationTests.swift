import ReasoningTasks
import Reproducibility
import Testing
import TransformerLM

@testable import PolicyTrainer

@Suite("Evaluation")
struct EvaluationTests {
  @Test("avg@k is an exact fraction of the attempts")
  func fraction() {
    let score = SuiteScore(
      suite: "s", step: 3, attempts: 4, correct: [4, 0, 1], meanLength: 2.5, truncated: 0.25)
    #expect(score.value == 5.0 / 12)
    #expect(
      score.json.line == """
        {"suite":"s","step":3,"attempts":4,"correct":[4, 0, 1],"mean_length":2.5,"truncated":0.25}
        """)
  }

  /// The tiny policy, its evaluator, and the suites' problems.
  static func workshop() throws -> (
    policy: ModelParameters, evaluator: Evaluator, recipe: Recipe, suites: [PolicyTrainer.Suite]
  ) {
    let store = try Workshop.store()
    let order = try Workshop.stageOrder()
    let bench = store.bench(for: order)
    let recipe = try ReadRecipe(tinyRecipe).recipe
    let policy = try ModelParameters(
      safetensors: bench.input("policy", file: "policy.safetensors"), name: "policy",
      shape: recipe.model.shape)
    let caps = recipe.evaluation.maxTokens(firstStage: recipe.stages[0].maxTokens)
    let suites = try recipe.evaluation.suites.map { suite in
      let problems = try ProblemFile.read(
        bench.input("suites", file: "suite.\(suite.name).jsonl"), name: suite.name)
      return PolicyTrainer.Suite(
        name: suite.name, entries: try problems.map { try entry($0) }, attempts: suite.attempts,
        maxTokens: suite.name == "sums" ? caps.math : caps.code)
    }
    let collector = RolloutCollector(
      sampler: Sampler(recipe.model.shape, slots: 16), vocabulary: .standard,
      verifier: recipe.tasks.verifier)
    return (
      policy, Evaluator(suites: suites, settings: recipe.evaluation, collector: collector), recipe,
      suites
    )
  }

  @Test("counts are what sampling and verifying each problem alone gives")
  func counts() throws {
    let (policy, evaluator, recipe, suites) = try Self.workshop()
    let seed = Seed(5)
    for isFinal in [true, false] {
      let scores = evaluator.evaluate(policy, step: 7, isFinal: isFinal, seed: seed)
      #expect(scores.map(\.suite) == ["sums", "lines"])
      #expect(scores.map(\.attempts) == (isFinal ? [4, 2] : [2, 1]))
      for (score, suite) in zip(scores, suites) {
        let root = seed.derive("evaluation/\(suite.name)/7")
        let sampler = Sampler(recipe.model.shape, slots: 3)
        var correct: [Int] = []
        var lengths = 0
        for (index, entry) in suite.entries.enumerated() {
          let completions = sampler.sample(
            policy,
            [
              SampleRequest(
                prompt: entry.prompt,
                streams: (0..<score.attempts).map { root.derive(index).derive($0) })
            ],
            rule: SamplingRule(
              temperature: 0.6, topP: 0.95, maxNewTokens: suite.maxTokens,
              endToken: Vocabulary.standard.end))[0]
          lengths += completions.reduce(0) { $0 + $1.tokens.count }
          correct.append(
            completions.count { completion in
              let text = Vocabulary.standard.decode(
                completion.isFinished ? completion.tokens.dropLast() : completion.tokens[...])
              return recipe.tasks.verifier.verify(
                entry.problem, completion: text, isFinished: completion.isFinished
              ).isCorrect
            })
        }
        #expect(score.correct == correct)
        let attempts = score.attempts * suite.entries.count
        #expect(isClose(score.meanLength, Double(lengths) / Double(attempts)))
        #expect(score.value == Double(correct.reduce(0, +)) / Double(attempts))
      }
      #expect(scores[0].value > 0.2, "a policy that solves nothing would test nothing")
    }
  }

  @Test("a program that passes only some of its tests is no success")
  func partialProgram() throws {
    let (policy, _, recipe, suites) = try Self.workshop()
    // Each problem gets one more test that no program of its prompt can pass.
    let entries = try suites[1].entries.map { line in
      let problem = line.problem
      return try entry(
        .code(
          prompt: problem.prompt, tests: problem.tests + [CodeTest(input: 12, output: 9999)],
          reference: nil))
    }
    let collector = try RewardTests.collector()
    let suite = PolicyTrainer.Suite(
      name: "lines", entries: entries, attempts: (4, 4), maxTokens: suites[1].maxTokens)
    let score = Evaluator(suites: [suite], settings: recipe.evaluation, collector: collector)
      .evaluate(policy, step: 1, isFinal: true, seed: Seed(1))[0]
    #expect(score.correct == entries.map { _ in 0 } && score.value == 0)
    // As a reward the same programs earn their share.
    let requests = entries.enumerated().map { index, entry in
      RolloutCollector.Request(
        entry: entry, prompt: GuidedPrompt(shown: entry.prompt, update: entry.prompt, note: nil),
        count: 4, cap: 24, seed: Seed(1).derive(index))
    }
    let groups = collector.collect(requests, from: policy, temperature: 0.6, topP: 0.95)
    #expect(groups.contains { $0.passRate > 0 })
    #expect(groups.allSatisfy { group in group.rollouts.allSatisfy { $0.verdict.score < 1 } })
  }

  @Test("equal policies with equal seeds score equally; another seed or step draws anew")
  func seeds() throws {
    let (policy, evaluator, _, _) = try Self.workshop()
    func scores(_ policy: ModelParameters, step: Int = 1, seed: UInt64 = 1) -> [[Int]] {
      evaluator.evaluate(policy, step: step, isFinal: true, seed: Seed(seed)).map(\.correct)
    }
    #expect(scores(ModelParameters(copying: policy)) == scores(policy))
    #expect(scores(policy, seed: 2) != scores(policy))
    #expect(scores(policy, step: 2) != scores(policy))
  }

  @Test("the cap of an evaluation is a multiple of the first stage's, rounded up")
  func caps() throws {
    let recipe = try ReadRecipe(tinyRecipe.with("evaluation.cap_factor", 1.3)).recipe
    // 9 · 1.3 = 11.7 and 12 · 1.3 = 15.6.
    #expect(
      recipe.evaluation.maxTokens(firstStage: recipe.stages[0].maxTokens)
        == PerDomain(math: 12, code: 16))
  }
}
