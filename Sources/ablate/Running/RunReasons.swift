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
  /// Orders that were read to be compared with, and their settings written out: many items of a sweep
  /// have the same predecessors.
  private var read: [Digest: (order: WorkOrder, settings: JSONValue)] = [:]

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
  mutating func reason(for entry: RunPlan.Entry) -> String? {
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
  private mutating func change(of order: WorkOrder) -> String? {
    guard let old = predecessor(of: order) else { return nil }
    var (before, after, path) = (old, order, "")
    // Down through the inputs to the first item that is another one by itself.
    while true {
      let changes = changes(from: before, to: after, WorkPerformer.writtenOut(after))
      let own = changes.filter(\.isOwn)
      if !own.isEmpty {
        let words = own.prefix(3).map(\.words).joined(separator: ", ")
        let more = own.count > 3 ? " and \(own.count - 3) more" : ""
        return path.isEmpty ? words + more : "\(path), because \(after.label): \(words)\(more)"
      }
      guard case .input(_, let from?, let to?) = changes.first,
        let next = compiled.graph.place(of: to).map({ compiled.graph.orders[$0] }),
        let last = stored(from)
      else { return changes.first?.words }
      if path.isEmpty { path = changes.first?.words ?? "" }
      (before, after) = (last, next)
    }
  }

  /// The item of the study's last run in the same place; otherwise the stored one of the same name with
  /// the fewest changes.
  private mutating func predecessor(of order: WorkOrder) -> WorkOrder? {
    let identity = order.identity
    if let old = before[identity], old != identity, let found = stored(old) { return found }
    let named = (byLabel["\(order.kind)\u{0}\(order.label)"] ?? []).lazy.filter { $0 != identity }
    let settings = WorkPerformer.writtenOut(order)
    var best: (count: Int, order: WorkOrder)?
    for identity in named.prefix(Self.mostCompared) {
      guard let old = stored(identity) else { continue }
      let count = changes(from: old, to: order, settings).count
      if best.map({ count < $0.count }) ?? true { best = (count, old) }
    }
    return best?.order
  }

  private mutating func stored(_ identity: Digest) -> WorkOrder? {
    if let known = read[identity] { return known.order }
    guard let order = try? results.item(identity).order() else { return nil }
    read[identity] = (order, WorkPerformer.writtenOut(order))
    return order
  }

  /// - Parameter settings: of the new order, written out.
  private func changes(
    from old: WorkOrder, to new: WorkOrder, _ settings: JSONValue
  ) -> [OrderChange] {
    OrderChange.all(from: old, to: new) { order in
      if order.identity == new.identity { return settings }
      return read[order.identity]?.settings ?? WorkPerformer.writtenOut(order)
    }
  }

  // A name that many items had: the first of them by identity say enough, and plan stays quick.
  private static let mostCompared = 16
}
