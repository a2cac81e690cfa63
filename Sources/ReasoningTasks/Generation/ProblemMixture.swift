package import Reproducibility

/// Which problems of a domain to draw, and how often each kind.
package enum ProblemMixture: Sendable, Hashable {
  case math(MathMixture)
  case code(CodeMixture)

  package var domain: Domain {
    switch self {
    case .math: .math
    case .code: .code
    }
  }
}

/// A mixture with its weights worked out: draws a kind, then a problem of it.
package struct ProblemSource: Sendable {
  private enum Kinds: Sendable {
    case math(MathFamily, [MathParameters])
    case code(CodeFamily, [CodeParameters])
  }

  private let kinds: Kinds
  private let weights: [Double]

  /// - Throws: ``GenerationFault/outOfRange(setting:found:range:)``.
  package init(_ mixture: ProblemMixture) throws(GenerationFault) {
    switch mixture {
    case .math(let mixture):
      try mixture.validate()
      kinds = .math(MathFamily(limit: mixture.limit), mixture.kinds.map(\.parameters))
      weights = mixture.kinds.map(\.weight)
    case .code(let mixture):
      try mixture.validate()
      kinds = .code(CodeFamily(limit: mixture.limit), mixture.kinds.map(\.parameters))
      weights = mixture.kinds.map(\.weight)
    }
  }

  package func problem(_ random: inout RandomStream) throws(GenerationFault) -> Problem {
    let kind = random.pick(weights: weights)
    return switch kinds {
    case .math(let family, let parameters): try family.problem(parameters[kind], random: &random)
    case .code(let family, let parameters): try family.problem(parameters[kind], random: &random)
    }
  }
}
