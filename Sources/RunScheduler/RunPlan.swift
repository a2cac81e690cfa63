package import Reproducibility
package import RunStore

/// What a run of a graph would do, item by item. Making it runs and writes nothing.
package struct RunPlan: Sendable {
  package struct Entry: Sendable {
    package let order: WorkOrder
    package let identity: Digest
    package let state: ItemState

    package var isDone: Bool { state.isDone }
  }

  /// In the order of the graph.
  package let entries: [Entry]
  /// Results that were read to the last byte for this plan.
  package let sound: Set<Digest>

  /// Looks at every item; results that will be read by work to come are read to the last byte, so that
  /// nothing is built on a damaged file.
  ///
  /// - Parameters:
  ///   - wanted: items whose results the caller will read; they are looked at as closely.
  ///   - known: results that were read to the last byte before and are not read again while untouched.
  package init(
    _ graph: WorkGraph, in results: ResultsFolder, wanted: Set<Digest> = [],
    known: KnownResults = KnownResults()
  ) throws(StoreFault) {
    var entries: [Entry] = []
    var sound: Set<Digest> = []
    let shelves = try results.shelves()
    // By work to come, which needs every file.
    var isRead = graph.identities.map { _ in false }
    // From the end, so that whether an item will run is known before its inputs are looked at.
    for place in graph.orders.indices.reversed() {
      let state: ItemState
      if shelves.mayHold(graph.identities[place]) {
        let folder = results.item(graph.identities[place])
        if let untouched = try known.state(of: folder) {
          state = untouched
        } else {
          let isWanted = wanted.contains(folder.identity)
          state = try folder.state(isRead[place] ? .contents : isWanted ? .kept : .sizes)
        }
      } else {
        state = .absent
      }
      if isRead[place] || wanted.contains(graph.identities[place]), case .done = state {
        sound.insert(graph.identities[place])
      }
      let entry = Entry(
        order: graph.orders[place], identity: graph.identities[place], state: state)
      if !entry.isDone { for input in graph.inputs[place] { isRead[input] = true } }
      entries.append(entry)
    }
    self.entries = entries.reversed()
    self.sound = sound
  }

  package var done: Int { entries.count { $0.isDone } }
  package var toRun: Int { entries.count - done }
}
