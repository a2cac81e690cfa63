package import Reproducibility

/// What an item is compared by with others, to guess what it takes.
package struct WorkMeasure: Sendable, Hashable {
  package var kind: String
  /// Items of one family are compared first; of a trainer, those with the same model.
  package var family: JSONValue
  /// How much there is to do, in a unit of the kind's own, above 0: twice as much is taken to need twice
  /// the time. 1 for kinds that have no such measure.
  package var amount: Double

  package init(kind: String, family: JSONValue = .null, amount: Double = 1) {
    precondition(amount > 0)
    self.kind = kind
    self.family = family
    self.amount = amount
  }
}

/// The measures of a graph's items. Many items have the same one, so it is looked up once for all of
/// them.
package struct MeasuredGraph: Sendable {
  package let graph: WorkGraph
  /// Each measure once.
  let measures: [WorkMeasure]
  /// For each item its place in ``measures``.
  let places: [Int]

  package init(_ graph: WorkGraph, measure: (WorkOrder) -> WorkMeasure) {
    var known: [WorkMeasure: Int] = [:]
    var measures: [WorkMeasure] = []
    var last: Int?
    places = graph.orders.map { order in
      let measure = measure(order)
      // Most often it is that of the item before.
      if let last, measures[last] == measure { return last }
      if let place = known[measure] {
        last = place
        return place
      }
      known[measure] = measures.count
      last = measures.count
      measures.append(measure)
      return measures.count - 1
    }
    self.graph = graph
    self.measures = measures
  }

  func measure(of place: Int) -> WorkMeasure { measures[places[place]] }
}
