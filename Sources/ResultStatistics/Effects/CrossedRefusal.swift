/// Why a matrix of scores has no variance components.
package enum CrossedRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  case tooFewSeeds(Int)
  case tooFewProblems(Int)
  case hole(seed: Int, problem: Int)
  /// A seed has another number of problems than the first.
  case unequalRow(seed: Int)

  package var description: String {
    switch self {
    case .tooFewSeeds(let count): "variance between seeds needs two seeds, and there are \(count)"
    case .tooFewProblems(let count):
      "variance between problems needs two problems, and there are \(count)"
    case .hole(let seed, let problem):
      "seed \(seed) has no score for problem \(problem), and filling it in would invent one"
    case .unequalRow(let seed): "seed \(seed) was not scored on the problems of seed 0"
    }
  }
}
