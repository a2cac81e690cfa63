package import Reproducibility

/// One way in which an order is another one than before, and so another item.
package enum OrderChange: Sendable, Hashable {
  /// - path: dotted, into the item's configuration; elements of lists by number.
  /// - from: nil where the setting is new; `to` nil where it is gone.
  case setting(path: String, from: JSONValue?, to: JSONValue?)
  case seed(from: String?, to: String?)
  case numerics(from: Int, to: Int)
  /// It reads the result of another item than before.
  case input(name: String, from: Digest?, to: Digest?)

  /// Everything in which two orders differ: settings in the order of the new configuration, then the
  /// rest. Nothing for equal orders, whatever they are called.
  ///
  /// - Parameter writtenOut: the settings of an order with their defaults, so that a default that was
  ///   left out before is compared as what it was.
  package static func all(
    from old: WorkOrder, to new: WorkOrder, writtenOut: (WorkOrder) -> JSONValue
  ) -> [OrderChange] {
    var changes: [OrderChange] = []
    compare(writtenOut(old), writtenOut(new), at: "", &changes)
    if old.seedPath != new.seedPath {
      changes.append(.seed(from: old.seedPath, to: new.seedPath))
    }
    if old.numerics != new.numerics {
      changes.append(.numerics(from: old.numerics, to: new.numerics))
    }
    for name in (new.inputs + old.inputs).map(\.name).uniqued {
      let (before, after) = (old.input(name), new.input(name))
      if before != after { changes.append(.input(name: name, from: before, to: after)) }
    }
    return changes
  }

  private static func compare(
    _ old: JSONValue?, _ new: JSONValue?, at path: String, _ changes: inout [OrderChange]
  ) {
    if old == new { return }
    func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    if let before = old?.object, let after = new?.object {
      for name in (after.members + before.members).map(\.key).uniqued {
        compare(before[name], after[name], at: inner(name), &changes)
      }
    } else if let before = old?.array, let after = new?.array, before.count == after.count {
      for index in after.indices {
        compare(before[index], after[index], at: "\(path)[\(index)]", &changes)
      }
    } else {
      changes.append(.setting(path: path, from: old, to: new))
    }
  }

  /// In words: "stage.steps changed 60 → 80". Of an input only that it is another one; why is in the
  /// input's own order.
  package var words: String {
    switch self {
    case .setting(let path, let from?, let to?):
      "\(path) changed \(Self.short(from)) → \(Self.short(to))"
    case .setting(let path, _, let to?): "\(path) is new: \(Self.short(to))"
    case .setting(let path, let from, _): "\(path) is gone: it was \(from.map(Self.short) ?? "?")"
    case .seed(let from, let to): "its seed changed \(from ?? "none") → \(to ?? "none")"
    case .numerics(let from, let to): "numerics \(from) → \(to)"
    case .input(let name, _, _): "its input '\(name)' is another one"
    }
  }

  /// Whether it is of the order itself and not of what it reads.
  package var isOwn: Bool { if case .input = self { false } else { true } }

  /// A value in few letters: a problem file's text stands in a configuration too.
  private static func short(_ value: JSONValue) -> String {
    let text = value.canonical
    return text.count <= 40 ? text : text.prefix(39) + "…"
  }
}

extension WorkOrder {
  fileprivate func input(_ name: String) -> Digest? {
    inputs.first { $0.name == name }?.identity
  }
}
