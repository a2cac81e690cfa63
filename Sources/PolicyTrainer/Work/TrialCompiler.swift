import ReasoningTasks
package import Reproducibility
import StudyLanguage
import TransformerLM

/// A trial as the chain of work items that makes it.
package struct CompiledTrial: Sendable {
  /// What comes before any training of the trial itself; arms and seeds that have it in common hold the
  /// same list.
  package var preparation: [WorkOrder]
  /// The first evaluation and the stages.
  package var own: [WorkOrder]
  /// The initial policy's own scores: the curve's first point and the base row of the table.
  package var baseEvaluation: Digest
  /// The stages in order.
  package var stages: [(name: String, identity: Digest)]
  /// The levels that the stages train on.
  package var levels: Digest

  /// Every item, each after those that it reads.
  package var orders: [WorkOrder] { preparation + own }
}

/// Compiles the trials of a study, an arm after another, into work items. An item holds only the
/// settings that it reads, so that trials which begin alike share their items; what arms have in common
/// is compiled once.
package struct TrialCompiler: Sendable {
  private let texts: [String: String]
  private var pool: OrderPool
  /// By the part of the recipe that decides them.
  private var preparations: [JSONObject: Preparation] = [:]
  /// The arm before: what arms share is most often shared with it.
  private var last: (canonical: JSONObject, preparation: Preparation)?

  /// - Parameters:
  ///   - numerics: version of the arithmetic.
  ///   - texts: content of each problem file that a recipe names. In an order it stands in place
  ///     of the name, so that the identity follows what is in the file and not where it lies.
  package init(numerics: Int, texts: [String: String] = [:]) {
    self.texts = texts
    pool = OrderPool(numerics: numerics)
  }

  /// The trials of an arm, one for each seed.
  ///
  /// - Parameter canonical: the arm's recipe without what equals its default.
  package mutating func compile(
    _ recipe: Recipe, canonical: JSONValue, seeds: [Int]
  ) -> [CompiledTrial] {
    let arm = ArmCompiler(recipe: recipe, canonical: canonical, texts: texts)
    // The stages alone have no part in what comes before them.
    let whole = canonical.object ?? [:]
    var shared = whole
    shared["stages"] = nil
    let preparation: Preparation
    if let last, whole.isSame(as: last.canonical, except: "stages") {
      preparation = last.preparation
    } else if let known = preparations[shared] {
      preparation = known
    } else {
      preparation = arm.preparation(&pool)
      preparations[shared] = preparation
    }
    last = (whole, preparation)
    return arm.trials(after: preparation, seeds: seeds, &pool)
  }
}

/// Every order that was made, so that an equal one is neither written out nor digested again.
private struct OrderPool {
  /// What makes an order, its version of the arithmetic aside.
  private struct Draft: Hashable {
    var kind: WorkKind
    var configuration: JSONObject
    var inputs: [WorkOrder.Input]
    var seedPath: String?
    var label: String
  }

  let numerics: Int
  private var made: [Draft: WorkOrder] = [:]

  init(numerics: Int) { self.numerics = numerics }

  mutating func order(
    _ kind: WorkKind, _ parts: JSONObject, inputs: [WorkOrder.Input] = [],
    seedPath: String? = nil, label: String
  ) -> WorkOrder {
    let draft = Draft(
      kind: kind, configuration: parts, inputs: inputs, seedPath: seedPath, label: label)
    if let known = made[draft] { return known }
    let order = WorkOrder(
      kind: kind.rawValue, configuration: .object(parts), inputs: inputs, seedPath: seedPath,
      numerics: numerics, label: label)
    made[draft] = order
    return order
  }
}

/// What comes before the training of a recipe's trials.
private struct Preparation {
  var orders: [WorkOrder]
  var suites: WorkOrder.Input
  var problems: WorkOrder.Input
  var levels: Digest
  /// The policy, under the name by which evaluation and first stage ask for it.
  var policy: [WorkOrder.Input]
}

/// Writes the orders of one arm.
private struct ArmCompiler {
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

  func trials(
    after preparation: Preparation, seeds: [Int], _ pool: inout OrderPool
  ) -> [CompiledTrial] {
    var judging = judging()
    let stageParts = (canonical["stages"]?.array ?? []).map { stage in
      var parts = judging
      parts["stage"] = stage
      parts["streams"] = streams("order", "sampling", "evaluation")
      return parts
    }
    judging["streams"] = streams("evaluation")
    let labels = recipe.stages.map { "\($0.name): \(levelNames(of: $0))" }
    let read = [
      preparation.suites, preparation.problems, .init(name: "levels", identity: preparation.levels),
    ]
    return seeds.map { seed in
      var parent = preparation.policy
      var own: [WorkOrder] = []
      if let policy = ownPolicy(preparation, seed: seed, &pool) {
        own.append(policy)
        parent = [.init(name: "policy", identity: policy.identity)]
      }
      let base = pool.order(
        .evaluation, judging, inputs: parent + [preparation.suites], seedPath: "trial/\(seed)",
        label: "base \(recipe.policy), seed \(seed)")
      var trial = CompiledTrial(
        preparation: preparation.orders, own: own + [base], baseEvaluation: base.identity,
        stages: [],
        levels: preparation.levels)
      for (index, stage) in recipe.stages.enumerated() {
        let order = pool.order(
          .stage, stageParts[index], inputs: parent + read,
          seedPath: "trial/\(seed)/stage/\(index)", label: "\(labels[index]), seed \(seed)")
        trial.own.append(order)
        trial.stages.append((stage.name, order.identity))
        parent = [.init(name: "parent", identity: order.identity)]
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
    let caps = recipe.evaluation.maxTokens(firstStage: recipe.stages[0].maxTokens)
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
