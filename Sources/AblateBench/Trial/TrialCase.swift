internal import PolicyTrainer
internal import Reproducibility
internal import StudyLanguage
internal import TransformerLM

/// One trial of a recipe from nothing to its last evaluation, with seed 1, in this process.
struct TrialCase {
  private let compiled: CompiledTrial

  init(_ value: JSONValue) throws {
    let settings: Settings
    do {
      settings = try Settings(normalising: value, as: Recipe.schema)
    } catch {
      throw BenchFault(
        what: "the recipe cannot be read", why: "\(error)",
        help: "ablate plan shows what a study with it would do")
    }
    let recipe = Recipe(settings)
    if let fault = recipe.faults().first {
      throw BenchFault(what: "\(fault.path): \(fault.what)", why: fault.why, help: fault.help)
    }
    if let file = recipe.problemFiles.first {
      throw BenchFault(
        what: "the recipe reads the problem file '\(file)'",
        why: "a benchmark times problems that are generated, the same for everybody",
        help: "use a recipe without files, such as ablations/recipes/staged-rl.json")
    }
    var compiler = TrialCompiler(numerics: numericsVersion)
    compiled = compiler.compile(recipe, canonical: value, seeds: [1])[0]
  }

  func run(progress: (String) -> Void) throws -> TrialCost {
    var left: [Digest: [String: [UInt8]]] = [:]
    var items: [TrialCost.Item] = []
    for order in compiled.orders {
      progress("  \(order.label)")
      let bench = MemoryBench(
        inputs: Dictionary(
          order.inputs.map { ($0.name, left[$0.identity] ?? [:]) }, uniquingKeysWith: { a, _ in a })
      )
      let start = ThreadClock.cpuSeconds
      let values = try WorkPerformer.perform(order, on: bench)
      let seconds = ThreadClock.cpuSeconds - start
      left[order.identity] = bench.files
      items.append(cost(of: order, bench, values, seconds: seconds))
    }
    return TrialCost(items: items)
  }

  private func cost(
    of order: WorkOrder, _ bench: MemoryBench, _ values: JSONObject, seconds: Double
  ) -> TrialCost.Item {
    let isStage = order.kind == WorkKind.stage.rawValue
    let evaluations = bench.steps.filter(\.isEvaluation)
    return TrialCost.Item(
      label: order.label, isShared: !isStage && order.identity != compiled.baseEvaluation,
      seconds: seconds,
      evaluationSeconds: isStage ? evaluations.reduce(0) { $0 + $1.seconds } : nil,
      tokens: isStage ? values["generated_tokens"]?.double : trainedTokens(order, bench))
  }

  /// Response tokens that a cold start trained on: the mean of the batches that it measured, times
  /// its steps.
  private func trainedTokens(_ order: WorkOrder, _ bench: MemoryBench) -> Double? {
    let tokens = bench.steps.flatMap(\.measurements).filter { $0.metric == "tokens" }
    guard order.kind == WorkKind.solver.rawValue, let last = tokens.last else { return nil }
    return tokens.reduce(0) { $0 + $1.value } / Double(tokens.count) * Double(last.step)
  }
}
