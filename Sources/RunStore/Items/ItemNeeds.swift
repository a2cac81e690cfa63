package import Reproducibility

/// Who reads what in a results folder: what may go, and what would be missed. One look at the orders of all
/// items; it may be out of date as soon as another process works.
package struct ItemNeeds: Sendable {
  /// Every item that has a folder, by identity.
  package let items: [Digest]
  /// The studies that were ever run here, by name.
  package let studies: [StudyNote]
  private var inputs: [Digest: [Digest]] = [:]
  private var readers: [Digest: [Digest]] = [:]

  /// - Throws: ``StoreFault/damaged(path:reason:)`` when the note of a study cannot be read: then nobody
  ///   knows what that study needs.
  package init(_ results: ResultsFolder) throws(StoreFault) {
    // The items first: what a run adds meanwhile is then not among those that may go.
    items = try results.identities()
    for name in try results.files.names(in: results.studiesPath) where name.hasSuffix(".json") {
      let path = "\(results.studiesPath)/\(name)"
      if try results.files.json(at: path) == nil {
        throw .damaged(path: path, reason: "it is empty")
      }
    }
    studies = try results.studies()
    for identity in items {
      guard let order = try results.item(identity).readableOrder() else { continue }
      let read = order.inputs.map(\.identity)
      inputs[identity] = read
      for input in Set(read) { readers[input, default: []].append(identity) }
    }
  }

  /// Items whose folders have no order that can be read: what they read is not known.
  package var unreadable: [Digest] { items.filter { inputs[$0] == nil } }

  /// The items that read one, by identity.
  package func readers(of identity: Digest) -> [Digest] { readers[identity] ?? [] }

  /// These items and all that they read, directly or by way of others.
  ///
  /// - Returns: nil when one of them has no order that can be read: then it might need any item.
  package func closure(of roots: some Sequence<Digest>) -> Set<Digest>? {
    let (found, isComplete) = walk(roots)
    return isComplete ? found : nil
  }

  /// What a study needs. Where its note names all that it builds on, items without a readable order
  /// hide nothing.
  ///
  /// - Returns: nil when that is not known.
  package func closure(of study: StudyNote) -> Set<Digest>? {
    let (found, isComplete) = walk(study.items)
    return isComplete || study.preparation != nil ? found : nil
  }

  private func walk(_ roots: some Sequence<Digest>) -> (found: Set<Digest>, isComplete: Bool) {
    var found: Set<Digest> = []
    var isComplete = true
    var waiting = Array(roots)
    while let next = waiting.popLast() {
      guard found.insert(next).inserted else { continue }
      if let read = inputs[next] { waiting += read } else { isComplete = false }
    }
    return (found, isComplete)
  }
}
