import Reproducibility
package import StudyLanguage

/// Where the random numbers of one purpose come from.
package enum StreamSource: Sendable, Hashable {
  /// The trial's seed; arms share them, seed by seed.
  case trial
  /// The trial's seed and the item itself: arms have nothing in common.
  case arm
  /// One seed for all trials: what it decides is no part of their spread.
  case fixed(Int)

  /// The random numbers of a purpose.
  ///
  /// - Parameters:
  ///   - path: the seed path of a work item, `trial/SEED` or `trial/SEED/…`.
  ///   - identity: of the item.
  func seed(_ path: String, identity: Digest) -> Seed {
    switch self {
    case .trial: return Seed(0).derive(path)
    case .arm: return Seed(0).derive(path).derive("arm/\(identity.hex)")
    case .fixed(let seed):
      let rest = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
      let parts: [Substring] = ["trial", "\(seed)"] + rest
      return Seed(0).derive(parts.joined(separator: "/"))
    }
  }
}

/// `streams`: which random numbers arms and replicates share.
///
/// By default all of them follow the trial's seed and are the same in every arm, so that differences within a
/// seed are paired. A purpose that is fixed is taken out of the spread over seeds; one that every arm has for
/// itself is not paired.
package struct StreamSettings: Sendable {
  private static let source = ValueType.either([
    .choice(["trial", "arm"]), .integer(0...4_294_967_295),
  ])

  private static let orderKey = Key(
    "order", source, default: "trial", source: "ours, docs/determinism.md",
    doc: "Order of the problems: of the trial's seed, of each arm's own, or fixed.")
  private static let samplingKey = Key(
    "sampling", source, default: "trial", source: "ours, docs/determinism.md",
    doc: "Tokens of rollouts: of the trial's seed, of each arm's own, or fixed.")
  private static let evaluationKey = Key(
    "evaluation", source, default: "trial", source: "ours, docs/determinism.md",
    doc: "Tokens of evaluations: of the trial's seed, of each arm's own, or fixed.")

  package static let schema = RecordSchema(
    "streams",
    keys: [
      Key(
        "initialisation", .either([.choice(["solver", "trial"]), .integer(0...4_294_967_295)]),
        default: "solver", source: "arXiv:2504.00829, section 4.1, which has one initial policy",
        doc: """
          The initial policy: the solver itself, the same for all trials; or one made anew by the \
          trial's seed, or by a fixed one. Grades and levels stay those of the solver.
          """),
      orderKey, samplingKey, evaluationKey,
    ])

  /// The initial policy; nil for the solver itself.
  package let initialisation: StreamSource?
  package let order: StreamSource
  package let sampling: StreamSource
  package let evaluation: StreamSource

  package init(_ settings: Settings) {
    initialisation =
      settings.isText("initialisation")
      ? settings.text("initialisation") == "trial" ? .trial : nil
      : .fixed(settings.integer("initialisation"))
    order = settings.stream("order")
    sampling = settings.stream("sampling")
    evaluation = settings.stream("evaluation")
  }
}

extension Settings {
  /// One of the purposes of ``StreamSettings`` that follow the trial.
  fileprivate func stream(_ key: String) -> StreamSource {
    if !isText(key) { return .fixed(integer(key)) }
    return text(key) == "arm" ? .arm : .trial
  }
}
