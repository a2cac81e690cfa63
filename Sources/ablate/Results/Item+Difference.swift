import PolicyTrainer
import Reproducibility
import RunScheduler
import RunStore

extension Difference {
  /// Of two items: their own settings, then those of the items that they read, down to the first that
  /// differ by themselves. A pair that is met twice is compared once.
  init(from old: WorkOrder, to new: WorkOrder, in results: ResultsFolder) {
    struct Pair: Hashable {
      var old: Digest
      var new: Digest
    }
    var seen: Set<Pair> = [Pair(old: old.identity, new: new.identity)]
    var waiting = [(old: old, new: new, scope: Scope.whole)]
    var next = 0
    while next < waiting.count {
      let (old, new, scope) = waiting[next]
      next += 1
      for change in OrderChange.all(from: old, to: new, writtenOut: WorkPerformer.writtenOut) {
        if case .input(_, let from?, let to?) = change {
          guard seen.insert(Pair(old: from, new: to)).inserted else { continue }
          if let before = try? results.item(from).order(), let after = try? results.item(to).order()
          {
            waiting.append((before, after, .item(after.label)))
            continue
          }
        }
        changes.append(Change(scope: scope, change: change.json))
      }
    }
  }
}

extension OrderChange {
  /// The change as one of a value. Of an input, the first digits of the items' identities.
  fileprivate var json: JSONChange {
    func text(_ value: String?) -> JSONValue? { value.map { .string($0) } }
    return switch self {
    case .setting(let change): change
    case .seed(let from, let to): JSONChange(path: "seed", from: text(from), to: text(to))
    case .numerics(let from, let to):
      JSONChange(path: "numerics", from: JSONValue(from), to: JSONValue(to))
    case .input(let name, let from, let to):
      JSONChange(path: "input \(name)", from: text(from?.hex), to: text(to?.hex))
    }
  }
}
