package import Reproducibility

/// Door: which problems a step proposes. One sampler serves one domain of one stage.
package protocol ProblemSampler: Method {
  /// The next problems, as indices into the pool. The pool is the same in every call.
  mutating func propose(_ count: Int, from pool: [PoolEntry], at place: StepPlace) -> [Int]
  /// Hears what came of a step; adaptive samplers learn from it.
  mutating func observe(_ groups: [PromptGroup], at place: StepPlace)
  /// What a checkpoint must keep so that a resumed stage proposes the same problems.
  var state: JSONValue { get set }
}

extension ProblemSampler {
  package mutating func observe(_ groups: [PromptGroup], at place: StepPlace) {}
}
