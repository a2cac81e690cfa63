package import Reproducibility
package import StudyLanguage

/// The pool from easy to hard, or from hard to easy, by a solver's pass rate; then again from the
/// start. Problems of equal pass rate come in the order of the pool.
///
/// - Source: Bengio et al. 2009, "Curriculum learning", ICML, section 3; the plain form of every
///   curriculum, and the control for those that adapt.
package struct SortedSampler: ProblemSampler {
  package enum Direction: String, CaseIterable, Sendable {
    case easyFirst = "easy-first"
    case hardFirst = "hard-first"
  }

  package static let kind = "sorted"
  package static let schema = RecordSchema(
    "sorted",
    keys: [
      Key(
        "by", .text, unit: "solver",
        doc: "The graded solver whose pass rate says how hard a problem is."),
      Key(
        "order", .choice(Direction.allCases.map(\.rawValue)), default: "easy-first",
        source: "Bengio et al. 2009, section 3", doc: "Which end of the pool comes first."),
    ])

  package let solver: String
  private let direction: Direction
  private var drawn = 0
  private var places: [Int] = []

  package init(_ settings: Settings) {
    solver = settings.text("by")
    direction = settings.choice("order", as: Direction.self)
  }

  package mutating func propose(
    _ count: Int, from pool: [PoolEntry], at place: StepPlace
  ) -> [Int] {
    if places.count != pool.count {
      let rates = pool.map { $0.passRate(of: solver) ?? 0 }
      let sign = direction == .easyFirst ? -1.0 : 1.0
      places = pool.indices.sorted { (sign * rates[$0], $0) < (sign * rates[$1], $1) }
    }
    defer { drawn += count }
    return (drawn..<drawn + count).map { places[$0 % places.count] }
  }

  package var state: JSONValue {
    get { JSONValue(drawn) }
    set { drawn = newValue.int ?? 0 }
  }
}
