import Reproducibility
import RunScheduler
import RunStore

/// Which items read which.
enum ProbeShape: String, CaseIterable {
  /// None reads another.
  case flat
  /// Groups of five: a ← b, a ← c, b ← d, (c, d) ← e; so that parents are shared and chains are long.
  case chains
}

/// What an item does.
enum ProbeLoad: String, CaseIterable {
  /// It only leaves a value.
  case nothing
  /// Six measurements, a checkpoint after the third, a file: every kind of step, and little of each.
  case little
}

/// A graph of items that differ in nothing but their number, and a study with a trial for each.
struct ProbeGraph {
  let graph: WorkGraph
  let note: StudyNote

  /// - Parameter milliseconds: how long an item takes, in six parts; it is no part of the result but of
  ///   the order, so that a worker in a process of its own knows it too.
  init(items: Int, shape: ProbeShape, load: ProbeLoad, milliseconds: Int) throws {
    var orders: [WorkOrder] = []
    for place in 0..<items {
      var configuration: JSONObject = [
        "place": JSONValue(place), "load": .string(load.rawValue),
      ]
      if milliseconds > 0 { configuration["milliseconds"] = JSONValue(milliseconds) }
      let parents = shape.parents(of: place).map { orders[$0] }
      orders.append(
        WorkOrder(
          kind: parents.isEmpty ? "root" : "leaf", configuration: .object(configuration),
          inputs: parents.enumerated().map { .init(name: "input \($0)", identity: $1.identity) },
          numerics: 1, label: "item \(place)"))
    }
    graph = try WorkGraph(orders: orders)
    note = StudyNote(
      study: "probe", question: "Does nothing get lost?",
      trials: orders.enumerated().map { place, order in
        StudyNote.Trial(
          arm: place, armName: order.label, variants: ["place": JSONValue(place)], seed: 0,
          items: [.init(name: "item", identity: order.identity)])
      })
  }
}

extension ProbeShape {
  /// The places of the items that an item reads, all before its own.
  fileprivate func parents(of place: Int) -> [Int] {
    guard self == .chains else { return [] }
    let first = place - place % 5
    let steps: [[Int]] = [[], [0], [0], [1], [2, 3]]
    return steps[place % 5].map { first + $0 }
  }
}
