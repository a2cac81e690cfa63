// The mixtures of the three presets' problem sets. A recipe may name any other.

extension MathMixture {
  /// What the cold start is trained on: all kinds, each unit of difficulty a fifth rarer.
  package static let coldStart = MathMixture(operations: 1...7, weightDecay: 0.3)
  /// What is graded: all kinds alike.
  package static let pool = MathMixture(operations: 1...8)
  /// Held out; stands in for AIME-2024.
  package static let contest = MathMixture(operations: 4...7, magnitudes: [2])
  /// Held out; stands in for MATH-500.
  package static let textbook = MathMixture(operations: 2...3)

  /// The same kind of set for a run of under a minute: small numbers, no `*`.
  package static func small(
    operations: ClosedRange<Int>, weightDecay: Double = 0
  ) -> MathMixture {
    MathMixture(
      limit: 12, operations: operations, magnitudes: [1], multiplicationShare: 0,
      weightDecay: weightDecay)
  }
}

extension CodeMixture {
  /// What the cold start is trained on. Families 2, 6 and 7 are learned first, so their share is small.
  package static let coldStart = CodeMixture(families: [
    FamilyWeight(family: 1, weight: 2), FamilyWeight(family: 2, weight: 0.5),
    FamilyWeight(family: 3, weight: 2), FamilyWeight(family: 4, weight: 2),
    FamilyWeight(family: 5, weight: 2), FamilyWeight(family: 6, weight: 0.5),
    FamilyWeight(family: 7, weight: 0.5), FamilyWeight(family: 8, weight: 2),
  ])
  /// What is graded.
  package static let pool = CodeMixture(families: [1, 3, 4, 5, 8])
  /// Held out; stands in for LiveCodeBench.
  package static let coding = CodeMixture(families: [1, 3, 4, 5, 8])
  /// For a run of under a minute.
  package static let small = CodeMixture(limit: 12, families: [1, 2, 3], magnitudes: [1])
}
