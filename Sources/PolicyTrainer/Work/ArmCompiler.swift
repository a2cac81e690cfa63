import ReasoningTasks
import Reproducibility
import StudyLanguage

/// What comes before the training of a recipe's trials.
struct Preparation {
  var orders: [WorkOrder]
  var suites: WorkOrder.Input
  var problems: WorkOrder.Input
  var levels: Digest
  /// The policy, under the name by which evaluation and first stage ask for it.
  var policy: [WorkOrder.Input]
}

/// What trials do before their first stage. Of the stages it depends on the length caps alone.
struct Beginning {
  struct Key: Hashable {
    /// Place of the preparation.
    var preparation: Int
    /// Length caps of the evaluation.
    var caps: PerDomain
    var seeds: [Int]
  }

  struct Trial {
    var seed: Int
    /// With its first evaluation and without its stages.
    var compiled: CompiledTrial
    /// What the first stage starts from.
    var policy: [WorkOrder.Input]
  }

  var trials: [Trial]
  /// What every stage reads beside its own settings, and what is said after them.
  var settings: WrittenObject
  var streams: JSONValue?
  var read: [WorkOrder.Input]
}

/// Writes the orders of one arm.
struct ArmCompiler {
  let recipe: Recipe
  let canonical: JSONValue
  let texts: [String: String]

  func preparation(_ pool: inout OrderPool) -> Preparation {
    var orders: [WorkOrder] = []
    let suites = suitesOrder(&pool)
    orders.append(suites)
    let suitesInput = WorkOrder.Input(name: "suites", identity: suites.identity)
    let solvers = solverOrders(suitesInput, &orders, &pool)
    let problems = pool.order(
      .problems, problemsParts(), inputs: [suitesInput], label: "problems")
    orders.append(problems)
    let levels = levelOrders(problems: problems.identity, solvers: solvers, &orders, &pool)
    return Preparation(
      orders: orders, suites: suitesInput,
      problems: WorkOrder.Input(name: "problems", identity: problems.identity), levels: levels,
      policy: input("policy", recipe.policy, solvers))
  }

  func beginning(
    after preparation: Preparation, seeds: [Int], _ pool: inout OrderPool
  ) -> Beginning {
    let judging = judging()
    var evaluation = judging
    evaluation["streams"] = streams("evaluation")
    let trials = seeds.map { seed in
      var parent = preparation.policy
      var own: [WorkOrder] = []
      if let policy = ownPolicy(preparation, seed: seed, &pool) {
        own.append(policy)
        parent = [.init(name: "policy", identity: policy.identity)]
      }
      let base = pool.order(
        .evaluation, evaluation, inputs: parent + [preparation.suites], seedPath: "trial/\(seed)",
        label: "base \(recipe.policy), seed \(seed)")
      return Beginning.Trial(
        seed: seed,
        compiled: CompiledTrial(
          preparation: preparation.orders, own: own + [base], baseEvaluation: base.identity,
          stages: [], levels: preparation.levels),
        policy: parent)
    }
    return Beginning(
      trials: trials, settings: WrittenObject(judging),
      streams: streams("order", "sampling", "evaluation"),
      read: [
        preparation.suites, preparation.problems,
        .init(name: "levels", identity: preparation.levels),
      ])
  }

  /// - Parameters:
  ///   - stages: their canonical settings.
  ///   - kept: so many stages are those of other trials, with the same beginning.
  ///   - others: these trials, one for each seed.
  func trials(
    after beginning: Beginning, _ stages: [WrittenObject], kept: Int, of others: [CompiledTrial],
    numerics: Int, _ digest: inout PrefixDigest
  ) -> [CompiledTrial] {
    let written = stages.dropFirst(kept).map { stage in
      var settings = beginning.settings
      settings.append("stage", stage)
      settings.append("streams", beginning.streams)
      return settings
    }
    let labels = recipe.stages.dropFirst(kept).map { "\($0.name): \(levelNames(of: $0))" }
    return beginning.trials.enumerated().map { place, begun in
      var trial = begun.compiled
      if kept > 0 {
        trial.stages = Array(others[place].stages.prefix(kept))
        trial.own += others[place].own.dropFirst(trial.own.count).prefix(kept)
      }
      for index in kept..<stages.count {
        let parent =
          trial.stages.last.map { [.init(name: "parent", identity: $0.identity)] } ?? begun.policy
        let order = WorkOrder(
          kind: WorkKind.stage.rawValue, configuration: written[index - kept],
          inputs: parent + beginning.read, seedPath: "trial/\(begun.seed)/stage/\(index)",
          numerics: numerics, label: "\(labels[index - kept]), seed \(begun.seed)",
          digest: &digest)
        trial.own.append(order)
        trial.stages.append((recipe.stages[index].name, order.identity))
      }
      return trial
    }
  }

  /// The initial policy made anew for a trial; nil where it is the solver itself.
  private func ownPolicy(
    _ preparation: Preparation, seed: Int, _ pool: inout OrderPool
  ) -> WorkOrder? {
    guard let source = recipe.streams.initialisation,
      let identity = preparation.policy.first?.identity,
      let solver = preparation.orders.first(where: { $0.identity == identity }),
      let parts = solver.configuration.object
    else { return nil }
    let drawn = if case .fixed(let fixed) = source { fixed } else { seed }
    return pool.order(
      .solver, parts, inputs: solver.inputs, seedPath: "trial/\(drawn)",
      label: "\(solver.label), seed \(drawn)")
  }

  /// The purposes whose random numbers are not those of the trial's seed.
  private func streams(_ purposes: String...) -> JSONValue? {
    let written = purposes.compactMap { name in canonical["streams"]?[name].map { (name, $0) } }
    return written.isEmpty ? nil : .object(JSONObject(written))
  }

  // MARK: What all trials of a recipe share

  /// The solvers that anything reads, each after the one that it starts from.
  private func solverOrders(
    _ suites: WorkOrder.Input, _ orders: inout [WorkOrder], _ pool: inout OrderPool
  ) -> [String: Digest] {
    var identities: [String: Digest] = [:]
    func make(_ name: String) {
      guard identities[name] == nil, let solver = recipe.solvers.first(where: { $0.name == name })
      else { return }
      if let from = solver.from { make(from) }
      var parts = drawing()
      for (name, part) in self.parts("model", "cold_start").members { parts[name] = part }
      // Where it starts from is told by the input; the name is nobody's business.
      var settings = canonical["solvers"]?[name]?.object ?? [:]
      settings["from"] = nil
      parts["solver"] = settings.isEmpty ? nil : .object(settings)
      let order = pool.order(
        .solver, parts,
        inputs: [suites] + (solver.from.map { input("parent", $0, identities) } ?? []),
        label: "solver \(name)")
      identities[name] = order.identity
      orders.append(order)
    }
    for name in recipe.grading.solvers + [recipe.grading.strongest, recipe.policy] { make(name) }
    return identities
  }

  /// The suites read the tasks' limit alone: how answers are scored draws no problem.
  private func suitesOrder(_ pool: inout OrderPool) -> WorkOrder {
    var parts = drawing()
    parts["suites"] = canonical["evaluation"]?["suites"].map { suites in
      withTexts(
        .object(
          JSONObject(
            (suites.object ?? [:]).members.map { name, suite in
              // How often a problem is attempted is the evaluation's business.
              var members = suite.object ?? [:]
              members["attempts"] = nil
              members["attempts_during"] = nil
              return (name, .object(members))
            })))
    }
    return pool.order(.suites, parts, label: "suites")
  }

  private func problemsParts() -> JSONObject {
    var parts = drawing()
    parts["problems"] = canonical["problems"].map(withTexts)
    return parts
  }

  /// What decides how a problem is drawn, of the tasks.
  private func drawing() -> JSONObject {
    canonical["tasks"]?["limit"].map { ["tasks": ["limit": $0]] } ?? [:]
  }

  /// Grades of every solver that a rule may read, and the levels over them.
  private func levelOrders(
    problems: Digest, solvers: [String: Digest], _ orders: inout [WorkOrder],
    _ pool: inout OrderPool
  ) -> Digest {
    var inputs = [WorkOrder.Input(name: "problems", identity: problems)]
    var attempts = parts("model", "tasks")
    attempts["attempts"] = canonical["grading"]?["attempts"]
    func grade(_ solver: String, purpose: String) {
      guard let identity = solvers[solver] else { return }
      let order = pool.order(
        .grades, attempts,
        inputs: [
          .init(name: "problems", identity: problems), .init(name: "solver", identity: identity),
        ], seedPath: purpose, label: "\(purpose) of \(solver)")
      orders.append(order)
      inputs.append(.init(name: "\(purpose).\(solver)", identity: order.identity))
    }
    var graded = recipe.grading.solvers
    if !graded.contains(recipe.grading.strongest) { graded.append(recipe.grading.strongest) }
    for solver in graded { grade(solver, purpose: "grades") }
    // The policy's pass rates chose the levels; what it scores there is asked anew, or the mean
    // would be that of the lucky and the unlucky.
    grade(recipe.policy, purpose: "fresh")
    var parts = self.parts("levels")
    parts["solvers"] = .array(recipe.grading.solvers.map { .string($0) })
    parts["strongest"] = canonical["grading"]?["strongest"]
    parts["seed"] = canonical["grading"]?["seed"]
    parts["policy"] = .string(recipe.policy)
    let order = pool.order(.levels, parts, inputs: inputs, label: "levels")
    orders.append(order)
    return order.identity
  }

  // MARK: Parts of the recipe

  /// The members of the recipe of those names, where they are not all default.
  private func parts(_ names: String...) -> JSONObject {
    JSONObject(names.compactMap { name in canonical[name].map { (name, $0) } })
  }

  /// Length caps of a response that is judged.
  var caps: PerDomain { recipe.evaluation.maxTokens(firstStage: recipe.stages[0].maxTokens) }

  /// What every evaluation reads.
  private func judging() -> JSONObject {
    var parts = self.parts("model", "tasks", "evaluation")
    // The problems come in through the input; where their file lies is nobody's business.
    parts["evaluation"] = parts["evaluation"].map { evaluation in
      guard case .object(var members) = evaluation, let suites = evaluation["suites"]?.object
      else { return evaluation }
      members["suites"] = .object(
        JSONObject(
          suites.members.map { name, suite in
            var suite = suite.object ?? [:]
            suite["file"] = nil
            return (name, .object(suite))
          }))
      return .object(members)
    }
    parts["evaluation_caps"] = ["math": JSONValue(caps.math), "code": JSONValue(caps.code)]
    return parts
  }

  /// The value with every problem file's content in place of its name.
  private func withTexts(_ value: JSONValue) -> JSONValue {
    guard case .object(var object) = value else { return value }
    for (key, member) in object.members {
      if key == "file", let path = member.string, let text = texts[path] {
        object[key] = .string(text)
      } else {
        object[key] = withTexts(member)
      }
    }
    return .object(object)
  }

  private func input(
    _ name: String, _ solver: String, _ solvers: [String: Digest]
  ) -> [WorkOrder.Input] {
    solvers[solver].map { [.init(name: name, identity: $0)] } ?? []
  }

  private func levelNames(of stage: StageSettings) -> String {
    stage.problems.map { "\($0.domain.rawValue) \($0.level)" }.joined(separator: " + ")
  }
}
