import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore
import StudyLanguage

/// Why items will run: what was before in their place, and in which setting they differ from it.
struct RunReasons {
  private let compiled: CompiledStudy
  private let results: ResultsFolder
  /// What stood in the place of an item when the study was last run.
  private var before: [Digest: Digest] = [:]
  /// Stored items by what a person calls them: the one to compare with where the study has no note.
  private var byLabel: [String: [Digest]] = [:]

  init(_ compiled: CompiledStudy, in results: ResultsFolder) throws {
    self.compiled = compiled
    self.results = results
    if let note = try? results.studies().first(where: { $0.study == compiled.study.name }) {
      var old: [String: Digest] = [:]
      for trial in note.trials {
        for item in trial.items { old[place(trial.armName, trial.seed, item.name)] = item.identity }
      }
      for trial in compiled.note.trials {
        for item in trial.items {
          before[item.identity] = old[place(trial.armName, trial.seed, item.name)]
        }
      }
    }
    for (key, identity) in try stored() { byLabel[key, default: []].append(identity) }
  }

  private func place(_ arm: String, _ seed: Int, _ role: String) -> String {
    "\(arm)\u{0}\(seed)\u{0}\(role)"
  }

  /// Kind and label of every stored item: from the index, or where there is none from the folders.
  private func stored() throws -> [(String, Digest)] {
    if let index = try? ResultIndex.openForReading(results) {
      return try index.rows("SELECT kind, label, identity FROM item ORDER BY identity").compactMap {
        guard case .text(let kind) = $0[0], case .text(let label) = $0[1],
          case .text(let hex) = $0[2], let identity = Digest(hex: hex)
        else { return nil }
        return ("\(kind)\u{0}\(label)", identity)
      }
    }
    return try results.identities().compactMap { identity in
      guard let order = try? results.item(identity).order() else { return nil }
      return ("\(order.kind)\u{0}\(order.label)", identity)
    }
  }

  /// A line that says why an item will run; nil for one that is done.
  func reason(for entry: RunPlan.Entry) -> String? {
    switch entry.state {
    case .done, .known: return nil
    case .failed(let failure): return "failed before: \(failure.what)"
    case .damaged(let words): return "damaged: \(words)"
    case .running(let attempt):
      return "\((attempt.worker ?? attempt.holder).wording) is at it"
    case .absent, .ordered: break
    }
    if let step = results.item(entry.identity).checkpointStep() {
      return "stopped at step \(step), goes on from there"
    }
    return change(of: entry.order) ?? "never run"
  }

  /// In what an order differs from what stood in its place; nil when nothing did.
  private func change(of order: WorkOrder) -> String? {
    guard let old = predecessor(of: order) else { return nil }
    var (before, after, path) = (old, order, "")
    // Down through the inputs to the first item that is another one by itself.
    while true {
      let changes = OrderChange.all(from: before, to: after, writtenOut: WorkPerformer.writtenOut)
      let own = changes.filter(\.isOwn)
      if !own.isEmpty {
        let words = own.prefix(3).map(\.words).joined(separator: ", ")
        let more = own.count > 3 ? " and \(own.count - 3) more" : ""
        return path.isEmpty ? words + more : "\(path), because \(after.label): \(words)\(more)"
      }
      guard case .input(_, let from?, let to?) = changes.first,
        let next = compiled.graph.place(of: to).map({ compiled.graph.orders[$0] }),
        let last = try? results.item(from).order()
      else { return changes.first?.words }
      if path.isEmpty { path = changes.first?.words ?? "" }
      (before, after) = (last, next)
    }
  }

  /// The item of the study's last run in the same place; otherwise the stored one of the same name with
  /// the fewest changes.
  private func predecessor(of order: WorkOrder) -> WorkOrder? {
    let identity = order.identity
    if let old = before[identity], old != identity, let found = try? results.item(old).order() {
      return found
    }
    let named = (byLabel["\(order.kind)\u{0}\(order.label)"] ?? []).filter { $0 != identity }
    let orders = named.prefix(Self.mostCompared).compactMap { try? results.item($0).order() }
    return orders.min { a, b in changes(a, order) < changes(b, order) }
  }

  private func changes(_ old: WorkOrder, _ new: WorkOrder) -> Int {
    OrderChange.all(from: old, to: new, writtenOut: WorkPerformer.writtenOut).count
  }

  // A name that many items had: the first of them by identity say enough, and plan stays quick.
  private static let mostCompared = 16
}
