/// A place at which two JSON values differ.
package struct JSONChange: Sendable, Hashable {
  /// Dotted. Elements of a list are named by their member `name` where each has one of its own, as
  /// settings are in a study (`stages.first.steps`), and otherwise by number (`levels[1]`).
  package var path: String
  /// nil where there was nothing; `to` nil where there is nothing any more.
  package var from: JSONValue?
  package var to: JSONValue?

  package init(path: String, from: JSONValue?, to: JSONValue?) {
    self.path = path
    self.from = from
    self.to = to
  }
}

extension JSONValue {
  /// Everything in which another value differs from this one, in the other's order; what only this one
  /// has stands last among its neighbours. Nothing for equal values, whatever the order of their members.
  package func changes(to other: JSONValue) -> [JSONChange] {
    var changes: [JSONChange] = []
    Self.compare(self, other, at: "", &changes)
    return changes
  }

  private static func compare(
    _ old: JSONValue?, _ new: JSONValue?, at path: String, _ changes: inout [JSONChange]
  ) {
    if old == new { return }
    func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    if let before = old?.object, let after = new?.object {
      for name in (after.keys + before.keys).uniqued {
        compare(before[name], after[name], at: inner(name), &changes)
      }
    } else if let before = old?.namedElements, let after = new?.namedElements {
      let (was, now) = (
        before.keys.filter { after[$0] != nil }, after.keys.filter { before[$0] != nil }
      )
      if was != now {
        changes.append(
          JSONChange(
            path: "\(path) (order)", from: .array(was.map { .string($0) }),
            to: .array(now.map { .string($0) })))
      }
      for name in (after.keys + before.keys).uniqued {
        compare(before[name], after[name], at: inner(name), &changes)
      }
    } else if let before = old?.array, let after = new?.array, before.count == after.count {
      for index in after.indices {
        compare(before[index], after[index], at: "\(path)[\(index)]", &changes)
      }
    } else {
      changes.append(JSONChange(path: path, from: old, to: new))
    }
  }

  /// The elements of a list by their names; nil where one has none, or has that of another.
  private var namedElements: JSONObject? {
    guard let array, !array.isEmpty else { return nil }
    let named = array.compactMap { element in element["name"]?.string.map { ($0, element) } }
    let object = JSONObject(named)
    return object.count == array.count ? object : nil
  }
}
