import Diagnostics
import ReasoningTasks
import StudyLanguage
import TransformerLM

extension Recipe {
  /// Every fault between settings that are each within their range, in the recipe's order.
  package func faults() -> [RecipeFault] { Self.checks.flatMap { $0.faults(self) } }

  /// The faults of a recipe that was read beside one without any: what it shares with that one is not looked
  /// at again.
  package func faultsOfOwnParts() -> [RecipeFault] {
    Self.checks.flatMap { check in
      check.reads.contains(where: ownKeys.contains) ? check.faults(self) : []
    }
  }

  /// A search for faults, and the keys of the recipe that it reads: where none of them differs, neither does
  /// what is found.
  private struct Check {
    var reads: [String]
    var faults: @Sendable (Recipe) -> [RecipeFault]
  }

  private static let checks = [
    Check(reads: ["model", "stages", "grading", "evaluation"]) { $0.modelFaults() },
    Check(reads: ["cold_start", "tasks", "problems"]) { $0.mixtureFaults() },
    Check(reads: ["solvers", "policy"]) { $0.solverFaults() },
    Check(reads: ["solvers", "grading", "problems"]) { $0.gradingFaults() },
    Check(reads: ["levels", "problems", "grading"]) { $0.levelFaults() },
    Check(reads: ["stages", "problems", "levels", "grading"]) { recipe in
      recipe.stages.flatMap(recipe.stageFaults)
    },
    Check(reads: ["evaluation", "tasks"]) { $0.evaluationFaults() },
  ]

  private func modelFaults() -> [RecipeFault] {
    do {
      try model.shape.validate()
      if longestResponse < model.shape.context { return [] }
      return [
        RecipeFault(
          path: "model.context",
          what:
            "a context of \(model.shape.context) tokens and a length cap of \(longestResponse)",
          why: "prompt and response together must fit into the context",
          help:
            "raise 'model.context' above the cap and the longest prompt, or lower the largest cap of stages, 'grading' and evaluation ('cap_factor' times the first stage's)"
        )
      ]
    } catch {
      return [
        RecipeFault(
          path: "model", what: error.what, why: error.why,
          help: "change the sizes so that they fit together")
      ]
    }
  }

  private func mixtureFaults() -> [RecipeFault] {
    coldStart.math.faults(at: "cold_start.math", limit: tasks.limit)
      + coldStart.code.faults(at: "cold_start.code", limit: tasks.limit)
      + problems.parts.filter { $0.file == nil }.flatMap {
        $0.faults("problems.\($0.domain.rawValue)", tasks.limit)
      }
      + problems.parts.flatMap { fileFaults($0.silenced, at: "problems.\($0.domain.rawValue)") }
  }

  private func solverFaults() -> [RecipeFault] {
    var faults: [RecipeFault] = []
    let names = solvers.map(\.name)
    if names.contains(GradingSettings.reference) {
      faults.append(
        RecipeFault(
          path: "solvers.\(GradingSettings.reference)",
          what: "'\(GradingSettings.reference)' is the solver that is always there",
          why: "it names each problem's own worked answer", help: "give this solver another name"))
    }
    for solver in solvers {
      if let from = solver.from, !names.contains(from) {
        faults.append(
          unknown(from, kind: "solver", among: names, path: "solvers.\(solver.name).from"))
      }
      var seen: [String] = []
      var next: String? = solver.name
      while let name = next, !seen.contains(name) {
        seen.append(name)
        next = solvers.first { $0.name == name }?.from
      }
      if let next, next == solver.name {
        faults.append(
          RecipeFault(
            path: "solvers.\(solver.name).from",
            what:
              "solver '\(solver.name)' starts from itself: \((seen + [next]).joined(separator: " → "))",
            why: "a solver is made from one that is made before it",
            help: "let one of them start from random weights, without 'from'"))
      }
    }
    if !names.contains(policy) {
      faults.append(unknown(policy, kind: "solver", among: names, path: "policy"))
    }
    return faults
  }

  private func gradingFaults() -> [RecipeFault] {
    let names = solvers.map(\.name)
    var faults = grading.solvers.enumerated().compactMap { index, name in
      names.contains(name)
        ? nil : unknown(name, kind: "solver", among: names, path: "grading.solvers[\(index)]")
    }
    for (index, name) in grading.solvers.enumerated()
    where grading.solvers[..<index].contains(name) {
      faults.append(
        RecipeFault(
          path: "grading.solvers[\(index)]", what: "solver '\(name)' is listed twice",
          why: "its pass rate has one name, p.\(name)", help: "take one of the two out"))
    }
    if grading.strongest != GradingSettings.reference && !names.contains(grading.strongest) {
      faults.append(
        unknown(
          grading.strongest, kind: "solver", among: names + [GradingSettings.reference],
          path: "grading.strongest"))
    }
    if problems.parts.isEmpty {
      faults.append(
        RecipeFault(
          path: "problems", what: "the pool has neither math nor code problems",
          why: "there is nothing to train on", help: "add \"math\": {} or \"code\": {}"))
    }
    return faults
  }

  private func levelFaults() -> [RecipeFault] {
    var faults: [RecipeFault] = []
    for level in levels {
      if level.name == LevelSettings.wholePool {
        faults.append(
          RecipeFault(
            path: "levels.\(level.name)", what: "'\(level.name)' is the level that is always there",
            why: "it names the whole pool", help: "give this level another name"))
      }
      for (domain, membership) in level.domains {
        if !problems.parts.contains(where: { $0.domain == domain }) {
          faults.append(
            RecipeFault(
              path: "levels.\(level.name).\(domain.rawValue)",
              what: "the pool has no \(domain.rawValue) problems",
              why: "level '\(level.name)' would be empty",
              help: "add \"\(domain.rawValue)\" to 'problems', or take it out of the level"))
        }
        for fault in membership.rule.faults(solvers: grading.solvers) {
          faults.append(
            RecipeFault(
              path: "levels.\(level.name).\(domain.rawValue).rule", what: fault.what,
              why: fault.why, help: fault.help, inner: fault.range))
        }
      }
    }
    return faults
  }

  private func stageFaults(_ stage: StageSettings) -> [RecipeFault] {
    let path = "stages.\(stage.name)"
    var faults: [RecipeFault] = []
    if stage.problems.isEmpty {
      faults.append(
        RecipeFault(
          path: "\(path).problems", what: "stage '\(stage.name)' names no problems",
          why: "a stage trains on the problems of at least one domain",
          help: "write \"problems\": {\"math\": \"\(LevelSettings.wholePool)\"}"))
    }
    for name in stage.unknownDomains.problems {
      faults.append(
        unknown(
          name, kind: "domain", among: Domain.allCases.map(\.rawValue),
          path: "\(path).problems.\(name)"))
    }
    for (domain, level) in stage.problems {
      let place = "\(path).problems.\(domain.rawValue)"
      if !problems.parts.contains(where: { $0.domain == domain }) {
        faults.append(
          RecipeFault(
            path: place, what: "the pool has no \(domain.rawValue) problems",
            why: "stage '\(stage.name)' trains on level '\(level)' of them",
            help: "add \"\(domain.rawValue)\" to 'problems', or take it out of the stage"))
      }
      let names =
        [LevelSettings.wholePool]
        + levels.filter { $0.domains.contains { $0.domain == domain } }.map(\.name)
      if !names.contains(level) {
        faults.append(unknown(level, kind: "\(domain.rawValue) level", among: names, path: place))
      }
    }
    for name in stage.unknownDomains.ratio {
      faults.append(
        RecipeFault(
          path: "\(path).ratio.\(name)",
          what: "the ratio gives '\(name)' a part, but the stage has no problems of that domain",
          why: "a part of nothing would silently go to the other domain",
          help: "add \"\(name)\" to the stage's 'problems', or take it out of 'ratio'"))
    }
    let smallest = type(of: stage.objective.advantage).smallestGroup
    if stage.rollouts.smallestGroup < smallest {
      faults.append(
        RecipeFault(
          path: "\(path).rollouts.per_prompt",
          what:
            "groups of \(stage.rollouts.smallestGroup) with the advantage '\(type(of: stage.objective.advantage).kind)'",
          why: "it compares a rollout with the others of its group; alone, every advantage is 0",
          help: "use at least \(smallest) rollouts a prompt, or \"advantage\": \"reward\""))
    }
    if stage.updates > stage.prompts {
      faults.append(
        RecipeFault(
          path: "\(path).updates", what: "\(stage.updates) updates of \(stage.prompts) prompts",
          why: "a mini-batch holds whole groups, at least one",
          help: "use at most as many updates as prompts"))
    }
    if let solver = stage.sortingSolver, !grading.solvers.contains(solver) {
      faults.append(
        unknown(solver, kind: "graded solver", among: grading.solvers, path: "\(path).sampler.by"))
    }
    return faults
  }

  private func evaluationFaults() -> [RecipeFault] {
    var faults: [RecipeFault] = []
    if evaluation.suites.isEmpty {
      faults.append(
        RecipeFault(
          path: "evaluation.suites", what: "there is no suite",
          why: "an arm without a score has no row in a table", help: "add at least one suite"))
    }
    for suite in evaluation.suites {
      let sources = [suite.math != nil, suite.code != nil, suite.file != nil].count { $0 }
      if sources != 1 {
        faults.append(
          RecipeFault(
            path: "evaluation.suites.\(suite.name)",
            what: "suite '\(suite.name)' has \(sources) sources of problems",
            why: "its score is a number about one kind of problem",
            help: "give it exactly one of \"math\", \"code\" and \"file\""))
      }
      let path = "evaluation.suites.\(suite.name)"
      faults += suite.math?.faults(at: "\(path).math", limit: tasks.limit) ?? []
      faults += suite.code?.faults(at: "\(path).code", limit: tasks.limit) ?? []
      faults += fileFaults(suite.silenced, at: path)
      faults += nameFaults(ofSuite: suite.name, at: path)
    }
    return faults
  }

  /// A suite's name is a metric and part of a file's name.
  private func nameFaults(ofSuite name: String, at path: String) -> [RecipeFault] {
    let isWord =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    if !isWord {
      return [
        RecipeFault(
          path: path, what: "'\(name)' cannot name a suite",
          why: "its name is a metric and part of a file's name",
          help: "use letters, digits, '-' and '_'")
      ]
    }
    if StepMetric.all.contains(where: { $0.name == name }) {
      return [
        RecipeFault(
          path: path, what: "'\(name)' is measured in every step",
          why: "a suite's score and a number of the training would have one name",
          help: "give the suite another name")
      ]
    }
    return []
  }

  private func unknown(
    _ name: String, kind: String, among names: [String], path: String
  ) -> RecipeFault {
    let known = names.isEmpty ? "there is none" : "there are \(names.joined(separator: ", "))"
    return RecipeFault(
      path: path, what: "unknown \(kind) '\(name)'", why: known,
      help: Suggestion.closest(to: name, among: names).map { "did you mean '\($0)'?" }
        ?? "use one of them, or add '\(name)'")
  }
}
