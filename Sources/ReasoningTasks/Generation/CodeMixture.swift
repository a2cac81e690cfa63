/// Which code problems to draw, and how often each kind.
package struct CodeMixture: Sendable, Hashable {
  package struct FamilyWeight: Sendable, Hashable {
    /// 1…8.
    package var family: Int
    /// Relative to the others; not negative.
    package var weight: Double

    package init(family: Int, weight: Double) {
      self.family = family
      self.weight = weight
    }
  }

  /// Largest output shown; 1…84.
  package var limit: Int
  package var families: [FamilyWeight]
  /// 1, 2 or both; each as likely.
  package var magnitudes: [Int]

  package init(limit: Int = 30, families: [FamilyWeight], magnitudes: [Int] = [1, 2]) {
    self.limit = limit
    self.families = families
    self.magnitudes = magnitudes
  }

  /// Those families, each as likely.
  package init(limit: Int = 30, families: [Int], magnitudes: [Int] = [1, 2]) {
    self.init(
      limit: limit, families: families.map { FamilyWeight(family: $0, weight: 1) },
      magnitudes: magnitudes)
  }

  func validate() throws(GenerationFault) {
    try check("limit", limit, in: CodeFamily.limits)
    try checkChoices("families", families.map(\.family), in: CodeParameters.families)
    try checkChoices("magnitudes", magnitudes, in: CodeParameters.magnitudes)
    for entry in families { try check("weight", entry.weight, in: 0...1e6) }
    guard families.contains(where: { $0.weight > 0 }) else {
      throw .outOfRange(setting: "weight", found: "0 for every family", range: "above 0 for one")
    }
  }

  /// Every kind with its weight, in a fixed order.
  var kinds: [(parameters: CodeParameters, weight: Double)] {
    families.flatMap { entry in
      magnitudes.map {
        (CodeParameters(family: entry.family, magnitude: $0), entry.weight)
      }
    }
  }
}
