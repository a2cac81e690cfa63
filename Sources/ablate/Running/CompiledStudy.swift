import Diagnostics
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
  /// Whether our own kernels compute everything: then equal numerics promise equal bits.
  let usesOwnProducts: Bool

  /// - Throws: ``StudyFaults`` with every fault of every arm, or a fault of a problem file.
  init(_ study: Study, files: any FileReading) throws {
    self.study = study
    var recipes: [Recipe] = []
    for (place, arm) in study.arms.enumerated() {
      recipes.append(
        Recipe(arm.settings, sharing: recipes.last.map { (study.arms[place - 1].settings, $0) }))
    }
    if recipes.contains(where: { !$0.faults().isEmpty }) {
      throw StudyFaults(Self.faults(of: study), first: study.path)
    }
    let budgets = recipes.map(\.budget)
    let unequal = study.warning(ofUnequal: [
      ("updates", budgets.map(\.updates)), ("rollouts", budgets.map(\.rollouts)),
      ("tokens", budgets.map(\.tokens)),
    ])
    warnings = study.warnings + (unequal.map { [$0] } ?? [])
    suiteNames = recipes.flatMap { $0.evaluation.suites.map(\.name) }.uniqued
    usesOwnProducts = recipes.allSatisfy { $0.model.products == .tiles }
    var texts: [String: String] = [:]
    for file in recipes.flatMap(\.problemFiles).uniqued {
      texts[file] = try Self.problems(file, beside: study.path, files: files)
    }
    var compiler = TrialCompiler(numerics: numericsVersion, texts: texts)
    let ofArms = zip(study.arms, recipes).map { arm, recipe in
      compiler.compile(recipe, canonical: arm.canonicalRecipe, seeds: study.seeds)
    }
    let places = Dictionary(uniqueKeysWithValues: study.seeds.enumerated().map { ($1, $0) })
    let trials = TrialPlan(expanding: study).trials.compactMap { trial in
      places[trial.seed].map {
        Trial(arm: trial.arm, seed: trial.seed, compiled: ofArms[trial.arm][$0])
      }
    }
    let graph = try WorkGraph(orders: trials.lazy.flatMap(\.compiled.orders))
    self.trials = trials
    self.graph = graph
    users = Self.users(of: graph, in: trials)
  }

  private static func faults(of study: Study) -> [Diagnostic] {
    study.diagnostics { arm in
      Recipe(arm.settings).faults().map {
        ArmFault(path: $0.path, part: $0.inner, what: $0.what, why: $0.why, help: $0.help)
      }
    }
  }

  private static func users(of graph: WorkGraph, in trials: [Trial]) -> [Int] {
    var counts = [Int](repeating: 0, count: graph.count)
    // Two solvers that are alike but for their names are one item, which a trial then names twice.
    var lastUser = [Int](repeating: -1, count: graph.count)
    for (index, trial) in trials.enumerated() {
      for order in trial.compiled.orders {
        guard let place = graph.place(of: order.identity), lastUser[place] != index else {
          continue
        }
        lastUser[place] = index
        counts[place] += 1
      }
    }
    return counts
  }

  /// The text of a problem file, checked line by line.
  private static func problems(
    _ file: String, beside study: String, files: any FileReading
  ) throws -> String {
    let folder = study.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = file.hasPrefix("/") ? file : (folder + [Substring(file)]).joined(separator: "/")
    let checked = try CheckedProblems(path, files: files)
    return String(decoding: checked.bytes, as: UTF8.self)
  }

  /// What a run would do, for those who only look. What the index knows to be sound is not read again.
  func plan(in results: ResultsFolder) throws(StoreFault) -> RunPlan {
    try RunPlan(graph, in: results, wanted: reported, known: ResultIndex.known(in: results))
  }

  /// Items whose measurements a report reads.
  var reported: Set<Digest> {
    Set(trials.flatMap { [$0.compiled.baseEvaluation] + $0.compiled.stages.map(\.identity) })
  }

  /// Items that more than one trial reads.
  var sharedItems: Int { users.count { $0 > 1 } }

  /// `smoke · which difficulty trains best?   2 arms × 2 seeds = 4 trials, 9 work items, 5 of them shared`
  var headline: String {
    """
    \(study.name) · \(study.question)
      \(study.countText), \(graph.count) work items, \(sharedItems) of them shared
    """
  }

  /// The rows of the progress block: what is shared, then arm by arm.
  var progressGroups: [ProgressGroup] {
    let preparation = graph.orders.indices.filter {
      graph.orders[$0].kind != WorkKind.stage.rawValue
    }
    var ofArms = [[Digest]](repeating: [], count: study.arms.count)
    for trial in trials { ofArms[trial.arm] += trial.compiled.stages.map(\.identity) }
    return [ProgressGroup(name: "preparation", items: preparation.map { graph.identities[$0] })]
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
          items: [.init(name: "base", identity: trial.compiled.baseEvaluation)]
            + trial.compiled.stages.map { .init(name: $0.name, identity: $0.identity) })
      })
    let ofTrials = note.items
    note.preparation = graph.identities.filter { !ofTrials.contains($0) }
    return note
  }
}
