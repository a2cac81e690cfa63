package import Reproducibility

/// One way in which an order is another one than before, and so another item.
package enum OrderChange: Sendable, Hashable {
  /// Of the item's configuration.
  case setting(JSONChange)
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
    var changes = writtenOut(old).changes(to: writtenOut(new)).map { OrderChange.setting($0) }
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

  /// In words: "stage.steps changed 60 → 80". Of an input only that it is another one; why is in the
  /// input's own order.
  package var words: String {
    switch self {
    case .setting(let change): Self.words(change)
    case .seed(let from, let to): "its seed changed \(from ?? "none") → \(to ?? "none")"
    case .numerics(let from, let to): "numerics \(from) → \(to)"
    case .input(let name, _, _): "its input '\(name)' is another one"
    }
  }

  private static func words(_ change: JSONChange) -> String {
    switch (change.from, change.to) {
    case (let from?, let to?): "\(change.path) changed \(short(from)) → \(short(to))"
    case (let from?, nil): "\(change.path) is gone: it was \(short(from))"
    case (nil, let to): "\(change.path) is new: \(to.map(short) ?? "null")"
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
