import CommandTrainer
import Diagnostics
import ParallelWork
import PolicyTrainer
import ReasoningTasks
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage
import TensorKernels
import TransformerLM

/// A study with the work of every trial worked out.
struct CompiledStudy {
  /// One arm with one seed, and the items that make it.
  struct Trial {
    var arm: Int
    var seed: Int
    var compiled: CompiledTrial
  }

  let study: Study
  /// As ``TrialPlan`` has them: one seed through all arms, then the next.
  let trials: [Trial]
  let graph: WorkGraph
  /// How many trials each item serves, in the order of the graph.
  let users: [Int]
  /// The held-out suites of all arms, in the order of the recipes.
  let suiteNames: [String]
  /// What the reader and the trainer warn of.
  let warnings: [Diagnostic]
  /// Who computes, and so what is promised of bits.
  let arithmetic: Arithmetic
  /// What is known of the commands that train; nil where the shared trainer does.
  let commands: CommandFacts?

  enum Arithmetic: Sendable {
    /// Our own kernels everywhere: equal numerics promise equal bits.
    case ownProducts
    case openBLAS
    /// Programs of which we know nothing.
    case commands
  }

  /// - Throws: ``StudyFaults`` with every fault of every arm, or a fault of a problem file.
  init(_ study: Study, files: any FileReading) throws {
    self.study = study
    let chunks = chunked(study.arms.count, size: Self.chunkSize) {
      ArmWork(of: study.arms[$0], study, files: files)
    }
    if chunks.contains(where: \.hasFault) {
      throw StudyFaults(Self.faults(of: study), first: study.path)
    }
    // Faults of recipes come before those of the files that they name.
    if let fault = chunks.lazy.compactMap(\.fileFault).first { throw fault }
    suiteNames = chunks.flatMap(\.suiteNames).uniqued
    let facts = chunks.compactMap(\.commands)
    commands = facts.first.map { first in
      facts.dropFirst().reduce(into: first) { $0.add($1) }
    }
    arithmetic =
      study.isOfCommands
      ? .commands : chunks.allSatisfy(\.usesOwnProducts) ? .ownProducts : .openBLAS
    let budgets = chunks.flatMap(\.budgets)
    let ofArms = chunks.flatMap(\.trials)
    let unequal = study.warning(ofUnequal: [
      ("updates", budgets.map(\.updates)), ("rollouts", budgets.map(\.rollouts)),
      ("tokens", budgets.map(\.tokens)),
    ])
    warnings = study.warnings + (unequal.map { [$0] } ?? [])
    let places = Dictionary(uniqueKeysWithValues: study.seeds.enumerated().map { ($1, $0) })
    let trials = TrialPlan(expanding: study).trials.compactMap { trial in
      places[trial.seed].map {
        Trial(arm: trial.arm, seed: trial.seed, compiled: ofArms[trial.arm][$0])
      }
    }
    let graph = try WorkGraph(orders: Self.orders(of: trials))
    self.trials = trials
    self.graph = graph
    users = Self.users(of: graph, in: trials)
  }

  /// Arms that one thread compiles after another.
  private static let chunkSize = 2048

  /// Whether equal numerics promise equal bits.
  var usesOwnProducts: Bool { arithmetic == .ownProducts }

  /// The same study with some of its trials alone.
  func with(trials: [Trial]) throws -> CompiledStudy { try CompiledStudy(self, trials: trials) }

  private init(_ whole: CompiledStudy, trials: [Trial]) throws {
    study = whole.study
    self.trials = trials
    graph = try WorkGraph(orders: Self.orders(of: trials))
    users = Self.users(of: graph, in: trials)
    suiteNames = whole.suiteNames
    warnings = whole.warnings
    arithmetic = whole.arithmetic
    commands = whole.commands
  }

  private static func faults(of study: Study) -> [Diagnostic] {
    if study.isOfCommands {
      return study.diagnostics { CommandRecipe($0.settings).faults() }
    }
    return study.diagnostics { arm in
      Recipe(arm.settings).faults().map {
        ArmFault(path: $0.path, part: $0.inner, what: $0.what, why: $0.why, help: $0.help)
      }
    }
  }

  /// Every order of every trial, where what trials after one another have in common stands once.
  private static func orders(of trials: [Trial]) -> [WorkOrder] {
    var orders: [WorkOrder] = []
    orders.reserveCapacity(2 * trials.count)
    for (index, trial) in trials.enumerated() {
      if index == 0 || !trial.compiled.sharesPreparation(with: trials[index - 1].compiled) {
        orders += trial.compiled.preparation
      }
      orders += trial.compiled.own
    }
    return orders
  }

  private static func users(of graph: WorkGraph, in trials: [Trial]) -> [Int] {
    var counts = [Int](repeating: 0, count: graph.count)
    // Two solvers that are alike but for their names are one item, which a trial then names twice.
    var lastUser = [Int](repeating: -1, count: graph.count)
    var shared: [Int] = []
    for (index, trial) in trials.enumerated() {
      if index == 0 || !trial.compiled.sharesPreparation(with: trials[index - 1].compiled) {
        shared = trial.compiled.preparation.compactMap { graph.place(of: $0.identity) }
      }
      func use(_ place: Int) {
        if lastUser[place] == index { return }
        lastUser[place] = index
        counts[place] += 1
      }
      for place in shared { use(place) }
      for order in trial.compiled.own {
        if let place = graph.place(of: order.identity) { use(place) }
      }
    }
    return counts
  }

  /// What a run would do, for those who only look. What the index knows to be sound is not read again.
  func plan(in results: ResultsFolder) throws(StoreFault) -> RunPlan {
    try RunPlan(graph, in: results, wanted: reported, known: ResultIndex.known(in: results))
  }

  /// Items whose measurements a report reads.
  var reported: Set<Digest> {
    Set(trials.flatMap(\.compiled.measured))
  }

  /// Items that more than one trial reads.
  var sharedItems: Int { users.count { $0 > 1 } }

  /// `smoke · which difficulty trains best?   2 arms × 2 seeds = 4 trials, 9 work items, 5 of them shared`
  var headline: String {
    """
    \(study.name) · \(study.question)
      \(countText), \(graph.count) work items, \(sharedItems) of them shared
    """
  }

  /// `3 arms × 10 seeds = 30 trials`, or how many trials are asked for by now.
  private var countText: String {
    guard let rule = study.seedRule else { return study.countText }
    return
      "\(ablate.countText(study.arms.count, "arm")) with \(rule.fewest) to \(rule.most) seeds, "
      + "\(ablate.countText(trials.count, "trial")) by now"
  }

  /// The rows of the progress block: what is shared, then arm by arm.
  var progressGroups: [ProgressGroup] {
    let ofStages = [WorkKind.stage.rawValue, CommandContract.kind]
    let preparation = graph.orders.indices.filter { !ofStages.contains(graph.orders[$0].kind) }
    var ofArms = [[Digest]](repeating: [], count: study.arms.count)
    for trial in trials { ofArms[trial.arm] += trial.compiled.stages.map(\.identity) }
    let shared = ProgressGroup(
      name: "preparation", items: preparation.map { graph.identities[$0] })
    return (preparation.isEmpty ? [] : [shared])
      + zip(study.arms, ofArms).map { arm, items in
        ProgressGroup(name: arm.label, items: items.uniqued)
      }
  }

  /// What the store is told about the study, for queries.
  var note: StudyNote {
    var note = StudyNote(
      study: study.name, question: study.question,
      trials: trials.map { trial in
        let arm = study.arms[trial.arm]
        return StudyNote.Trial(
          arm: trial.arm, armName: arm.label,
          variants: JSONObject(arm.variants.map { ($0.axis, .string($0.variant)) }),
          seed: trial.seed,
          items: (trial.compiled.baseEvaluation.map {
            [.init(name: StudyNote.baseRole, identity: $0)]
          } ?? [])
            + trial.compiled.stages.map { .init(name: $0.name, identity: $0.identity) })
      })
    let ofTrials = note.items
    note.preparation = graph.identities.filter { !ofTrials.contains($0) }
    return note
  }
}
