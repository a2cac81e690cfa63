package import Reproducibility

/// Draws the problems of a mixture from a seed.
///
/// Problem i comes from a stream of its own, so it does not depend on how many others are drawn: a longer
/// pool begins with the shorter one. A problem that is kept out, or that an earlier index already has, is
/// thrown away with its kind, and i's stream goes on; so the easiest kinds, of which there are few,
/// come somewhat less often than their weight in a large pool of different problems.
package struct ProblemGenerator: Sendable {
  private let source: ProblemSource
  private let seed: Seed

  /// How many problems in a row may be thrown away before the space counts as exhausted.
  package static let attemptLimit = 20_000

  /// - Throws: ``GenerationFault/outOfRange(setting:found:range:)``.
  package init(_ mixture: ProblemMixture, seed: Seed) throws(GenerationFault) {
    source = try ProblemSource(mixture)
    self.seed = seed
  }

  /// Problem `index` of the endless list, in which a problem may come again: what the cold start is
  /// trained on. Any index can be had without the others.
  ///
  /// - Parameter excluded: canonical forms kept out.
  package func problem(
    at index: Int, excluding excluded: Set<String> = []
  ) throws(GenerationFault) -> Problem {
    try problem(at: index, drawn: index, of: index + 1, excluded: excluded.count) {
      !excluded.contains($0.canonicalForm)
    }
  }

  /// That many different problems, no two with one canonical form or one id.
  ///
  /// - Parameter excluded: canonical forms kept out, such as those of the suites.
  /// - Throws: ``GenerationFault/spaceTooSmall(wanted:found:excluded:attempts:)``, or
  ///   ``GenerationFault/noProblem(parameters:)``.
  package func problems(
    count: Int, excluding excluded: Set<String> = []
  ) throws(GenerationFault) -> [Problem] {
    precondition(count >= 0)
    var known = excluded
    var ids: Set<String> = []
    var problems: [Problem] = []
    problems.reserveCapacity(count)
    for index in 0..<count {
      let problem = try problem(at: index, drawn: index, of: count, excluded: excluded.count) {
        !known.contains($0.canonicalForm) && !ids.contains($0.id)
      }
      known.insert(problem.canonicalForm)
      ids.insert(problem.id)
      problems.append(problem)
    }
    return problems
  }

  private func problem(
    at index: Int, drawn: Int, of wanted: Int, excluded: Int, isWanted: (Problem) -> Bool
  ) throws(GenerationFault) -> Problem {
    var random = RandomStream(seed.derive(index))
    for _ in 0..<Self.attemptLimit {
      let problem = try source.problem(&random)
      if isWanted(problem) { return problem }
    }
    throw .spaceTooSmall(
      wanted: wanted, found: drawn, excluded: excluded, attempts: Self.attemptLimit)
  }
}
