import CommandTrainer
import PolicyTrainer
import Reproducibility
import RunScheduler
import StudyLanguage

/// The work of a study as a tree: what all trials read, then the stages by their common beginnings, with
/// the arms at the leaves. Seeds stand in one line, for they differ in nothing else.
struct StageTree {
  private let compiled: CompiledStudy
  private let done: Set<Digest>

  init(_ compiled: CompiledStudy, _ plan: RunPlan) {
    self.compiled = compiled
    done = Set(plan.entries.filter(\.isDone).map(\.identity))
  }

  var text: String {
    let preparation = preparation.isEmpty ? [] : ["preparation"] + preparation
    return (preparation + ["stages"] + stages + [summary]).joined(separator: "\n")
  }

  // MARK: Preparation

  private var preparation: [String] {
    let graph = compiled.graph
    let ofTrials = [WorkKind.stage, .evaluation].map(\.rawValue) + [CommandContract.kind]
    let isStage = graph.orders.map { ofTrials.contains($0.kind) }
    let places = graph.orders.indices.filter { !isStage[$0] }
    return places.map { place in
      let reads = graph.inputs[place].map { graph.orders[$0].label }
      let from = reads.isEmpty ? "" : "  reads \(reads.joined(separator: ", "))"
      return
        "\(place == places.last ? "└─ " : "├─ ")\(graph.orders[place].label)"
        + "  \(done.contains(graph.identities[place]) ? "done" : "to run")\(from)"
    }
  }

  // MARK: Stages

  /// What an arm's trials are at one depth: an item for each seed. Arms with the same items share them.
  private struct Position: Hashable {
    var items: [Digest]
  }

  /// Of each arm, its positions from the first stage to the last.
  private var positions: [[Position]] {
    var ofArms = [[Position]](repeating: [], count: compiled.study.arms.count)
    for trial in compiled.trials {
      for (depth, stage) in trial.compiled.stages.enumerated() {
        if depth == ofArms[trial.arm].count { ofArms[trial.arm].append(Position(items: [])) }
        ofArms[trial.arm][depth].items.append(stage.identity)
      }
    }
    return ofArms
  }

  private var stages: [String] {
    lines(positions.enumerated().map { (arm: $0, path: $1[...]) }, indent: "")
  }

  private func lines(
    _ arms: [(arm: Int, path: ArraySlice<Position>)], indent: String
  ) -> [String] {
    var order: [Position] = []
    var branches: [Position: [(arm: Int, path: ArraySlice<Position>)]] = [:]
    var leaves: [Int] = []
    for (arm, path) in arms {
      guard let next = path.first else {
        leaves.append(arm)
        continue
      }
      if branches[next] == nil { order.append(next) }
      branches[next, default: []].append((arm, path.dropFirst()))
    }
    var lines: [String] = []
    let count = order.count + leaves.count
    for (index, leaf) in leaves.enumerated() {
      let mark = index == count - 1 ? "└─ " : "├─ "
      lines.append("\(indent)\(mark)= \(compiled.study.arms[leaf].label)")
    }
    for (index, position) in order.enumerated() {
      let isLast = leaves.count + index == count - 1
      lines.append("\(indent)\(isLast ? "└─ " : "├─ ")\(words(position, branches[position] ?? []))")
      lines += self.lines(branches[position] ?? [], indent: indent + (isLast ? "   " : "│  "))
    }
    return lines
  }

  private func words(
    _ position: Position, _ arms: [(arm: Int, path: ArraySlice<Position>)]
  ) -> String {
    let label = position.items.first.flatMap { compiled.graph.place(of: $0) }.map {
      compiled.graph.orders[$0].label
    }
    // The label of a stage ends with its seed, and here stand all of them.
    let name = label?.split(separator: ", seed ").dropLast().joined(separator: ", seed ") ?? ""
    let finished = position.items.count { done.contains($0) }
    let seeds = compiled.study.seeds
    let range =
      seeds.count == 1 ? "seed \(seeds[0])" : "seeds \(seeds.first ?? 0)–\(seeds.last ?? 0)"
    let users = arms.count * position.items.count
    return "\(name)  \(range): \(finished) done, \(position.items.count - finished) to run"
      + (arms.count > 1 ? "  shared by \(users) trials" : "")
  }

  /// "6 stages instead of 8 without sharing".
  private var summary: String {
    let all = compiled.trials.flatMap { $0.compiled.stages.map(\.identity) }
    let (items, trials) = (Set(all).count, all.count)
    let words = "\(items) stage\(items == 1 ? "" : "s")"
    return items == trials ? words : "\(words) instead of \(trials) without sharing"
  }
}
