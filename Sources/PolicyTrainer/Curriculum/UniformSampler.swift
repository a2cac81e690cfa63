import ReasoningTasks
package import Reproducibility
package import StudyLanguage

/// Every problem once before any comes again, in an order drawn anew for each pass.
///
/// - Source: the plain baseline; arXiv:2504.00829 does not say how it draws.
package struct UniformSampler: ProblemSampler {
  package static let kind = "uniform"
  package static let schema = RecordSchema("uniform", keys: [])

  private var drawn = 0
  private var order: (pass: Int, places: [Int])?

  package init(_ settings: Settings) {}

  package mutating func propose(
    _ count: Int, from pool: [PoolEntry], at place: StepPlace
  ) -> [Int] {
    (0..<count).map { _ in
      let pass = drawn / pool.count
      let places: [Int]
      if let order, order.pass == pass {
        places = order.places
      } else {
        // The stage's seed, not the step's: a pass spans many steps.
        let domain = pool[0].problem.domain.rawValue
        var random = RandomStream(place.orderSeed.derive("order/\(domain)/\(pass)"))
        places = random.shuffled(Array(pool.indices))
        order = (pass, places)
      }
      defer { drawn += 1 }
      return places[drawn % pool.count]
    }
  }

  package var state: JSONValue {
    get { JSONValue(drawn) }
    set {
      drawn = newValue.int ?? 0
      order = nil
    }
  }
}
