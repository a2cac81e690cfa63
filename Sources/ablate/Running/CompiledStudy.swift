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
  /// In the study's order: arm by arm, each with its seeds.
  let trials: [Trial]
  let graph: WorkGraph
  /// The held-out suites of all arms, in the order of the recipes.
  let suiteNames: [String]
  /// Whether our own kernels compute everything: then equal numerics promise equal bits.
  let usesOwnProducts: Bool

  /// - Throws: ``StudyFaults`` with every fault of every arm, or a fault of a problem file.
  init(_ study: Study, files: any FileReading) throws {
    self.study = study
    let recipes = study.arms.map { Recipe($0.settings) }
    let faults = study.diagnostics { arm in
      Recipe(arm.settings).faults().map {
        ArmFault(path: $0.path, part: $0.inner, what: $0.what, why: $0.why, help: $0.help)
      }
    }
    if !faults.isEmpty { throw StudyFaults(faults, first: study.path) }
    suiteNames = recipes.flatMap { $0.evaluation.suites.map(\.name) }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
    usesOwnProducts = recipes.allSatisfy { $0.model.products == .tiles }
    var texts: [String: String] = [:]
    for recipe in recipes {
      for file in recipe.problemFiles where texts[file] == nil {
        texts[file] = try Self.problems(file, beside: study.path, files: files)
      }
    }
    trials = TrialPlan(expanding: study).trials.map { trial in
      let arm = study.arms[trial.arm]
      let compiler = TrialCompiler(
        recipe: recipes[trial.arm], canonical: arm.canonicalRecipe, numerics: numericsVersion,
        texts: texts)
      return Trial(arm: trial.arm, seed: trial.seed, compiled: compiler.compile(seed: trial.seed))
    }
    graph = try WorkGraph(orders: trials.flatMap(\.compiled.orders))
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

  /// How many trials each item serves, in the order of the graph.
  var users: [Int] {
    var counts = [Int](repeating: 0, count: graph.count)
    for trial in trials {
      for place in Set(trial.compiled.orders.compactMap { graph.place(of: $0.identity) }) {
        counts[place] += 1
      }
    }
    return counts
  }

  /// Items whose measurements a report reads.
  var reported: Set<Digest> {
    Set(trials.flatMap { [$0.compiled.baseEvaluation] + $0.compiled.stages.map(\.identity) })
  }

  /// Items that more than one trial reads.
  var sharedItems: Int { users.count { $0 > 1 } }

  /// `smoke · which difficulty trains best?   2 arms × 2 seeds = 4 trials, 9 work items, 5 shared`
  var headline: String {
    """
    \(study.name) · \(study.question)
      \(size), \(graph.count) work items, \(sharedItems) of them shared
    """
  }

  /// `2 arms × 2 seeds = 4 trials`
  var size: String {
    func counted(_ count: Int, _ word: String) -> String {
      "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    return """
      \(counted(study.arms.count, "arm")) × \(counted(study.seeds.count, "seed")) = \
      \(counted(trials.count, "trial"))
      """
  }

  /// The rows of the progress block: what is shared, then arm by arm.
  var progressGroups: [ProgressGroup] {
    let preparation = graph.orders.indices.filter {
      graph.orders[$0].kind != WorkKind.stage.rawValue
    }
    var groups = [
      ProgressGroup(name: "preparation", items: preparation.map { graph.identities[$0] })
    ]
    for (index, arm) in study.arms.enumerated() {
      var items: [Digest] = []
      for trial in trials where trial.arm == index {
        for stage in trial.compiled.stages where !items.contains(stage.identity) {
          items.append(stage.identity)
        }
      }
      groups.append(ProgressGroup(name: arm.label, items: items))
    }
    return groups
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
