/// Why a design has no effects.
package enum FactorialRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  case noFactors
  /// A factor with one level is held fixed, not varied.
  case oneLevel(factor: Int)
  /// Levels that no factor has, or for another number of factors.
  case unknownCell([Int])
  case missingCell([Int])
  case repeatedCell([Int])
  /// Cells with other numbers of seeds than the first.
  case unequalSeeds([Int])
  case hole(cell: [Int], seed: Int)
  case noSeeds

  package var description: String {
    switch self {
    case .noFactors: "no factor is varied"
    case .oneLevel(let factor): "factor \(factor) has fewer than two levels"
    case .unknownCell(let cell): "no factors have the levels \(cell)"
    case .missingCell(let cell):
      "no arm has the levels \(cell), and without it marginal means mix other factors in"
    case .repeatedCell(let cell): "two arms have the levels \(cell)"
    case .unequalSeeds(let cell): "the arm with the levels \(cell) has other seeds than the first"
    case .hole(let cell, let seed):
      "the arm with the levels \(cell) has no value for seed \(seed), which would weigh it less"
    case .noSeeds: "no seed was planned"
    }
  }
}

/// An arm of a factorial design.
package struct FactorialCell: Sendable, Hashable {
  /// Per factor, which of its levels, counted from 0.
  package let levels: [Int]
  /// One per seed, in the same order in every cell; nil for a hole.
  package let values: [Double?]

  package init(levels: [Int], values: [Double?]) {
    self.levels = levels
    self.values = values
  }
}

/// A complete design, checked.
struct FactorialTable {
  let seeds: Range<Int>
  private let cells: [(levels: [Int], values: [Double])]

  init(levels: [Int], cells: [FactorialCell]) throws(FactorialRefusal) {
    guard !levels.isEmpty else { throw .noFactors }
    if let factor = levels.firstIndex(where: { $0 < 2 }) { throw .oneLevel(factor: factor) }
    let count = cells.first?.values.count ?? 0
    var known: [[Int]: [Double]] = [:]
    for cell in cells {
      guard cell.levels.count == levels.count,
        zip(cell.levels, levels).allSatisfy({ (0..<$1).contains($0) })
      else { throw .unknownCell(cell.levels) }
      guard known[cell.levels] == nil else { throw .repeatedCell(cell.levels) }
      guard cell.values.count == count else { throw .unequalSeeds(cell.levels) }
      var values: [Double] = []
      for (seed, value) in cell.values.enumerated() {
        guard let value, value.isFinite else { throw .hole(cell: cell.levels, seed: seed) }
        values.append(value)
      }
      known[cell.levels] = values
    }
    // In the order of counting, so that sums do not depend on the order in which cells came.
    var combinations: [[Int]] = [[]]
    for count in levels {
      combinations = combinations.flatMap { head in (0..<count).map { head + [$0] } }
    }
    var ordered: [(levels: [Int], values: [Double])] = []
    for levels in combinations {
      guard let values = known[levels] else { throw .missingCell(levels) }
      ordered.append((levels, values))
    }
    guard count > 0 else { throw .noSeeds }
    seeds = 0..<count
    self.cells = ordered
  }

  /// The mean of a seed over all arms with these levels.
  func mean(_ seed: Int, _ fixed: [Int: Int]) -> Double {
    let values = cells.filter { cell in fixed.allSatisfy { cell.levels[$0.key] == $0.value } }
      .map { $0.values[seed] }
    return values.reduce(0, +) / Double(values.count)
  }
}
