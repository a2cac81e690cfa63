package import ReasoningTasks

/// How the domains of a stage share its steps.
package enum DomainBatching: String, Sendable, CaseIterable {
  /// Every step has prompts of all domains.
  case mixed
  /// Every step has prompts of one domain.
  case alternating
}

/// How many prompts of each domain a step takes, so that the ratio holds exactly in the long run.
///
/// A ratio of 2.1 : 1 does not divide 8 prompts. Rounding each step would train 5 : 3; this hands out
/// the prompts of all steps together by largest remainder, so after n steps each domain is within
/// one prompt of its share. With alternating batches it hands out whole steps in the same way, and each
/// domain is within one step of its share.
package struct DomainMixer: Sendable {
  package let shares: [(domain: Domain, share: Double)]
  package let promptsPerStep: Int
  /// Prompts that go to one domain together.
  private let bundle: Int

  /// - Parameter weights: one positive weight for each domain that takes part.
  package init(
    weights: [(domain: Domain, weight: Double)], promptsPerStep: Int,
    batching: DomainBatching = .mixed
  ) {
    let total = weights.reduce(0) { $0 + $1.weight }
    precondition(total > 0 && promptsPerStep > 0)
    shares = weights.map { ($0.domain, $0.weight / total) }
    self.promptsPerStep = promptsPerStep
    bundle = batching == .mixed ? 1 : promptsPerStep
  }

  /// Prompts of each domain at a step, in the order of the shares; they add up to the step's prompts.
  package func counts(at step: Int) -> [(domain: Domain, count: Int)] {
    let before = totals(after: step)
    let after = totals(after: step + 1)
    return shares.indices.map { (shares[$0].domain, after[$0] - before[$0]) }
  }

  /// Prompts handed out before a step: every domain's share of the total, rounded so that the running
  /// sums are whole bundles; with two domains neither total ever falls.
  private func totals(after steps: Int) -> [Int] {
    let bundles = steps * promptsPerStep / bundle
    var running = 0.0
    var edges = [0]
    for share in shares {
      running += share.share
      edges.append(Int(running * Double(bundles) + 1e-9))
    }
    edges[edges.count - 1] = bundles
    return zip(edges.dropFirst(), edges).map { bundle * ($0 - $1) }
  }
}
