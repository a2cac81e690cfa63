package import Reproducibility

/// The work items of one or many studies and what each of them reads from others. Derived from the
/// orders, never drawn by hand: equal orders are one item, however many trials ask for it.
package struct WorkGraph: Sendable {
  /// Every item once: inputs before the items that read them, otherwise in the order given.
  package let orders: [WorkOrder]
  /// The identity of each order, in the same order.
  package let identities: [Digest]
  /// For each item the places of those it reads, each once, ascending.
  package let inputs: [[Int]]
  /// For each item the places of those that read it, ascending.
  package let dependents: [[Int]]
  /// For each item how many items follow on its longest chain: 0 when nobody reads it.
  package let followers: [Int]
  private let places: [Digest: Int]

  /// - Throws: ``GraphFault`` when an item reads one that is not among the orders, or itself by way of
  ///   others.
  package init(orders given: some Sequence<WorkOrder>) throws(GraphFault) {
    var orders: [WorkOrder] = []
    var places: [Digest: Int] = [:]
    for order in given where places[order.identity] == nil {
      places[order.identity] = orders.count
      orders.append(order)
    }
    var inputs: [[Int]] = []
    for order in orders {
      var found: Set<Int> = []
      for input in order.inputs {
        guard let place = places[input.identity] else {
          throw .missingInput(item: order.label, name: input.name, identity: input.identity)
        }
        found.insert(place)
      }
      inputs.append(found.sorted())
    }
    guard let sequence = stableTopologicalOrder(inputs) else {
      throw .cycle(items: orders.map(\.label))
    }
    var newPlace = [Int](repeating: 0, count: orders.count)
    for (new, old) in sequence.enumerated() { newPlace[old] = new }
    let sorted = sequence.map { orders[$0] }
    let sortedInputs = sequence.map { inputs[$0].map { newPlace[$0] }.sorted() }

    var dependents = [[Int]](repeating: [], count: sorted.count)
    for (place, inputs) in sortedInputs.enumerated() {
      for input in inputs { dependents[input].append(place) }
    }
    var followers = [Int](repeating: 0, count: sorted.count)
    for place in sorted.indices.reversed() {
      followers[place] = dependents[place].map { followers[$0] + 1 }.max() ?? 0
    }
    self.orders = sorted
    self.inputs = sortedInputs
    self.dependents = dependents
    self.followers = followers
    self.places = places.mapValues { newPlace[$0] }
    identities = sorted.map(\.identity)
  }

  package var count: Int { orders.count }

  /// Where an item stands in ``orders``; nil when the graph has no such item.
  package func place(of identity: Digest) -> Int? { places[identity] }
}

/// Why orders are no graph that can be run.
package enum GraphFault: Error, Sendable, Hashable, CustomStringConvertible {
  case missingInput(item: String, name: String, identity: Digest)
  case cycle(items: [String])

  package var description: String {
    switch self {
    case .missingInput(let item, let name, let identity):
      "'\(item)' reads '\(name)' from item \(identity.short), which is not among the orders"
    case .cycle(let items):
      "these items wait for each other: \(items.joined(separator: ", "))"
    }
  }
}

/// The numbers 0..<n so that each comes after those it depends on, otherwise ascending; nil when some
/// depend on each other. Depth is held on a list, so a long chain cannot exhaust the stack.
func stableTopologicalOrder(_ dependencies: [[Int]]) -> [Int]? {
  enum Mark { case new, open, closed }
  var marks = [Mark](repeating: .new, count: dependencies.count)
  var order: [Int] = []
  order.reserveCapacity(dependencies.count)
  for root in dependencies.indices where marks[root] == .new {
    var path: [(node: Int, next: Int)] = [(root, 0)]
    marks[root] = .open
    while let (node, next) = path.last {
      if next == dependencies[node].count {
        marks[node] = .closed
        order.append(node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let dependency = dependencies[node][next]
      switch marks[dependency] {
      case .new:
        marks[dependency] = .open
        path.append((dependency, 0))
      case .open: return nil
      case .closed: break
      }
    }
  }
  return order
}
